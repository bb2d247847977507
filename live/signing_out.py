"""Sockets are judged once, at the handshake: whoever signs out or changes how to sign in is told to these by push."""

from __future__ import annotations

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_removed
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save
from django.http import HttpRequest

from accounts.signals import sign_in_ended, sign_in_locked
from live.actions import close_login, close_user
from live.codes import LOCKED


def signed_out(sender, request: HttpRequest | None = None, **_kwargs) -> None:
    """The browser session ends: its sockets close, those of the person's other devices stay."""
    if request is not None and hasattr(request, "session"):
        close_login(request.session.session_key)


def credentials_changed(sender, user, **_kwargs) -> None:
    """A new password, or a second factor taken away, ends every session: so it does every socket."""
    close_user(user.pk)


def suspended(sender, instance, **_kwargs) -> None:
    """Whoever may not sign in any more, by whatever verb, may not go on listening either."""
    if not instance.is_active:
        close_user(instance.pk)


def ended(sender, session_key: str, **_kwargs) -> None:
    """The person signed that device out from another one."""
    close_login(session_key)


def locked(sender, session_key: str, **_kwargs) -> None:
    """The person locked that device: nothing more is shown on it."""
    close_login(session_key, LOCKED)


def listen() -> None:
    sign_in_ended.connect(ended, dispatch_uid="live.sign_in_ended")
    sign_in_locked.connect(locked, dispatch_uid="live.sign_in_locked")
    post_save.connect(suspended, sender=get_user_model(), dispatch_uid="live.suspended")
    user_logged_out.connect(signed_out, dispatch_uid="live.signed_out")
    for signal in (password_changed, password_reset, authenticator_removed):
        signal.connect(credentials_changed, dispatch_uid="live.credentials_changed")
