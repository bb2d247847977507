"""The conversations of a clinician (or of a supervisor), those that wait first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max

from deadlines.models import Deadline
from patients.models import Case
from therapy.messages.actions import REPLY
from therapy.messages.models import Message


@dataclass(frozen=True)
class Entry:
    """One conversation in the list."""

    case: Case
    last_at: dt.datetime
    unread: int
    reply_due: dt.datetime | None


def inbox_of(cases, user) -> list[Entry]:
    """Return the conversations in which something was written: first those that await a reply."""
    conversations = cases.select_related("patient").annotate(last_at=Max("messages__at")).filter(last_at__isnull=False)
    unread = _unread(user)
    due = dict(Deadline.objects.owed().filter(kind=REPLY).values_list("case_ref", "due_at"))
    entries = [Entry(case, case.last_at, unread.get(case.pk, 0), due.get(case.ref)) for case in conversations]
    return sorted(entries, key=lambda entry: (entry.reply_due is None, entry.reply_due or -_seconds(entry.last_at)))


def _seconds(moment: dt.datetime) -> float:
    return moment.timestamp()


def _unread(user) -> dict[int, int]:
    rows = Message.objects.unread_by(user).order_by().values("case").annotate(number=Count("pk"))
    return {row["case"]: row["number"] for row in rows}


def unread_of(user) -> int:
    """Return how many messages wait for this person in all conversations (MSG-7)."""
    return Message.objects.unread_by(user).order_by().count()
