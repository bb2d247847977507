"""What finance reads: months with sessions, and the state of every clinician's statement in one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing import adjusting, drawing, rules
from billing.lines import LineDraft
from billing.models import Adjustment, Statement, StatementDraft, StatementLine
from billing.totals import totals_of
from clinicians.models import Clinician
from therapy.models import Appointment

COLOURS = {"Not drawn up": "grey", "Drawn up": "yellow", "Issued": "blue", "Confirmed": "green"}


@dataclass(frozen=True)
class MonthRow:
    """A clinician's month on the finance page; amounts in pence, as the records stand or as they were issued."""

    clinician: Clinician
    state: str
    sessions: int
    pence: int
    issued: Statement | None

    @property
    def colour(self) -> str:
        return COLOURS[self.state]


@dataclass(frozen=True)
class Month:
    """How far the statements of a month (its first day) have come."""

    first: dt.date
    issued: int = 0
    confirmed: int = 0


def months_with_sessions() -> list[Month]:
    """Return the months from the first session to this one or the last booked, newest first."""
    ends = Appointment.objects.aggregate(first=Min("during__startswith"), last=Max("during__startswith"))
    this_month = rules.month_of(timezone.now())
    month = rules.month_of(ends["first"]) if ends["first"] else this_month
    last = max(this_month, rules.month_of(ends["last"])) if ends["last"] else this_month
    counts = Statement.objects.order_by().values("month").annotate(issued=Count("pk"), confirmed=Count("confirmation"))
    known = {row["month"]: Month(row["month"], row["issued"], row["confirmed"]) for row in counts}
    months = []
    while month <= last:
        months.append(known.get(month, Month(month)))
        month = rules.next_month(month)
    return months[::-1]


def clinicians_of(month: dt.date) -> QuerySet[Clinician]:
    """Return the clinicians with a session to list in the month, those without a statement first, then by name."""
    issued = Exists(Statement.objects.filter(clinician=OuterRef("pk"), month=month))
    own = {"clinician": OuterRef("pk")}
    listed = Exists(drawing.of_month(month).filter(**own)) | Exists(drawing.settled_late(month).filter(**own))
    adjusted = Q(pk__in=adjusting.due(month).keys()) | Exists(
        Adjustment.objects.filter(statement__month=month, statement__clinician=OuterRef("pk"))
    )
    people = Clinician.objects.filter(listed | adjusted).annotate(issued=issued)
    return people.select_related("user").order_by("issued", "user__name", "pk")


def month_rows(month: dt.date, people: Iterable[Clinician] | None = None) -> list[MonthRow]:
    """Return a row for each of these clinicians, or for all who have a session in the month (first day, UK time)."""
    shown = list(clinicians_of(month) if people is None else people)
    issued = {s.clinician_id: s for s in _issued(month, shown)}
    drawn = set(StatementDraft.objects.filter(month=month, clinician__in=shown).values_list("clinician", flat=True))
    lines = drawing.preview_all(month, [person for person in shown if person.pk not in issued])
    return [
        _issued_row(person, issued[person.pk])
        if person.pk in issued
        else _row(person, "Drawn up" if person.pk in drawn else "Not drawn up", lines.get(person.pk, []))
        for person in shown
    ]


def _issued(month: dt.date, people: list[Clinician]) -> QuerySet[Statement]:
    statements = Statement.objects.filter(month=month, clinician__in=people).select_related("confirmation")
    lines = StatementLine.objects.filter(statement=OuterRef("pk")).order_by().values("statement")
    adjustments = Adjustment.objects.filter(statement=OuterRef("pk")).order_by().values("statement")
    return statements.annotate(
        sessions=_one(lines.annotate(value=Count("pk"))),
        pence=_one(lines.annotate(value=Sum("pence"))) + _one(adjustments.annotate(value=Sum("pence"))),
    )


def _one(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows.values("value"), output_field=IntegerField()), 0)


def _issued_row(person: Clinician, statement) -> MonthRow:
    state = "Confirmed" if hasattr(statement, "confirmation") else "Issued"
    return MonthRow(person, state, statement.sessions, statement.pence, statement)


def _row(person: Clinician, state: str, lines: list[LineDraft]) -> MonthRow:
    sessions = sum(1 for line in lines if line.adjusts is None)
    return MonthRow(person, state, sessions, totals_of(lines).pence, None)


def adjustments_due() -> list[tuple[Clinician, LineDraft]]:
    """Return what the next statements adjust, with whose they are (APPT-21, PAY-6)."""
    due = adjusting.due()
    people = Clinician.objects.select_related("user").in_bulk(due.keys())
    return [(people[pk], line) for pk, lines in due.items() for line in lines]


def issued_pence(month: dt.date) -> int:
    """Return what the issued statements of a month pay together, in pence."""
    rows = (StatementLine.objects, Adjustment.objects)
    return sum(row.filter(statement__month=month).aggregate(sum=Sum("pence", default=0))["sum"] for row in rows)
