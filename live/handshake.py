"""Who is behind a socket: judged once, at the handshake, from the session cookie."""

from __future__ import annotations

import hashlib
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from accounts.mfa import is_satisfied


def who_is(scope: dict[str, Any]) -> tuple[Any, str]:
    """Return (user, group of this sign-in); the user is None unless signed in, active and past the second factor.

    Runs queries: call it through `run_db`. Pushes to the group reach every socket of the same browser session.
    """
    request = HttpRequest()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(session_key(scope))
    user = get_user(request)
    if not user.is_authenticated or not user.is_active or not is_satisfied(user, request.session):
        return None, ""
    # Read here, in a thread with a connection: a handler must not touch the database by an attribute.
    _ = getattr(user, "role_names", None)
    return user, login_group(request.session.session_key or "")


def session_key(scope: dict[str, Any]) -> str | None:
    """Return the session key in the cookie header of a handshake, or None."""
    for name, value in scope.get("headers", []):
        if name == b"cookie":
            try:
                cookies = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                return None
            found = cookies.get(settings.SESSION_COOKIE_NAME)
            return found.value if found else None
    return None


def login_group(key: str) -> str:
    """Return the group of the sockets that share a browser session; the key itself never leaves the process."""
    return f"login.{hashlib.sha256(key.encode()).hexdigest()[:32]}"
