"""The door of a demonstration: sign in as anybody by one click, on this machine alone."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.http import HttpRequest

from accounts.addresses import is_from_this_machine
from accounts.models import Role, User
from accounts.secrets import decrypt


def is_open(request: HttpRequest) -> bool:
    """Tell whether the door is there: demo mode, asked from this machine, no proxy between."""
    return settings.DEMO and is_from_this_machine(request)


def people_by_role() -> list[tuple[str, list[User]]]:
    """Return the people of each role that has any, for the list on the sign-in page."""
    people = User.objects.filter(is_active=True).prefetch_related("roles").order_by("name", "pk")
    held = [(user, {grant.role for grant in user.roles.all()}) for user in people]
    groups = [(role.label, [user for user, roles in held if role in roles]) for role in Role]
    return [(label, users) for label, users in groups if users]


@dataclass(frozen=True)
class FullSignIn:
    """What it takes to sign in the long way: address, password, authenticator key."""

    user: User
    password: str
    key: str


def password() -> str:
    """Return the one password of a demonstration's clinicians: of this installation alone, and never stored."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"demonstration password", "sha256").hex()[:20]


def give_full_sign_in(user: User) -> None:
    """Give a demonstration's clinician a password and an authenticator key, both shown on the sign-in page."""
    user.set_password(password())
    user.save(update_fields=["password"])
    TOTP.activate(user, generate_totp_secret())


def full_sign_ins() -> list[FullSignIn]:
    """Return everybody of the demonstration who can sign in with password and code."""
    held = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__roles__role=Role.CLINICIAN)
    rows = held.select_related("user").order_by("user__name")
    known = password()
    return [FullSignIn(row.user, known, decrypt(row.data["secret"])) for row in rows]
