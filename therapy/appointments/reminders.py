"""Reminding the patient of an appointment: of the limit for an answer, the day before, the hour before (APPT-9).

Each is a deadline of its own, so it outlives an outage; one whose hour is past reminds of nothing any more. Whether the
person wants it is asked when it goes out (ACC-17); the one about the limit cannot be switched off.
"""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from deadlines import actions as deadlines
from notices.rules import UK, reminding_time, zone_named
from therapy.appointments.models import Appointment
from therapy.appointments.telling import tell_person

LIMIT, DAY, HOUR = "remind_limit", "remind_day", "remind_hour"
KINDS = (LIMIT, DAY, HOUR)
BEFORE = {LIMIT: dt.timedelta(hours=24), DAY: dt.timedelta(hours=24), HOUR: dt.timedelta(hours=1)}
NOTICES = {LIMIT: "appointment_confirm_soon", DAY: "appointment_tomorrow", HOUR: "appointment_soon"}
STATUS = {LIMIT: "offered", DAY: "confirmed", HOUR: "confirmed"}


def remind_of_limit(appointment: Appointment, *, at: dt.datetime, occasion: str = "") -> None:
    """Open the reminder 24 hours before the limit for an answer; `occasion` tells a second limit from the first."""
    _open(LIMIT, appointment, appointment.confirm_by, occasion, at)


def remind_of_start(appointment: Appointment, *, at: dt.datetime) -> None:
    """Open the reminders 24 hours and 1 hour before the start."""
    for kind in (DAY, HOUR):
        _open(kind, appointment, appointment.starts_at, "", at)


def _open(kind: str, appointment: Appointment, event: dt.datetime, occasion: str, at: dt.datetime) -> None:
    """Nothing is opened where the time for it is past already: the patient has just heard of the appointment."""
    user = appointment.patient.user
    zone = zone_named(user.time_zone) if user else UK
    due_at = reminding_time(event - BEFORE[kind], event, zone)
    if due_at > at:
        key = f"{appointment.ref}:{occasion}" if occasion else str(appointment.ref)
        opened_by = f"appointment {appointment.get_status_display().lower()}"
        deadlines.open_deadline(kind, key, due_at=due_at, case_ref=appointment.case.ref, opened_by=opened_by, at=at)


def remind(deadline, at: dt.datetime) -> None:
    """Tell the patient, unless it is too late or was answered meanwhile."""
    related = ("case", "patient__user")
    appointment = Appointment.objects.select_related(*related).get(ref=deadline.key.partition(":")[0])
    event = appointment.confirm_by if deadline.kind == LIMIT else appointment.starts_at
    if appointment.status != STATUS[deadline.kind]:
        why = f"appointment {appointment.get_status_display().lower()}"
    elif at >= event:
        why = "too late to remind"
    else:
        _tell(appointment, deadline, event, at)
        why = "reminded"
    close = deadlines.meet if why == "reminded" else deadlines.cancel
    close(deadline.kind, deadline.key, closed_by=why, at=at)


def _tell(appointment: Appointment, deadline, event: dt.datetime, at: dt.datetime) -> None:
    link = reverse("therapy:appointment", args=[appointment.ref])
    about = {"key": deadline.key, "case_ref": deadline.case_ref, "link": link, "at": at, "not_after": event}
    tell_person(appointment.patient, NOTICES[deadline.kind], **about)
