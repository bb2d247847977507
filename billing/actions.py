"""Verbs on pay: set a rate, draw a month up, issue it, confirm it (PAY-1, PAY-6, PAY-7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from billing import drawing, rules
from billing.lines import LineDraft, as_data, from_data
from billing.models import Adjustment, Rate, Statement, StatementConfirmation, StatementDraft, StatementLine
from clinicians.models import Clinician
from files.actions import render_later
from notices.actions import tell
from ui.errors import Refused


@transaction.atomic
def set_rate(modality: str, minutes: int, kind: str, pence: int, from_day: dt.date, *, by) -> Rate:
    """Put an inclusive rate in pence in force from a day on; the same day twice is refused (PAY-1)."""
    key = {"modality": modality, "minutes": minutes, "kind": kind, "from_day": from_day}
    if Rate.objects.filter(**key).exists():
        raise Refused("There is a rate from that day already.", field="from_day", remedy="Choose another day.")
    record_change("rate", by=by, after={**key, "from_day": from_day.isoformat(), "pence": pence})
    return Rate.objects.create(**key, pence=pence)


@transaction.atomic
def draw_up(clinician: Clinician, month: dt.date, *, by, at: dt.datetime | None = None) -> StatementDraft:
    """Draw up a month from the records; drawing it again with the same records changes nothing (PAY-7).

    `month` is its first day, UK time. Raises Refused once the month's statement is issued.
    """
    at = at or timezone.now()
    draft = _locked_draft(clinician, month, at)
    _refuse_issued(draft)
    lines = as_data(drawing.preview(clinician, month))
    if lines != draft.lines:
        draft.lines, draft.drawn_at = lines, at
        draft.save(update_fields=["lines", "drawn_at"])
        record_change("statement drawn up", by=by, object_ref=str(draft.ref), after={"lines": len(lines)}, at=at)
    return draft


def _locked_draft(clinician: Clinician, month: dt.date, at: dt.datetime) -> StatementDraft:
    key = {"clinician": clinician, "month": month}
    StatementDraft.objects.get_or_create(**key, defaults={"drawn_at": at})
    # All months of the clinician are locked, in one order: two of them issued at once must not both adjust a line.
    rows = StatementDraft.objects.select_for_update(of=("self",)).select_related("clinician__user")
    return next(row for row in rows.filter(clinician=clinician).order_by("pk") if row.month == month)


def _refuse_issued(draft: StatementDraft) -> None:
    if Statement.objects.filter(ref=draft.ref).exists():
        raise Refused(
            f"The statement of {draft.month:%B %Y} is issued and no longer changes.",
            remedy="Corrections appear on the next statement.",
        )


@transaction.atomic
def issue(draft: StatementDraft, *, by, at: dt.datetime | None = None) -> Statement:
    """Issue a drawn-up month: its lines are fixed, its PDF is asked for, the clinician is told (PAY-6).

    Issuing twice returns the same statement. Raises Refused while the month runs, or when the records have
    changed since it was drawn up.
    """
    at = at or timezone.now()
    locked = _locked_draft(draft.clinician, draft.month, at)
    issued = Statement.objects.filter(ref=locked.ref).first()
    if issued is not None:
        return issued
    _refuse_early_or_stale(locked, at)
    statement = Statement.objects.create(
        ref=locked.ref, clinician=locked.clinician, month=locked.month, issued_by=by, issued_at=at
    )
    drawn = from_data(locked.lines)
    StatementLine.objects.bulk_create(_lines(statement, drawn))
    Adjustment.objects.bulk_create(_adjustments(statement, drawn))
    render_later("statement", str(statement.ref), at=at)
    record_change("statement issued", by=by, object_ref=str(statement.ref), at=at)
    tell(locked.clinician.user, "statement_issued", key=f"statement:{statement.ref}", link=_link(statement), at=at)
    return statement


def _refuse_early_or_stale(draft: StatementDraft, at: dt.datetime) -> None:
    if at < rules.month_bounds(draft.month)[1]:
        raise Refused(
            f"{draft.month:%B %Y} is not over.", remedy="A statement can be issued from the first of the next month."
        )
    if as_data(drawing.preview(draft.clinician, draft.month)) != draft.lines:
        raise Refused(
            "Sessions of this month have changed since it was drawn up.",
            remedy="Draw it up again, look at it, then issue it.",
        )


def _lines(statement: Statement, drawn: list[LineDraft]) -> list[StatementLine]:
    return [
        StatementLine(
            appointment_id=line.appointment,
            case_ref=line.case_ref,
            starts_at=line.starts,
            what=line.what,
            rate_pence=line.rate_pence,
            **_said(statement, line),
        )
        for line in drawn
        if line.settled and line.adjusts is None
    ]


def _adjustments(statement: Statement, drawn: list[LineDraft]) -> list[Adjustment]:
    return [Adjustment(line_id=line.adjusts, **_said(statement, line)) for line in drawn if line.adjusts is not None]


def _said(statement: Statement, line: LineDraft) -> dict[str, Any]:
    kept = ("outcome", "pence", "basic_pence", "holiday_pence", "reason")
    return {"statement": statement} | {name: getattr(line, name) for name in kept}


def _link(statement: Statement) -> str:
    return f"/pay/statements/{statement.ref}/"


@transaction.atomic
def confirm(statement: Statement, *, by, at: dt.datetime | None = None) -> StatementConfirmation:
    """Record the clinician's word that the statement is right; confirming twice changes nothing (PAY-6)."""
    at = at or timezone.now()
    confirmation, new = StatementConfirmation.objects.get_or_create(statement=statement, defaults={"by": by, "at": at})
    if new:
        record_change("statement confirmed", by=by, object_ref=str(statement.ref), at=at)
    return confirmation
