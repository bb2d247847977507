"""Signing in and out, written down (ACC-5), and the second factor noted in the session (ACC-1)."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver

from accounts import devices, mfa, sign_ins
from accounts.addresses import client_address
from audit.actions import record_change


@receiver(user_logged_in)
def signed_in(sender, request, user, **kwargs) -> None:
    if shown := mfa.shown_at_sign_in(request, user):
        mfa.mark(request.session, shown)
    devices.sign_in_on(request, user)
    _record("signed in", request, user)


@receiver(user_logged_out)
def signed_out(sender, request, user, **kwargs) -> None:
    if user is not None:
        _record("signed out", request, user)


@receiver([password_changed, password_reset])
def password_is_another(sender, request, user, **kwargs) -> None:
    """Whoever was signed in with the old password is signed out, here where it was changed excepted."""
    sign_ins.end_others(user, request.session.session_key)


@receiver(authenticator_added)
def second_factor_added(sender, request, user, authenticator, **kwargs) -> None:
    if authenticator.type in mfa.SHOWN_BY:
        mfa.mark(request.session, mfa.SHOWN_BY[authenticator.type])
        # What was just shown is proof enough to be shown the recovery codes next.
        record_authentication(request, user, method="mfa", type=authenticator.type, reauthenticated=True)
    _record("second factor added", request, user)


@receiver(authenticator_removed)
def second_factor_removed(sender, request, user, authenticator, **kwargs) -> None:
    _record("second factor removed", request, user)


def _record(what: str, request, user) -> None:
    address = client_address(request) if request is not None else None
    record_change(what, by=user, object_ref=f"user:{user.pk}", after={"address": address})
