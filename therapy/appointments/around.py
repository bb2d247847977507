"""What one looks at while choosing a time to offer: the patient's wishes, and what the clinician has booked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from clinicians.rules import PARTS, WEEKDAY_NAMES, WEEKDAYS
from patients.models import Case
from therapy.appointments import rules
from therapy.appointments.models import AppointmentQuerySet

MOST_SHOWN = 8


def hours_in_words(wished: Iterable[str]) -> list[str]:
    """Return wished hours ("mon-evening") as lines such as "Monday: morning, evening", in the order of the week."""
    wanted = set(wished)
    found = zip(WEEKDAY_NAMES, ([p for p in PARTS if f"{day}-{p}" in wanted] for day in WEEKDAYS), strict=True)
    return [f"{name}: {', '.join(parts)}" for name, parts in found if parts]


def missing(case: Case) -> str:
    """Return what a case lacks for treatment (APPT-2): "diagnosis", "step", both, or an empty string."""
    return " and ".join(word for word, value in (("diagnosis", case.problem), ("step", case.step)) if not value)


def booked(rows: AppointmentQuerySet, case: Case, moments: list[dt.datetime], now: dt.datetime) -> AppointmentQuerySet:
    """Return what the clinician of a case has on the day that was typed, or next ahead while none is."""
    mine = rows.upcoming(now).filter(clinician=case.clinician_id).order_by("during").select_related("case")
    if moments:
        day = moments[0].astimezone(rules.UK).date()
        begins, ends = (dt.datetime.combine(day + dt.timedelta(days=n), dt.time(), tzinfo=rules.UK) for n in (0, 1))
        mine = mine.filter(during__startswith__lt=ends, during__endswith__gt=begins)
    return mine[:MOST_SHOWN]
