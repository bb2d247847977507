"""Which breaches of an episode of care were confirmed appointments: their order decides which are paid (PAY-3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from billing import rules
from therapy.models import Appointment

Breaches = dict[int, list[tuple[dt.datetime, int]]]


def breaches_of(cases: set[int]) -> Breaches:
    """Return confirmed breaches by episode of care, as (start, appointment), whoever the clinician was (APPT-20)."""
    found: Breaches = defaultdict(list)
    rows = Appointment.objects.filter(case__in=cases, status__in=rules.BREACH)
    for appointment in rows.select_related("cancellation", "outcome"):
        if was_confirmed(appointment):
            found[appointment.case_id].append((appointment.starts_at, appointment.pk))
    return found


def was_confirmed(appointment: Appointment) -> bool:
    """Read from the verdict that was stored when the appointment ended."""
    for verdict in ("outcome", "cancellation"):
        stored = getattr(appointment, verdict, None)
        if stored is not None:
            return stored.was_confirmed
    return appointment.confirmed_at is not None


def verdict_on(appointment: Appointment, rate_pence: int, breaches: Breaches) -> rules.Verdict:
    """Return what a settled appointment pays as the records stand now (PAY-3)."""
    own = (appointment.starts_at, appointment.pk)
    before = sum(1 for other in breaches[appointment.case_id] if other < own)
    return rules.pay_for(
        appointment.status, was_confirmed=was_confirmed(appointment), rate_pence=rate_pence, breaches_before=before
    )
