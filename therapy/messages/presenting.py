"""A conversation as a page shows it: day by day, own messages on one side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils import timezone

from patients.models import Case
from therapy.enclosures.presenting import in_messages
from therapy.enclosures.registry import Shown
from therapy.messages import actions, rules
from therapy.messages.models import Message, MessageRead

MESSAGES_A_PAGE = 50
MOST_FOUND = 100
OF_A_HIT = ("ref", "case", "sender__name", "side", "text", "at")


@dataclass(frozen=True)
class Bubble:
    """One message to one viewer."""

    message: Message
    own: bool
    name: str
    first_unread: bool = False
    items: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    """The messages of one day in the viewer's time zone; `marked` is False where the page shows the day already."""

    day: dt.date
    bubbles: list[Bubble]
    marked: bool = True


@dataclass(frozen=True)
class Conversation:
    """What a viewer sees of a conversation: the newest messages, oldest first."""

    case: Case
    side: str
    days: list[Day]
    newest: Message | None
    earlier: Message | None
    seen_up_to: str
    unread_earlier: bool = False

    @property
    def may_write(self) -> bool:
        return bool(self.side) and rules.may_write(self.side, self.case.state)

    @property
    def before_allocation(self) -> bool:
        return self.case.state in rules.BEFORE_ALLOCATION

    @property
    def other_name(self) -> str:
        """The person on the other side, by the name the viewer knows."""
        if self.side == Message.Side.PATIENT:
            return self.case.clinician.user.name if self.case.clinician else ""
        return self.case.patient.called


def conversation_of(case: Case, viewer, *, before: Message | None = None) -> Conversation:
    """Return the newest page of a conversation, or the page before a message."""
    rows = case.messages.select_related("sender").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before.pk)
    found = list(rows[: MESSAGES_A_PAGE + 1])
    shown = found[:MESSAGES_A_PAGE][::-1]
    read = _read_by(case, viewer)
    return Conversation(
        case=case,
        side=actions.side_of(case, viewer),
        days=days_of(case, viewer, shown, unread_from=read),
        newest=shown[-1] if shown else None,
        earlier=shown[0] if len(found) > MESSAGES_A_PAGE else None,
        seen_up_to=seen_up_to(case, viewer),
        unread_earlier=bool(shown) and _unread_before(case, viewer, shown[0], read),
    )


def _unread_before(case: Case, viewer, first: Message, read: int) -> bool:
    """Whether something unread lies before a page: then reading this page does not mean having read that (MSG-11)."""
    return case.messages.filter(pk__gt=read, pk__lt=first.pk).exclude(sender=viewer).exists()


def found_in(case: Case, viewer, words: list[str]) -> dict[str, Any]:
    """Return the newest messages that hold every word, and whether there are more than are shown (MSG-7)."""
    rows = case.messages.select_related("sender").only(*OF_A_HIT).order_by("-pk")
    for word in words:
        rows = rows.filter(text__icontains=word)
    found = list(rows[: MOST_FOUND + 1]) if words else []
    hits = [Bubble(row, row.sender_id == viewer.pk, _name(case, row, row.sender_id == viewer.pk)) for row in found]
    return {"hits": hits[:MOST_FOUND], "more": len(hits) > MOST_FOUND, "most": MOST_FOUND}


def just_after(message: Message) -> Message | None:
    """Return the message before which a page ends that shows this one in its middle; None for the newest page."""
    return message.case.messages.filter(pk__gt=message.pk).order_by("pk")[MESSAGES_A_PAGE // 2 :].first()


def days_after(case: Case, viewer, after: Message | None) -> list[Day]:
    """Return what came after a message that the viewer's page shows already, for adding to it."""
    rows = case.messages.select_related("sender").order_by("pk")
    if after is None:
        return days_of(case, viewer, rows)
    return days_of(case, viewer, rows.filter(pk__gt=after.pk), shown_day=_day(after))


def days_of(
    case: Case,
    viewer,
    messages: Iterable[Message],
    *,
    shown_day: dt.date | None = None,
    unread_from: int | None = None,
) -> list[Day]:
    """Group messages, oldest first, by the viewer's days."""
    bubbles, marked, shown = [], False, list(messages)
    carried = in_messages(shown, viewer)
    for message in shown:
        own = message.sender_id == viewer.pk
        unread = unread_from is not None and not own and message.pk > unread_from and not marked
        marked = marked or unread
        bubbles.append(Bubble(message, own, _name(case, message, own), unread, carried.get(message.pk, [])))
    return [
        Day(day, list(group), marked=day != shown_day)
        for day, group in groupby(bubbles, key=lambda bubble: _day(bubble.message))
    ]


def _day(message: Message) -> dt.date:
    return timezone.localtime(message.at).date()


def _name(case: Case, message: Message, own: bool) -> str:
    if own:
        return "You"
    return case.patient.called if message.side == Message.Side.PATIENT else message.sender.name


def _read_by(case: Case, viewer) -> int:
    mark = MessageRead.objects.filter(case=case, user=viewer).first()
    return mark.up_to_id if mark else 0


def seen_up_to(case: Case, viewer) -> str:
    """Return the reference of the viewer's last message that the other side has read, or an empty string."""
    others = MessageRead.objects.filter(case=case).exclude(user=viewer).order_by("-up_to_id")
    mark = others.values_list("up_to_id", flat=True).first()
    own = case.messages.filter(sender=viewer, pk__lte=mark or 0).order_by("-pk").first()
    return str(own.ref) if own else ""
