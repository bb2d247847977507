"""A week of somebody's appointments, day by day, in the viewer's zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from clinicians.models import Clinician
from therapy.appointments.models import Appointment, AppointmentQuerySet
from therapy.appointments.times import monday, week_of

DAYS = 7
WEEK = dt.timedelta(weeks=1)


@dataclass
class Day:
    """One day of the week: what is booked, when one works."""

    date: dt.date
    is_today: bool
    is_past: bool = False
    appointments: list[Appointment] = field(default_factory=list)
    hours: list[tuple[dt.datetime, dt.datetime]] = field(default_factory=list)


def week_page(rows: AppointmentQuerySet, asked: str, at: dt.datetime, clinician: Clinician | None) -> dict[str, Any]:
    """Return the week that an address asks for, or the one of `at`: its days, and the weeks around it."""
    today = timezone.localdate(at)
    first = monday(asked) or week_of(today)
    days = {day: Day(day, day == today, day < today) for day in (first + dt.timedelta(days=n) for n in range(DAYS))}
    begins, ends = _midnight(first), _midnight(first + WEEK)
    for one in rows.between(begins, ends).order_by("during"):
        if day := days.get(timezone.localtime(one.starts_at).date()):
            day.appointments.append(one)
    for opens, closes in _hours(clinician, first):
        if day := days.get(timezone.localtime(opens).date()):
            day.hours.append((opens, closes))
    return {
        "week": first,
        "last_day": first + WEEK - dt.timedelta(days=1),
        "days": list(days.values()),
        "earlier": first - WEEK,
        "later": first + WEEK,
        "is_this_week": first == week_of(today),
        "shows_hours": clinician is not None,
    }


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_current_timezone())


def _hours(clinician: Clinician | None, first: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
    """The clinician's hours of the week, with a day to either side for who is far from the UK's clock."""
    if clinician is None:
        return []
    return clinician.open_hours(first - dt.timedelta(days=1), first + WEEK)
