"""What every verb of an appointment does: lock it, turn its status, keep what happened, close its clocks."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines import watching
from therapy.appointments import rules
from therapy.appointments.models import Appointment, AppointmentEvent
from therapy.engagement import actions as engagement
from ui import words

CLOCKS = (
    "confirm",
    "lapse",
    "outcome",
    "outcome_overdue",
    "remind_limit",
    "remind_day",
    "remind_hour",
    "clinician_missed",
)


def uk_clock(moment: dt.datetime) -> str:
    """Return the UK time of day in words."""
    return words.clock(moment.astimezone(rules.UK))


def local(moment: dt.datetime) -> str:
    """Return a moment in words in the zone of whoever asks, named where it is not UK time (APPT-8)."""
    here = timezone.localtime(moment)
    if timezone.get_current_timezone() == timezone.get_default_timezone():
        return words.moment(here)
    return f"{words.moment(here)} ({words.zone_place(timezone.get_current_timezone_name())} time)"


def local_clock(moment: dt.datetime) -> str:
    """Return the time of day in words in the zone of whoever asks."""
    return words.clock(timezone.localtime(moment))


def lock(appointment: Appointment) -> Appointment:
    """Return the appointment as it stands now, locked until the end of the transaction."""
    related = ("case__policy_version", "case__patient", "patient__user", "clinician__user")
    rows = Appointment.objects.select_for_update(of=("self",)).select_related(*related)
    return rows.get(pk=appointment.pk)


def turn(locked: Appointment, status: str, *, by, reason: str, at: dt.datetime, fields: list[str] | None = None):
    before, locked.status = locked.status, status
    locked.save(update_fields=["status", *(fields or [])])
    write_down(locked, status, by=by, reason=reason, at=at, before=before)
    engagement.appointment_turned(locked, status, by=by, at=at)


def write_down(appointment: Appointment, what: str, *, by, at: dt.datetime, reason: str = "", before: str = ""):
    """Keep what happened, in the appointment's history and in the log of changes (APPT-21, ACC-5); the patient's open
    tabs look whether there is something to answer (TIME-21)."""
    watching.changed([appointment.patient.user_id])
    AppointmentEvent.objects.create(appointment=appointment, what=what, by=by, reason=reason, at=at)
    record_change(
        f"appointment {what.replace('_', ' ')}",
        by=by,
        case_ref=appointment.case.ref,
        object_ref=str(appointment.ref),
        before={"status": before} if before else {},
        after={"status": appointment.status},
        at=at,
    )


def settle(locked: Appointment, event: str, *, met: tuple[str, ...] = (), at: dt.datetime) -> None:
    """Close the clocks of an appointment: those in `met` as done, the others as pointless."""
    for kind in CLOCKS:
        close = deadlines.meet if kind in met else deadlines.cancel
        close(kind, str(locked.ref), closed_by=event, at=at)
