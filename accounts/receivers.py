"""Signing in and out, written down (ACC-5), and the second factor noted in the session (ACC-1)."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver

from accounts import mfa
from accounts.addresses import client_address
from audit.actions import record_change


@receiver(user_logged_in)
def signed_in(sender, request, user, **kwargs) -> None:
    if mfa.shown_at_sign_in(request, user):
        mfa.mark(request.session, mfa.APP)
    _record("signed in", request, user)


@receiver(user_logged_out)
def signed_out(sender, request, user, **kwargs) -> None:
    if user is not None:
        _record("signed out", request, user)


@receiver(authenticator_added)
def second_factor_added(sender, request, user, authenticator, **kwargs) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        mfa.mark(request.session, mfa.APP)
        # The code just typed is proof enough to be shown the recovery codes next.
        record_authentication(request, user, method="mfa", type=authenticator.type, reauthenticated=True)
    _record("second factor added", request, user)


@receiver(authenticator_removed)
def second_factor_removed(sender, request, user, authenticator, **kwargs) -> None:
    _record("second factor removed", request, user)


def _record(what: str, request, user) -> None:
    address = client_address(request) if request is not None else None
    record_change(what, by=user, object_ref=f"user:{user.pk}", after={"address": address})
