"""Telling people that something waits: outbox rows in the transaction that causes them (TIME-0, ACC-7).

Nothing is sent here. A key makes a notice idempotent: telling the same person twice under one key tells once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines import teams
from deadlines.actions import close_operator_task
from notices import rules
from notices.catalogue import GROUPS, NOTICES
from notices.models import OutboxMessage, Preferences, preferences_of
from notices.sending import send_outbox
from ui.errors import Refused

__all__ = [
    "choose",
    "last_told",
    "register_phone",
    "register_veto",
    "send_outbox",
    "tell",
    "tell_address",
    "tell_phone",
    "tell_team",
    "try_again",
    "withdraw",
]

MAIL, PHONE = OutboxMessage.Channel.EMAIL, OutboxMessage.Channel.TEXT
PhoneOf = Callable[[Any], str]
_phones: list[PhoneOf] = []
Veto = Callable[[str, str], bool]
_vetoes: list[Veto] = []


def register_phone(phone_of: PhoneOf) -> None:
    """Say how to find the number of a user who agreed to text messages; it returns an empty string for anybody else."""
    if phone_of not in _phones:
        _phones.append(phone_of)


def register_veto(veto: Veto) -> None:
    """Let `veto(channel, recipient)` keep a notice from an address where reading it could put somebody at risk."""
    if veto not in _vetoes:
        _vetoes.append(veto)


@dataclass(frozen=True)
class Moments:
    """When a notice was caused, may go out at the earliest, and is of no use any more."""

    at: dt.datetime
    not_before: dt.datetime
    not_after: dt.datetime | None

    @classmethod
    def of(cls, at, not_before=None, not_after=None) -> Moments:
        at = at or timezone.now()
        return cls(at, not_before or at, not_after)


def tell(
    user,
    notice: str,
    *,
    key: str,
    case_ref: str = "",
    link: str = "",
    at: dt.datetime | None = None,
    not_before: dt.datetime | None = None,
    not_after: dt.datetime | None = None,
) -> OutboxMessage | None:
    """Put an e-mail to a user into the outbox, once for (notice, key, user), and a text message where the notice has
    words for one and the person agreed to texts; returns the e-mail's row, None where the person wants none.

    `link` is a path of this site; `not_before` holds it back until then; after `not_after` it is not sent any more. It
    waits for the end of the person's quiet hours, a reminder for the day. Raises KeyError for a notice that is not in
    the catalogue. (ACC-7, ACC-17, TIME-22)
    """
    moments, words = Moments.of(at, not_before, not_after), Words(case_ref, link)
    chosen = preferences_of(user)
    if NOTICES[notice].text:
        for phone in filter(None, (phone_of(user) for phone_of in _phones)):
            _put(PHONE, phone, notice, f"{key}:{_digest(phone)}", words, moments, chosen)
    return _put(MAIL, user.email, notice, f"{key}:{user.pk}", words, moments, chosen)


def tell_address(
    email: str,
    notice: str,
    *,
    key: str,
    case_ref: str = "",
    link: str = "",
    at: dt.datetime | None = None,
    not_before: dt.datetime | None = None,
    not_after: dt.datetime | None = None,
    user=None,
) -> OutboxMessage | None:
    """Put an e-mail to an address into the outbox, once for (notice, key, address); `user`'s choices hold. (ACC-7)"""
    chosen, moments = preferences_of(user), Moments.of(at, not_before, not_after)
    return _put(MAIL, email, notice, f"{key}:{_digest(email.lower())}", Words(case_ref, link), moments, chosen)


def tell_phone(
    phone: str,
    notice: str,
    *,
    key: str,
    case_ref: str = "",
    link: str = "",
    at: dt.datetime | None = None,
    not_before: dt.datetime | None = None,
    not_after: dt.datetime | None = None,
    user=None,
) -> OutboxMessage | None:
    """Put a text message into the outbox, once for (notice, key, number); the caller has asked for consent. (ACC-7)

    Raises ValueError for a notice that has no words for a phone.
    """
    if not NOTICES[notice].text:
        raise ValueError(f"the notice {notice!r} has no words for a phone")
    chosen, moments = preferences_of(user), Moments.of(at, not_before, not_after)
    return _put(PHONE, phone, notice, f"{key}:{_digest(phone)}", Words(case_ref, link), moments, chosen)


def tell_team(
    role: str, notice: str, *, key: str, case_ref: str = "", link: str = "", at: dt.datetime | None = None
) -> list[OutboxMessage]:
    """Put an e-mail to every active user of a role into the outbox, to the lead where nobody has it. (ACC-7)"""
    told = [tell(user, notice, key=key, case_ref=case_ref, link=link, at=at) for user in teams.members(role)]
    return [row for row in told if row is not None]


def last_told(recipient: str, notice: str, case_ref: str) -> OutboxMessage | None:
    """Return the latest notice of this name about the case to an address, sent or waiting."""
    rows = OutboxMessage.objects.filter(recipient=recipient, notice=notice, case_ref=case_ref)
    return rows.order_by("-not_before", "-id").first()


def withdraw(recipients: Iterable[str], notice: str, case_ref: str, *, at: dt.datetime | None = None) -> int:
    """Take back what has not gone out; returns how many messages that is. What was tried stays as a row: an attempt
    that runs at this moment may still succeed, and says so there."""
    at = at or timezone.now()
    rows = OutboxMessage.objects.waiting().filter(recipient__in=list(recipients), notice=notice, case_ref=case_ref)
    untried = rows.filter(attempts=0).delete()[0]
    return untried + rows.update(gave_up_at=at, not_after=at, last_error="no longer needed")


class Words(NamedTuple):
    """What a notice may say beside its fixed words."""

    case_ref: str
    link: str


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _put(channel, recipient, notice, key, words: Words, moments: Moments, chosen: Preferences) -> OutboxMessage | None:
    """A wrong name of a notice fails here, in the verb that caused it, not in the sender."""
    if notice not in NOTICES:
        raise KeyError(f"the notice {notice!r} is not in the catalogue")
    if not chosen.wants(NOTICES[notice].group, channel):
        return None
    # What a person asked for a moment ago on this site, such as a new password, they wait for.
    if not NOTICES[notice].opens_account and any(veto(str(channel), recipient) for veto in _vetoes):
        return None
    goes_out = rules.next_allowed(moments.not_before, held_back(notice, chosen), chosen.zone)
    fields = {
        "channel": channel,
        "recipient": recipient,
        "notice": notice,
        **words._asdict(),
        "created_at": moments.at,
        "not_before": goes_out,
        "next_at": goes_out,
        "not_after": moments.not_after,
    }
    row, _ = OutboxMessage.objects.get_or_create(key=f"{notice}:{channel}:{key}", defaults=fields)
    return row


def held_back(notice: str, chosen: Preferences) -> list[rules.Window]:
    """Return the windows of the person's clock time in which a notice does not go out to them (TIME-22, ACC-17)."""
    words = NOTICES[notice]
    if words.urgent:
        return []
    night = [rules.NIGHT] if words.reminder else []
    return [*night, chosen.quiet] if chosen.quiet else night


@transaction.atomic
def choose(
    user,
    *,
    switched_off: Iterable[str],
    quiet_from: dt.time | None = None,
    quiet_until: dt.time | None = None,
    at: dt.datetime | None = None,
) -> Preferences:
    """Keep what a person wants to be told and when not (ACC-17): "group:channel" of what is switched off, both ends of
    the quiet hours or neither. Raises ValueError for a group or channel that does not exist."""
    known = {f"{group}:{channel}" for group in GROUPS for channel in OutboxMessage.Channel.values}
    if unknown := sorted(set(switched_off) - known):
        raise ValueError(f"{unknown[0]!r} cannot be switched off")
    fields = {"switched_off": sorted(set(switched_off)), "quiet_from": quiet_from, "quiet_until": quiet_until}
    at = at or timezone.now()
    if same := Preferences.objects.filter(user=user, **fields).first():
        return same
    chosen, _ = Preferences.objects.update_or_create(user=user, defaults={**fields, "changed_at": at})
    record_change("notices chosen", by=user, object_ref=f"user:{user.pk}", at=at)
    return chosen


@transaction.atomic
def try_again(message: OutboxMessage, *, by, at: dt.datetime | None = None) -> OutboxMessage:
    """Have a message sent after all that was given up, for instance since the address is right now. (TIME-0)

    Raises Refused for one that was not given up.
    """
    at = at or timezone.now()
    locked = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if locked.gave_up_at is None:
        raise Refused("This message was not given up.", remedy="Reload the page to see where it stands now.")
    locked.gave_up_at, locked.attempts, locked.next_at, locked.last_error = None, 0, at, ""
    locked.save(update_fields=["gave_up_at", "attempts", "next_at", "last_error"])
    close_operator_task(f"outbox {locked.pk}", at)
    record_change("message tried again", by=by, case_ref=locked.case_ref, object_ref=f"outbox:{locked.pk}", at=at)
    return locked
