"""Who is behind a socket: judged once, at the handshake, from the session cookie."""

from __future__ import annotations

import hashlib
import math
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from django.utils import timezone

from accounts.mfa import is_satisfied
from live.codes import LOCKED, SIGNED_OUT


class Caller(NamedTuple):
    """Who holds a socket: the user, or None with the code that says why not; until when, and the group of the sign-in.

    Pushes to the group reach every socket of the same browser session.
    """

    user: Any
    code: int = SIGNED_OUT
    login: str = ""
    locks_at: float = math.inf


def who_is(scope: dict[str, Any]) -> Caller:
    """Return who stands behind a socket now: somebody signed in, active, past the second factor and not locked.

    Runs queries: call it through `run_db`.
    """
    request = HttpRequest()
    store = import_module(settings.SESSION_ENGINE).SessionStore
    session: Any = store(session_key(scope))
    request.session = session
    user = get_user(request)
    if not user.is_authenticated or not user.is_active or not is_satisfied(user, request.session):
        return Caller(None)
    row = session.row
    if row.is_locked(timezone.now()):
        return Caller(None, LOCKED)
    # Read here, in a thread with a connection: a handler must not touch the database by an attribute.
    _ = getattr(user, "role_names", None)
    locks_at = row.locks_at.timestamp() if row.locks_at else math.inf
    return Caller(user, login=login_group(row.session_key), locks_at=locks_at)


def session_key(scope: dict[str, Any]) -> str | None:
    """Return the session key in the cookie header of a handshake, or None.

    Read as pages read it: what other sites of the same domain left beside it, however odd, is none of our business.
    """
    for name, value in scope.get("headers", []):
        if name == b"cookie":
            return parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    return None


def login_group(key: str) -> str:
    """Return the group of the sockets that share a browser session; the key itself never leaves the process."""
    return f"login.{hashlib.sha256(key.encode()).hexdigest()[:32]}"
