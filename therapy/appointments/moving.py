"""Moving an appointment: the old one cancelled and judged, the new one in its place, in one action (APPT-11)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from patients.cases import actions as patients
from therapy.appointments import actions, booking, choosing, rules, slots, telling
from therapy.appointments.history import lock, write_down
from therapy.appointments.models import Appointment, Move
from ui.errors import Refused


@transaction.atomic
def move(
    appointment: Appointment,
    *,
    starts_at: dt.datetime,
    minutes: int,
    client_key: str,
    by,
    modality: str = "typed",
    side: str = "clinician",
    reason: str = "",
    at: dt.datetime | None = None,
) -> Appointment:
    """Offer another time in place of an appointment, for the clinician's side; returns the new one.

    `side` says who wished it, "patient" or "clinician": the old one is judged as that side's cancellation (APPT-12,
    APPT-13, APPT-18). Raises Refused, and changes nothing, for one that has begun or is over, and as `booking.offer`.
    """
    at = at or timezone.now()
    booking.hold_time_of(appointment.case)
    if made := _made_before(appointment, client_key, starts_at):
        return made
    old = _cancelled(appointment, by=by, side=side, reason=reason, at=at)
    case = patients.lock(old.case)
    new = booking.place(case, starts_at, minutes, modality, client_key, by=by, at=at, reason="in place of another time")
    _link(old, new, by=by, side=side, at=at)
    telling.tell_moved(old, new, "clinician", at=at)
    return new


@transaction.atomic
def move_to_free_time(
    appointment: Appointment,
    *,
    starts_at: dt.datetime,
    minutes: int,
    client_key: str,
    by,
    modality: str = "typed",
    reason: str = "",
    at: dt.datetime | None = None,
) -> Appointment:
    """Take a free time in place of an appointment, for the patient: the new one is confirmed at once (APPT-3, APPT-11).

    The old one is judged as the patient's cancellation. Raises Refused, and changes nothing, as `choosing.choose`.
    """
    at = at or timezone.now()
    booking.hold_time_of(appointment.case)
    if made := _made_before(appointment, client_key, starts_at):
        return made
    old = _cancelled(appointment, by=by, side="patient", reason=reason, at=at)
    case = patients.lock(old.case)
    if why_not := slots.why_not(case, at, besides=old):
        raise Refused(why_not)
    new = choosing.take(
        case, starts_at=starts_at, minutes=minutes, client_key=client_key, by=by, modality=modality, at=at, quietly=True
    )
    _link(old, new, by=by, side="patient", at=at)
    telling.tell_moved(old, new, "patient", at=at)
    return new


def why_not_move(appointment: Appointment, at: dt.datetime) -> str:
    """Return in words why an appointment cannot be moved any more; empty where it can."""
    if not appointment.is_open:
        return f"This appointment is {appointment.get_status_display().lower()} already."
    if at >= appointment.starts_at:
        return "This session has begun, so it cannot be moved."
    return ""


def why_not_choose(appointment: Appointment, at: dt.datetime) -> str:
    """Return why the patient cannot choose another free time for this one; empty where they can."""
    return why_not_move(appointment, at) or slots.why_not(appointment.case, at, besides=appointment)


def would_be_late(appointment: Appointment, at: dt.datetime) -> bool:
    """Tell whether moving it at the patient's wish counts as a late cancellation (APPT-13)."""
    notice = appointment.cancellation_notice
    return rules.is_late_cancellation(appointment.status, appointment.starts_at, at, notice)


def _made_before(appointment: Appointment, client_key: str, starts_at: dt.datetime) -> Appointment | None:
    made = Appointment.objects.filter(client_key=client_key).select_related("case").first()
    return booking.the_same(made, appointment.case, starts_at) if made else None


def _cancelled(appointment: Appointment, *, by, side: str, reason: str, at: dt.datetime) -> Appointment:
    if why_not := why_not_move(lock(appointment), at):
        raise Refused(why_not, remedy="Reload the page to see where it stands now.")
    return actions.cancel(appointment, by=by, side=side, reason=reason or "moved to another time", quietly=True, at=at)


def _link(old: Appointment, new: Appointment, *, by, side: str, at: dt.datetime) -> None:
    Move.objects.create(old=old, new=new, by=by, side=side, at=at)
    write_down(old, "moved", by=by, at=at)
