"""What a person owes, soonest first (TIME-21): the deadlines of which they are the owner."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from deadlines import registry
from deadlines.models import Deadline
from desk.patient_home import number_to_do
from live import doorbell

MOST = 50
SOON = dt.timedelta(hours=12)


@dataclass(frozen=True)
class Task:
    """One thing owed: what, on which case, until when, and where it is done."""

    what: str
    case_ref: str
    due_at: dt.datetime
    overdue: bool
    soon: bool
    href: str


def tasks_of(user, at: dt.datetime) -> list[Task]:
    """Return what the user owes at a moment, soonest first."""
    return [
        Task(
            what=registry.label_of(deadline.kind),
            case_ref=deadline.case_ref,
            due_at=deadline.due_at,
            overdue=deadline.due_at <= at,
            soon=at < deadline.due_at <= at + SOON,
            href=registry.url_of(deadline),
        )
        for deadline in Deadline.objects.owed_by(user, at)[:MOST]
    ]


def number_owed(user) -> int:
    """Return how many things somebody has to do, for the header of every page."""
    if user.is_patient:
        return number_to_do(user, timezone.now())
    return Deadline.objects.owed_by(user, timezone.now()).order_by().count()


def ring(owners: frozenset[int]) -> None:
    """Tell every open tab of these people that what they owe has changed; with no doorbell they look each minute."""
    failures = doorbell.Counter.failures
    for owner in sorted(owners):
        doorbell.ring(doorbell.user_group(owner), {"changed": "tasks"})
        if doorbell.Counter.failures > failures:
            return
