"""Self-booking: the patient takes a free time, which is an offer already confirmed (APPT-3)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from patients.cases import actions as patients
from patients.models import Case
from therapy.appointments import answering, booking, slots, telling
from therapy.appointments.history import write_down
from therapy.appointments.models import Appointment
from ui.errors import Refused


@transaction.atomic
def choose(
    case: Case,
    *,
    starts_at: dt.datetime,
    minutes: int,
    client_key: str,
    by,
    modality: str = "typed",
    at: dt.datetime | None = None,
) -> Appointment:
    """Book a free time for the patient of a case, confirmed at once; the same key again returns what it made.

    Raises Refused where the patient cannot choose now, for a time within the notice, taken, or not published, and
    for a length that the policy has not (APPT-3, APPT-4).
    """
    at = at or timezone.now()
    booking.hold_time_of(case)
    if made := Appointment.objects.filter(client_key=client_key).select_related("case").first():
        return booking.the_same(made, case, starts_at)
    locked = patients.lock(case)
    if why_not := slots.why_not(locked, at):
        raise Refused(why_not)
    return take(locked, starts_at=starts_at, minutes=minutes, client_key=client_key, by=by, modality=modality, at=at)


def take(
    locked: Case,
    *,
    starts_at: dt.datetime,
    minutes: int,
    client_key: str,
    by,
    modality: str,
    at: dt.datetime,
    quietly: bool = False,
) -> Appointment:
    """Book a free time of a case whose times are held; the caller has asked whether the patient may choose.

    `quietly`: the caller tells the clinician.
    """
    kind = booking.refuse_unfit(locked, starts_at, minutes, modality, at)
    slots.refuse_unless_free(locked, starts_at, minutes, at)
    ends_at = starts_at + dt.timedelta(minutes=minutes)
    appointment = booking.insert(locked, kind, starts_at, ends_at, modality, minutes, client_key, at)
    write_down(appointment, "chosen", by=by, at=at)
    told = "" if quietly else "appointment_chosen"
    confirmed = answering.confirmed(appointment, by=by, reason="chosen by the patient", at=at, notice=told)
    telling.tell_patient(confirmed, "appointment_booked", at=at)
    return confirmed
