"""A clinician's day: the sessions, and beside each what one looks at before it (APPT-22). A fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from measures.models import Questionnaire
from therapy.appointments.rules import HOLDING_STATUSES
from therapy.models import Appointment, Message, Note

SHOWN = ("case__patient", "session")
NEXT_SHOWN = 5
PLAN_LENGTH = 280
# A questionnaire filled in so lately counts for the session of today.
RECENT = dt.timedelta(days=7)


@dataclass
class Session:
    """One session of today and what stands beside it."""

    appointment: Appointment
    plan: str = ""
    unread: int = 0
    missing: int = 0
    done: int = 0
    can_join: bool = field(default=False)

    @property
    def questionnaires(self) -> str:
        """Whether the patient filled in what was asked, in words."""
        if self.missing:
            return f"{self.missing} not filled in yet"
        return f"{self.done} filled in" if self.done else "none asked for"


def today_of(user, at: dt.datetime) -> dict[str, Any]:
    """Return today's sessions of a clinician with their facts, and the next ones after today."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = dt.datetime.combine(midnight.date() + dt.timedelta(days=1), dt.time(), tzinfo=midnight.tzinfo)
    mine = Appointment.objects.visible_to(user, "appointments").own(user)
    rows = mine.between(midnight, tomorrow).filter(status__in=HOLDING_STATUSES)
    following = mine.upcoming(at).filter(during__startswith__gte=tomorrow).order_by("during")[:NEXT_SHOWN]
    return {
        "today": _with_facts(list(rows.whole(*SHOWN)), user, at),
        "next": list(following.whole(*SHOWN)),
    }


def _with_facts(rows: list[Appointment], user, at: dt.datetime) -> list[Session]:
    cases = [row.case_id for row in rows]
    plans, unread, asked = _plans(user, cases), _unread(user, cases), _questionnaires(user, cases, at)
    return [
        Session(
            row,
            plan=plans.get(row.case_id, ""),
            unread=unread.get(row.case_id, 0),
            missing=asked.get(row.case_id, (0, 0))[0],
            done=asked.get(row.case_id, (0, 0))[1],
            can_join=row.is_open and row.room_opens_at <= at < row.ends_at,
        )
        for row in rows
    ]


def _plans(user, cases: list[int]) -> dict[int, str]:
    """What was agreed in the newest signed note of each case."""
    notes = Note.objects.visible_to(user, "notes").filter(appointment__case__in=cases).select_related("appointment")
    newest = notes.order_by("appointment__case_id", "-signed_at").distinct("appointment__case_id")
    return {note.appointment.case_id: _shortened(note.homework or note.progress) for note in newest}


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= PLAN_LENGTH else f"{line[:PLAN_LENGTH].rsplit(' ', 1)[0]} …"


def _unread(user, cases: list[int]) -> dict[int, int]:
    rows = Message.objects.filter(case__in=cases).unread_by(user).order_by()
    return dict(rows.values_list("case").annotate(Count("pk")))


def _questionnaires(user, cases: list[int], at: dt.datetime) -> dict[int, tuple[int, int]]:
    """How many are missing, and how many were filled in lately, by case."""
    rows = Questionnaire.objects.visible_to(user, "scores").filter(case__in=cases).order_by().values("case")
    missing, done = Q(completed_at=None), Q(completed_at__gte=at - RECENT)
    counted = rows.annotate(missing=Count("pk", filter=missing), done=Count("pk", filter=done))
    return {row["case"]: (row["missing"], row["done"]) for row in counted}
