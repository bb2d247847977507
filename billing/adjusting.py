"""What corrections, and breaches settled late, change on issued lines: adjustments on the next statement (PAY-6)."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing import rules
from billing.breaches import breaches_of, verdict_on
from billing.lines import LineDraft
from billing.models import Adjustment, StatementLine
from therapy.models import Appointment, Correction
from ui import words

LONGEST_QUOTE = 300


def due(month: dt.date | None = None, clinicians: list | None = None) -> dict[int, list[LineDraft]]:
    """Return by clinician's key the adjustments that no statement carries yet, oldest session first.

    `month`: those of statements before this one (its first day). What was corrected and corrected back is none.
    """
    lines = list(_touched(month, clinicians))
    breaches = breaches_of({line.appointment.case_id for line in lines})
    found: dict[int, list[LineDraft]] = defaultdict(list)
    for line in lines:
        if adjustment := _adjustment(line, verdict_on(line.appointment, line.rate_pence, breaches)):
            found[line.statement.clinician_id].append(adjustment)
    return found


def _touched(month: dt.date | None, clinicians: list | None) -> QuerySet[StatementLine]:
    """Issued lines that may pay something else by now: one correction can move the order of a whole episode of care,
    and a breach settled only later moves those after it on (PAY-3)."""
    changed = Correction.objects.filter(appointment__case=OuterRef("appointment__case"))
    moved = Q(Exists(_settled_since()), outcome__in=rules.BREACH, pence__gt=0)
    lines = StatementLine.objects.filter(Exists(changed) | moved)
    if month is not None:
        lines = lines.filter(statement__month__lt=month)
    if clinicians is not None:
        lines = lines.filter(statement__clinician__in=clinicians)
    related = ("statement", "appointment__case__patient", "appointment__outcome", "appointment__cancellation")
    return lines.select_related(*related).prefetch_related("adjustments", "appointment__corrections")


def _settled_since() -> QuerySet[Appointment]:
    """Earlier breaches of a line's episode that were on no statement yet when the line's went out."""
    earlier = Appointment.objects.filter(
        case=OuterRef("appointment__case"), status__in=rules.BREACH, during__startswith__lte=OuterRef("starts_at")
    )
    later_issue = Q(statement_line__statement__issued_at__gt=OuterRef("statement__issued_at"))
    return earlier.filter(Q(statement_line=None) | later_issue)


def _adjustment(line: StatementLine, verdict: rules.Verdict) -> LineDraft | None:
    stated: list[StatementLine | Adjustment] = [line, *line.adjustments.all()]
    pence, basic = (sum(getattr(row, name) for row in stated) for name in ("pence", "basic_pence"))
    outcome: str = line.appointment.status
    if verdict.pence == pence and stated[-1].outcome == outcome:
        return None
    more, more_basic = verdict.pence - pence, rules.split(verdict.pence)[0] - basic
    return LineDraft(
        appointment=line.appointment_id,
        case_ref=line.case_ref,
        starts_at=line.starts_at.astimezone(dt.UTC).isoformat(),
        what=line.what,
        outcome=outcome,
        rate_pence=line.rate_pence,
        pence=more,
        basic_pence=more_basic,
        holiday_pence=more - more_basic,
        reason=_why(line, stated[-1].outcome, verdict),
        settled=True,
        adjusts=line.pk,
    )


def _why(line: StatementLine, stated: str, verdict: rules.Verdict) -> str:
    """For example: Adjusts September 2026, where it stood as did not attend. Now completed: the full rate. ..."""
    before = Appointment.Status(stated).label.lower()
    adjusts = f"Adjusts the statement of {line.statement.month:%B %Y}, where it stood as {before}. {verdict.reason}"
    corrections = list(line.appointment.corrections.all())
    if stated == line.appointment.status or not corrections:
        return f"{adjusts} Another session of this episode has changed since."
    newest = corrections[-1]
    quoted = nameless(newest.reason, line.appointment.case.patient)[:LONGEST_QUOTE]
    return f"{adjusts} Corrected {words.day(newest.at.astimezone(rules.UK))}: {quoted}"


def nameless(text: str, patient) -> str:
    """Return the text without the patient's names: documents of pay hold case references only (PAY-10)."""
    names = {part for name in (patient.first_name, patient.last_name, patient.preferred_name) for part in name.split()}
    if not names:
        return text
    every = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"\b(?:{every})\b(?:\s+(?:{every})\b)*", "the patient", text, flags=re.IGNORECASE)
