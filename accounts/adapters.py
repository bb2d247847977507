"""How the sign-in library is bent to the service: its mail, its limits, its secrets."""

from __future__ import annotations

import time
import uuid
from urllib.parse import urlsplit

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.http import HttpRequest
from django.urls import reverse

from accounts import secrets
from accounts.actions import warn_owner
from accounts.addresses import client_address
from accounts.mfa import has_factor, may_remove
from accounts.models import User
from accounts.rules import device_name
from audit.actions import record_change
from notices.actions import tell_address

# What the library would send -> the notice sent instead. What is not here is not sent.
NOTICES = {
    "account/email/password_reset_key": ("password_reset", "password_reset_url"),
    "account/email/email_confirmation": ("email_confirmation", "activate_url"),
    "account/email/email_confirmation_signup": ("email_confirmation", "activate_url"),
    "account/email/password_changed": ("sign_in_changed", ""),
    "account/email/password_set": ("sign_in_changed", ""),
    "account/email/password_reset": ("sign_in_changed", ""),
    "mfa/email/totp_activated": ("sign_in_changed", ""),
    "mfa/email/totp_deactivated": ("sign_in_changed", ""),
    "mfa/email/webauthn_added": ("sign_in_changed", ""),
    "mfa/email/webauthn_removed": ("sign_in_changed", ""),
    "mfa/email/recovery_codes_generated": ("sign_in_changed", ""),
}
# Failures on one account from all addresses together, after which each address may try once a minute.
ACCOUNT_FAILURES = "30/10m/key"
WHEN_UNDER_ATTACK = "1/m/key"
QR_QUIET_MODULES = 4


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation only; mail goes through the outbox; nobody is locked out for good."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right. Check both and try again.",
        "incorrect_password": "That is not your password. Try again.",
        "enter_current_password": "That is not the password that you use now.",
        "incorrect_code": "That code is not right. Wait for the next one and try again.",
        "too_many_login_attempts": "There were too many tries. Wait 5 minutes and try again, or choose a new password.",
        "rate_limited": "There were too many tries. Wait 5 minutes and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        if template_prefix not in NOTICES:
            return
        notice, link_name = NOTICES[template_prefix]
        link = urlsplit(context[link_name]).path if link_name else reverse("accounts:security")
        tell_address(email, notice, key=uuid.uuid4().hex, link=link)

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Not where somebody who has no second factor yet has just typed the password: it is asked once, not twice."""
        if app == "allauth.mfa" and self._has_just_signed_in() and not has_factor(self.request.user):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def _has_just_signed_in(self) -> bool:
        records = get_authentication_records(self.request, self.request.user)
        limit = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return any(record["at"] > limit for record in records)

    def reauthenticate(self, user: User, password: str) -> bool:
        """A hash made anew by this check (its cost was raised meanwhile) must not end the session that asks."""
        is_same = super().reauthenticate(user, password)
        if is_same:
            user.refresh_from_db(fields=["password"])
            self.request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        return is_same

    # Limits: a guesser is slowed by address, and by account from that address. What strangers try from elsewhere never
    # keeps the owner out: from each address one try a minute is left even while the account is under attack.

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials) -> str:
        return f"{_login_name(credentials)}|{ratelimit.get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        super().pre_authenticate(request, **credentials)
        account = _login_name(credentials)
        self._account_usage = _consume(request, "account_failed", ACCOUNT_FAILURES, account)
        if self._account_usage is None:
            warn_owner(account)
            here = self._get_login_attempts_cache_key(request, **credentials)
            if _consume(request, "account_slow", WHEN_UNDER_ATTACK, here) is None:
                raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if usage := getattr(self, "_account_usage", None):
            usage.rollback()

    def authentication_failed(self, request: HttpRequest, **credentials) -> None:
        record_change("sign-in refused", by=None, after={"address": client_address(request)})


def _login_name(credentials: dict) -> str:
    return str(credentials.get("email", "")).strip().lower()


def _consume(request: HttpRequest, action: str, rate: str, key: str):
    return ratelimit.consume(request, app="accounts", action=action, config={action: rate}, key=key)


class MFAAdapter(DefaultMFAAdapter):
    """Secrets lie encrypted; the code to scan is plain SVG that our content policy lets through."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right. Wait for the next one and try again.",
        "cannot_delete_authenticator": "Staff need a second step. Add a passkey first, then you can remove the app.",
        "unverified_email": "Confirm your e-mail address first.",
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return may_remove(context.request, authenticator)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return device_name(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.MFA_TOTP_ISSUER}

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as an SVG figure made of attributes only, one path for all dark modules."""
        code = qrcode.QRCode(border=QR_QUIET_MODULES)
        code.add_data(url)
        rows = code.get_matrix()
        dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
        size = len(rows)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="240" height="240" role="img"'
            f' aria-label="Code to scan with an authenticator app" shape-rendering="crispEdges">'
            f'<rect width="{size}" height="{size}" fill="#ffffff"/><path d="{dark}" fill="#000000"/></svg>'
        )
