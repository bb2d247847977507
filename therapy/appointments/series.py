"""Several appointments offered in one go, weekly or fortnightly (APPT-10)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from patients.cases import actions as patients
from patients.models import Case
from therapy.appointments import booking, rules, telling
from therapy.appointments.history import local, local_clock
from therapy.appointments.models import Appointment
from ui.errors import Refused
from ui.words import counted

FEWEST, MOST = 2, 12
EVERY = {1: "Every week", 2: "Every two weeks"}


@dataclass(frozen=True)
class Occurrence:
    """One time of a series as it would be: its start, and in words what stands against it."""

    day: dt.date
    starts_at: dt.datetime | None
    clash: str

    @property
    def key(self) -> str:
        return self.day.isoformat()


def look(
    case: Case, first: dt.date, clock: dt.time, *, weeks: int, times: int, minutes: int, at: dt.datetime
) -> list[Occurrence]:
    """Return each time of a series with what clashes with it; books nothing.

    The UK wall clock stays the same over a change of the clocks; of an hour that comes twice the first is meant.
    """
    days = rules.series_days(first, weeks, times)
    starts = {day: next(iter(rules.uk_moments(day, clock)), None) for day in days}
    known = [start for start in starts.values() if start]
    length = dt.timedelta(minutes=minutes)
    taken = _taken(case, min(known), max(known) + length) if known else []
    return [Occurrence(day, start, _why_not(case, start, length, taken, at)) for day, start in starts.items()]


def _taken(case: Case, first: dt.datetime, last: dt.datetime) -> list[Appointment]:
    theirs = Q(clinician=case.clinician_id) | Q(patient=case.patient_id)
    return list(Appointment.objects.clashing(first, last).filter(theirs).select_related("case").order_by("during"))


def _why_not(case: Case, start: dt.datetime | None, length: dt.timedelta, taken: list[Appointment], at) -> str:
    if start is None:
        return "This time does not exist: the clocks go forward in that night."
    if start <= at or start - at > rules.FURTHEST_AHEAD:
        return "This time has passed." if start <= at else "This is more than a year ahead."
    for other in taken:
        if other.starts_at < start + length and other.ends_at > start:
            whose = (
                f"You have case {other.case.ref}"
                if other.clinician_id == case.clinician_id
                else "The patient is booked"
            )
            return f"{whose} from {local(other.starts_at)} to {local_clock(other.ends_at)}."
    return ""


@transaction.atomic
def offer_series(
    case: Case,
    starts: list[dt.datetime],
    *,
    minutes: int,
    client_key: str,
    by,
    modality: str = "typed",
    at: dt.datetime | None = None,
) -> list[Appointment]:
    """Offer all these times to the patient of a case, or none: each is an appointment of its own (APPT-10).

    The same `client_key` again returns what it made. Raises Refused, and books nothing, where one of them clashes or
    does not fit, while the case has no step or diagnosis, and for fewer than one or more than twelve times.
    """
    at = at or timezone.now()
    booking.hold_time_of(case)
    series = uuid.uuid5(uuid.NAMESPACE_OID, f"{case.ref} {client_key}")
    if made := list(Appointment.objects.filter(series=series, case=case).order_by("during")):
        return made
    if not 0 < len(starts) <= MOST:
        raise Refused("There is nothing to offer.", remedy="Choose at least one time that is free.")
    locked = patients.lock(case)
    if booking.next_kind(locked) == "assessment":
        raise Refused(
            "A series is for treatment sessions: the case has no diagnosis and step yet.",
            remedy="Offer the assessment by itself, or set diagnosis and step first.",
        )
    made = [
        booking.place(
            locked, start, minutes, modality, f"{series.hex}:{number}", by=by, at=at, series=series,
            reason=f"{number} of {counted(len(starts), 'time')} offered together",
        )
        for number, start in enumerate(sorted(starts), start=1)
    ]  # fmt: skip
    telling.tell_patient(made[0], "appointment_series_offered", at=at)
    return made
