"""Telling people that something waits: outbox rows in the transaction that causes them (TIME-0, ACC-7).

Nothing is sent here. A key makes a notice idempotent: telling the same person twice under one key tells once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.utils import timezone

from notices.catalogue import NOTICES
from notices.models import OutboxMessage
from notices.sending import send_outbox

__all__ = ["last_told", "send_outbox", "tell", "tell_address", "tell_phone", "tell_team", "withdraw"]

MAIL, PHONE = OutboxMessage.Channel.EMAIL, OutboxMessage.Channel.TEXT


def tell(
    user,
    notice: str,
    *,
    key: str,
    case_ref: str = "",
    link: str = "",
    at: dt.datetime | None = None,
    not_before: dt.datetime | None = None,
) -> OutboxMessage:
    """Put an e-mail to a user into the outbox, once for (notice, key, user); returns its row.

    `link` is a path of this site; `not_before` holds the mail back until then.
    Raises KeyError for a notice that is not in the catalogue. (ACC-7)
    """
    return _put(MAIL, user.email, notice, f"{key}:{user.pk}", Words(case_ref, link), at, not_before)


def tell_address(
    email: str,
    notice: str,
    *,
    key: str,
    case_ref: str = "",
    link: str = "",
    at: dt.datetime | None = None,
    not_before: dt.datetime | None = None,
) -> OutboxMessage:
    """Put an e-mail to an address into the outbox, once for (notice, key, address). (ACC-7)"""
    return _put(MAIL, email, notice, f"{key}:{_digest(email.lower())}", Words(case_ref, link), at, not_before)


def tell_phone(
    phone: str,
    notice: str,
    *,
    key: str,
    case_ref: str = "",
    link: str = "",
    at: dt.datetime | None = None,
    not_before: dt.datetime | None = None,
) -> OutboxMessage:
    """Put a text message into the outbox, once for (notice, key, number); the caller has asked for consent. (ACC-7)

    Raises ValueError for a notice that has no words for a phone.
    """
    if not NOTICES[notice].text:
        raise ValueError(f"the notice {notice!r} has no words for a phone")
    return _put(PHONE, phone, notice, f"{key}:{_digest(phone)}", Words(case_ref, link), at, not_before)


def tell_team(
    role: str, notice: str, *, key: str, case_ref: str = "", link: str = "", at: dt.datetime | None = None
) -> list[OutboxMessage]:
    """Put an e-mail to every active user of a role into the outbox. (ACC-7)"""
    team = get_user_model().objects.filter(is_active=True, roles__role=role)
    return [tell(user, notice, key=key, case_ref=case_ref, link=link, at=at) for user in team]


def last_told(recipient: str, notice: str, case_ref: str) -> OutboxMessage | None:
    """Return the latest notice of this name about the case to an address, sent or waiting."""
    rows = OutboxMessage.objects.filter(recipient=recipient, notice=notice, case_ref=case_ref)
    return rows.order_by("-not_before", "-id").first()


def withdraw(recipients: Iterable[str], notice: str, case_ref: str) -> int:
    """Take back what has not been tried yet; returns how many messages will not go out."""
    rows = OutboxMessage.objects.filter(recipient__in=list(recipients), notice=notice, case_ref=case_ref)
    return rows.filter(sent_at=None, gave_up_at=None, attempts=0).delete()[0]


class Words(NamedTuple):
    """What a notice may say beside its fixed words."""

    case_ref: str
    link: str


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]


def _put(channel, recipient, notice, key, words: Words, at, not_before) -> OutboxMessage:
    """A wrong name of a notice fails here, in the verb that caused it, not in the sender."""
    if notice not in NOTICES:
        raise KeyError(f"the notice {notice!r} is not in the catalogue")
    at = at or timezone.now()
    fields = {
        "channel": channel,
        "recipient": recipient,
        "notice": notice,
        **words._asdict(),
        "created_at": at,
        "not_before": not_before or at,
        "next_at": not_before or at,
    }
    row, _ = OutboxMessage.objects.get_or_create(key=f"{notice}:{channel}:{key}", defaults=fields)
    return row
