"""Draws up the lines of a month from recorded sessions: reads the stored verdicts, never judges again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import DateField, Exists, OuterRef
from django.db.models.functions import TruncMonth

from billing import adjusting, rules
from billing.breaches import breaches_of, verdict_on
from billing.lines import LineDraft
from billing.models import Rate, Statement
from therapy.models import Appointment

RateKey = tuple[str, int, str]


def preview(clinician, month: dt.date) -> list[LineDraft]:
    """Return the lines of a clinician's month (UK time) as the records stand now, each session once (PAY-7).

    Adjustments of statements before it come last (PAY-6).
    """
    return preview_all(month, [clinician]).get(clinician.pk, [])


def preview_all(month: dt.date, clinicians: list) -> dict[int, list[LineDraft]]:
    """Return the lines of a month by clinician's key, of those clinicians who have any."""
    rows = [
        *_of(clinicians, of_month(month)),
        *_of(clinicians, settled_late(month)),
    ]
    rates, breaches = _rates(), breaches_of({row.case_id for row in rows if row.status in rules.BREACH})
    lines: dict[int, list[LineDraft]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.starts_at, row.pk)):
        lines[row.clinician_id].append(_line(row, rates, breaches))
    for clinician, adjustments in adjusting.due(month, clinicians).items():
        lines[clinician] += adjustments
    return lines


def _of(clinicians: list, appointments):
    return appointments.filter(clinician__in=clinicians).select_related("case", "cancellation", "outcome")


def of_month(month: dt.date):
    """Return the appointments that start in a month (its first day), UK time."""
    first, after = rules.month_bounds(month)
    # Ranges are compared by their starts first, so that the index on (clinician, during) serves a month.
    return Appointment.objects.filter(
        during__gte=DateTimeTZRange(first, first, "[]"), during__lt=DateTimeTZRange(after, after, "[]")
    )


def settled_late(month: dt.date):
    """Return the appointments before a month that were settled only after the statement of theirs went out."""
    start = TruncMonth("during__startswith", tzinfo=rules.UK, output_field=DateField())
    went_out = Statement.objects.filter(clinician=OuterRef("clinician"), month=OuterRef("start_month"))
    dated = Appointment.objects.annotate(start_month=start)
    return dated.filter(Exists(went_out), start_month__lt=month, statement_line=None)


def _rates() -> dict[RateKey, list[rules.RateOnDay]]:
    rates: dict[RateKey, list[rules.RateOnDay]] = defaultdict(list)
    for rate in Rate.objects.all():
        rates[rate.modality, rate.minutes, rate.kind].append(rules.RateOnDay(rate.from_day, rate.pence))
    return rates


def _line(appointment: Appointment, rates, breaches) -> LineDraft:
    day = appointment.starts_at.astimezone(rules.UK).date()
    key = (appointment.modality, appointment.minutes, appointment.kind)
    rate = rules.rate_on(rates.get(key, []), day)
    verdict, settled = _verdict(appointment, rate, breaches)
    basic, holiday = rules.split(verdict.pence)
    return LineDraft(
        appointment=appointment.pk,
        case_ref=appointment.case.ref,
        starts_at=appointment.starts_at.astimezone(dt.UTC).isoformat(),
        what=f"{appointment.modality.capitalize()} {appointment.kind}, {appointment.minutes} minutes",
        outcome=appointment.status,
        rate_pence=rate or 0,
        pence=verdict.pence,
        basic_pence=basic,
        holiday_pence=holiday,
        reason=verdict.reason,
        settled=settled,
    )


def _verdict(appointment: Appointment, rate: int | None, breaches) -> tuple[rules.Verdict, bool]:
    if not rules.is_settled(appointment.status):
        return rules.Verdict(0, rules.UNSETTLED[appointment.status]), False
    if rate is None:
        return rules.Verdict(0, "No rate is in force for this kind of session: finance must add one."), False
    return verdict_on(appointment, rate, breaches), True
