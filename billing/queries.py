"""What finance reads: months with sessions, and the state of every clinician's statement in one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Min
from django.utils import timezone

from billing import drawing, rules
from billing.models import Statement, StatementDraft
from billing.totals import totals_of
from clinicians.models import Clinician
from therapy.models import Appointment


@dataclass(frozen=True)
class MonthRow:
    """A clinician's month on the finance page; amounts in pence."""

    clinician: Clinician
    state: str
    sessions: int
    pence: int
    issued: Statement | None


def months_with_sessions() -> list[dt.date]:
    """Return the first days of the months from the first session to this one, newest first."""
    ends = Appointment.objects.aggregate(first=Min("during__startswith"), last=Max("during__startswith"))
    this_month = rules.month_of(timezone.now())
    month = rules.month_of(ends["first"]) if ends["first"] else this_month
    last = max(this_month, rules.month_of(ends["last"])) if ends["last"] else this_month
    months = []
    while month <= last:
        months.append(month)
        month = rules.next_month(month)
    return months[::-1]


def month_rows(month: dt.date) -> list[MonthRow]:
    """Return a row for each clinician with a session, draft or statement in the month (first day, UK time)."""
    lines = drawing.preview_all(month)
    people = Clinician.objects.filter(pk__in=lines.keys()).select_related("user")
    issued = {s.clinician_id: s for s in Statement.objects.filter(month=month).select_related("confirmation")}
    drafts = {d.clinician_id: d for d in StatementDraft.objects.filter(month=month)}
    return [_row(person, issued.get(person.pk), drafts.get(person.pk), lines[person.pk]) for person in people]


def _row(person, issued, draft, lines) -> MonthRow:
    totals = totals_of(lines)
    state = "drawn up" if draft else "not drawn up"
    if issued is not None:
        state = "confirmed" if hasattr(issued, "confirmation") else "issued"
    return MonthRow(person, state, totals.lines, totals.pence, issued)
