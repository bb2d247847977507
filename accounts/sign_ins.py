"""Verbs on sign-ins: input noted, locked and unlocked (ACC-3), ended one by one or all others at once (ACC-15)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Callable

from django.db import transaction
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone

from accounts import rules, signals
from accounts.models import Device, SignIn, User
from audit.actions import record_change
from notices.actions import tell_address

# Begins the key of a device that is known no more; no digest begins so.
FORGOTTEN = "forgotten "
PolicyOf = Callable[[User], list[int]]
_policies: list[PolicyOf] = []


def register_policy(minutes_of: PolicyOf) -> None:
    """Say after how many minutes without input a member of staff is locked: one number for each site they work with."""
    if minutes_of not in _policies:
        _policies.append(minutes_of)


def idle_seconds_for(user: User) -> int:
    """Return after how many seconds without input the person is locked (ACC-3)."""
    if not user.is_staff_member:
        return rules.PATIENT_IDLE_MINUTES * 60
    asked = [minutes for policy in _policies for minutes in policy(user)]
    return rules.staff_idle_minutes(asked) * 60


# --- locking --------------------------------------------------------------------------------------


def note_input(session_key: str, *, at: dt.datetime | None = None) -> bool:
    """Count from now until the lock; tell whether it did: what is locked already stays so."""
    at = at or timezone.now()
    awake = SignIn.objects.filter(session_key=session_key, locks_at__gt=at)
    return bool(awake.update(used_at=at, locks_at=at + _length()))


def _length():
    return dt.timedelta(seconds=1) * F("idle_seconds")  # type: ignore[operator]  # F knows how, timedelta's stub does not


def lock(session_key: str, *, at: dt.datetime | None = None) -> None:
    """Lock a sign-in at once, on the person's own word; its sockets close."""
    at = at or timezone.now()
    SignIn.objects.filter(session_key=session_key, locks_at__gt=at).update(locks_at=at)
    signals.sign_in_locked.send(SignIn, session_key=session_key)


@transaction.atomic
def unlock(session_key: str, user: User, *, at: dt.datetime | None = None) -> None:
    """Open a locked sign-in again: the person has just shown who they are. The limit is asked for anew."""
    at = at or timezone.now()
    seconds = idle_seconds_for(user)
    locks_at = at + dt.timedelta(seconds=seconds)
    found = SignIn.objects.filter(session_key=session_key, user=user)
    if found.update(used_at=at, locks_at=locks_at, idle_seconds=seconds):
        record_change("unlocked", by=user, object_ref=f"user:{user.pk}", at=at)


# --- devices --------------------------------------------------------------------------------------


def new_device_key() -> str:
    """Return what the cookie of a new device holds."""
    return secrets.token_urlsafe(24)


@transaction.atomic
def recognise(user: User, key: str, user_agent: str, *, at: dt.datetime | None = None) -> Device:
    """Return the device that this person signs in on; one that is new to an account with others is told by e-mail.

    The first device of all is that on which the account was made, and no news.
    """
    at = at or timezone.now()
    has_others = Device.objects.filter(user=user).exists()
    name = rules.device_name(user_agent)
    digest = hashlib.sha256(key.encode()).hexdigest()
    device, is_new = Device.objects.update_or_create(
        user=user, key=digest, defaults={"name": name}, create_defaults={"name": name, "first_at": at}
    )
    if is_new and has_others:
        tell_address(user.email, "new_device", key=f"device:{device.pk}", link=reverse("accounts:devices"), at=at)
    return device


def replace_earlier(user: User, device: Device, *, but: str | None) -> None:
    """End what is left of earlier sign-ins of this browser: it holds one cookie, and has just been given another."""
    end(SignIn.objects.filter(user=user, device=device).exclude(session_key=but))


def end(rows) -> int:
    """End the sign-ins of a query set, their sockets included; returns how many there were."""
    keys = list(rows.values_list("session_key", flat=True))
    SignIn.objects.filter(session_key__in=keys).delete()
    for key in keys:
        signals.sign_in_ended.send(SignIn, session_key=key)
    return len(keys)


def _end_from_afar(rows: QuerySet[SignIn]) -> int:
    """End the sign-ins of a query set and know their devices no more: a sign-in there is told again (ACC-15)."""
    # The row stays, so that the account's next device is not taken for its first.
    unknown = Concat(Value(FORGOTTEN), Cast("pk", CharField()))
    Device.objects.filter(sign_ins__in=rows).update(key=unknown)
    return end(rows)


@transaction.atomic
def end_one(user: User, ref: uuid.UUID, *, at: dt.datetime | None = None) -> bool:
    """End one of the person's sign-ins; tell whether it was there."""
    at = at or timezone.now()
    ended = _end_from_afar(SignIn.of(user, at).filter(ref=ref))
    if ended:
        record_change("device signed out", by=user, object_ref=f"user:{user.pk}", at=at)
    return bool(ended)


@transaction.atomic
def end_others(user: User, session_key: str | None, *, at: dt.datetime | None = None) -> int:
    """End every sign-in of the person but this one; returns how many there were (ACC-3)."""
    at = at or timezone.now()
    ended = _end_from_afar(SignIn.of(user, at).exclude(session_key=session_key))
    if ended:
        record_change("signed out elsewhere", by=user, object_ref=f"user:{user.pk}", after={"ended": ended}, at=at)
    return ended
