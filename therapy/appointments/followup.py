"""What a session that did not take place leaves the clinician to do: write, or offer another time (APPT-23)."""

from __future__ import annotations

import datetime as dt

from deadlines import actions as deadlines
from therapy.appointments import breaches, rules
from therapy.appointments.models import Appointment
from therapy.engagement.rules import breach_template

FOLLOW_UP = "follow_up"


def open_for(locked: Appointment, at: dt.datetime) -> None:
    """Leave the task; the clinician's next message on the case, or another booking, does it."""
    deadlines.open_deadline(
        FOLLOW_UP,
        str(locked.ref),
        due_at=at + dt.timedelta(hours=locked.case.policy.reply_hours),
        owner=locked.clinician.user,
        case_ref=locked.case.ref,
        opened_by=f"session {locked.get_status_display().lower()}",
        at=at,
    )


def done_by(case, what: str, at: dt.datetime) -> int:
    """What was left to do on a case is done; returns how many tasks there were."""
    return deadlines.meet_for_case(case.ref, (FOLLOW_UP,), closed_by=what, at=at)


def template_for(appointment: Appointment) -> str:
    """Return the slug of the library's template that fits how an appointment ended (MSG-3)."""
    count = breaches.count_of(appointment)
    if count is None:
        return rules.follow_up_template(appointment.status)
    attended = appointment.case.appointments.filter(status__in=rules.HELD_STATUSES).count()
    return breach_template(count.number, attended, late=appointment.status == "late_cancelled")
