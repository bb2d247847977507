"""Verbs on people who sign in: made, invited, let in by the demo door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import tokens
from accounts.models import STAFF_ROLES, Role, RoleGrant, User
from audit.actions import record_change
from notices.actions import tell_address
from ui.errors import Refused


@transaction.atomic
def create_person(
    email: str,
    name: str,
    roles: Iterable[str],
    *,
    password: str | None = None,
    verified: bool = False,
    by=None,
    at: dt.datetime | None = None,
) -> User:
    """Make an account with these roles; without a password it waits for an invitation to be followed.

    Raises Refused for an address that has an account already, and for a patient who is to hold a staff role.
    """
    at = at or timezone.now()
    held = _checked(roles)
    if User.objects.filter(email=email.strip().lower()).exists():
        raise Refused("There is an account with this e-mail address already.", field="email")
    user = User.objects.create_user(email, password, name=name, date_joined=at)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role, granted_at=at) for role in sorted(held))
    record_change("account made", by=by, object_ref=f"user:{user.pk}", after={"roles": sorted(held)}, at=at)
    return user


@transaction.atomic
def give_role(user: User, role: str, *, by, at: dt.datetime | None = None) -> bool:
    """Let somebody who works here hold one more role; tell whether it is new to them.

    Raises Refused for an account that is closed, and where a patient would hold a staff role.
    """
    at, locked = at or timezone.now(), User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        raise Refused("This account is closed.", field="user")
    _checked({*locked.roles.values_list("role", flat=True), role})
    _, new = RoleGrant.objects.get_or_create(user=locked, role=role, defaults={"granted_at": at})
    if new:
        record_change("role given", by=by, object_ref=f"user:{user.pk}", after={"role": role}, at=at)
    return new


def _checked(roles: Iterable[str]) -> frozenset[str]:
    held = frozenset(roles)
    if not held or held - set(Role.values):
        raise Refused("Choose at least one of the service's roles.", field="roles")
    if Role.PATIENT in held and held & STAFF_ROLES:
        raise Refused("A patient's account cannot hold a staff role as well.", field="roles")
    return held


@transaction.atomic
def invite(user: User, *, case_ref: str = "", at: dt.datetime | None = None) -> str:
    """Send the link with which the person chooses a password; returns its path. The link dies when it is used."""
    at = at or timezone.now()
    link = reverse("accounts:invitation", args=[tokens.uid_of(user), tokens.invitation_token(user)])
    notice = "invitation" if case_ref else "invitation_again"
    tell_address(user.email, notice, key=str(at.timestamp()), case_ref=case_ref, link=link, at=at)
    record_change("invitation sent", by=None, case_ref=case_ref, object_ref=f"user:{user.pk}", at=at)
    return link


@transaction.atomic
def accept_invitation(user: User, password: str, *, at: dt.datetime | None = None) -> User:
    """Set the first password and count the address as verified, since the link went there (ACC-1).

    Refused when somebody has done so already with the same link.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.password != user.password or not locked.is_active:
        raise Refused("This link has been used already.", remedy="Sign in with the password that you chose.")
    locked.set_password(password)
    locked.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(user=locked, email=locked.email, defaults={"verified": True, "primary": True})
    record_change("invitation accepted", by=locked, object_ref=f"user:{locked.pk}", at=at)
    return locked


def send_new_link(email: str, *, at: dt.datetime | None = None) -> None:
    """Send a new invitation where this address waits for one; whoever asked learns nothing (ACC-2)."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is not None and not user.has_usable_password():
        invite(user, at=at)


def warn_owner(email: str, *, at: dt.datetime | None = None) -> None:
    """Tell the owner of an account, once a day, that somebody keeps trying passwords on it."""
    at = at or timezone.now()
    user = User.objects.filter(email=email, is_active=True).first()
    if user is not None:
        link = reverse("account_reset_password")
        tell_address(user.email, "sign_in_attempts", key=str(at.date()), link=link, at=at)


@transaction.atomic
def choose_preferences(user: User, chosen: Mapping[str, Any], *, at: dt.datetime | None = None) -> User:
    """Keep how a person likes pages; what is not named in `chosen` stays (ACC-17).

    `chosen` holds fields of the user: theme, text_size, typeface, one_question, enter_sends, time_zone. The record of
    changes says that something was chosen and not what: a typeface can tell of a person's health.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    for name, value in chosen.items():
        setattr(locked, name, value)
    if chosen:
        locked.save(update_fields=[*chosen])
        record_change("preferences chosen", by=user, object_ref=f"user:{user.pk}", at=at)
    return locked
