"""What happens when a clock of an appointment comes due (TIME-4, APPT-6, APPT-19)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.models import Role
from deadlines import actions as deadlines
from deadlines import registry
from notices.actions import tell_team
from therapy.appointments import actions, facts, followup, reminders, rules, telling
from therapy.appointments.models import Appointment

MORNING = dt.time(9)
REMINDERS = {
    reminders.LIMIT: "Remind the patient of the limit for an answer",
    reminders.DAY: "Remind the patient the day before",
    reminders.HOUR: "Remind the patient one hour before",
}


def _appointment(deadline) -> Appointment:
    related = ("case__policy_version", "patient__user", "clinician__user")
    return Appointment.objects.select_related(*related).get(ref=deadline.key)


def _page(deadline) -> str:
    return reverse("therapy:appointment", args=[deadline.key.partition(":")[0]])


def unconfirmed(deadline, at: dt.datetime) -> None:
    """The limit has passed without an answer: the clinician is prompted to cancel or to keep it open (APPT-6)."""
    appointment = _appointment(deadline)
    if appointment.status == "offered" and not appointment.short_notice:
        telling.tell_clinician(appointment, "appointment_unconfirmed", at=at)


def lapsed(deadline, at: dt.datetime) -> None:
    """The start has come: what nobody confirmed lapses (APPT-6)."""
    actions.lapse(_appointment(deadline), at=at)


def left_open(deadline, at: dt.datetime) -> None:
    """Half an hour past the planned end the clinician is asked how the session went (APPT-19)."""
    appointment = _appointment(deadline)
    if appointment.status != "confirmed":
        return
    telling.tell_clinician(appointment, "session_left_open", at=at)
    deadlines.open_deadline(
        "outcome_overdue",
        deadline.key,
        due_at=next_morning(appointment.ends_at),
        case_ref=deadline.case_ref,
        opened_by="session left open",
        at=at,
    )


def next_morning(ends_at: dt.datetime) -> dt.datetime:
    """Return nine o'clock, UK time, on the day after a session."""
    day = ends_at.astimezone(rules.UK).date() + dt.timedelta(days=1)
    return rules.uk_moments(day, MORNING)[0]


def still_open(deadline, at: dt.datetime) -> None:
    """The next morning patient services see a session that nobody ended (APPT-19)."""
    if _appointment(deadline).status == "confirmed":
        link, key = _page(deadline), f"{deadline.key}:overdue"
        tell_team(Role.PATIENT_SERVICES, "session_left_open", key=key, case_ref=deadline.case_ref, link=link, at=at)


def clinician_missed(deadline, at: dt.datetime) -> None:
    """The session has begun and the clinician is not there: patient services reach the patient (APPT-18)."""
    appointment = _appointment(deadline)
    if appointment.status != "confirmed" or not facts.clinician_missed(appointment):
        return
    link, key = _page(deadline), f"{deadline.key}:missed"
    tell_team(Role.PATIENT_SERVICES, "clinician_missed", key=key, case_ref=deadline.case_ref, link=link, at=at)
    telling.tell_clinician(appointment, "clinician_missed_own", at=at)


def follow_up_overdue(deadline, at: dt.datetime) -> None:
    """Nobody has written or booked since the session fell through: the clinician is told (APPT-23)."""
    telling.tell_clinician(_appointment(deadline), "follow_up_overdue", at=at)


def _follow_up_page(deadline) -> str:
    return reverse("therapy:follow-up", args=[deadline.key])


def register() -> None:
    """Say which clocks appointments have; called when the app is ready."""
    fixed: dict[str, Any] = {"where": _page, "movable": False}
    registry.register("confirm", label="Confirm or decline your appointment", on_due=unconfirmed, **fixed)
    registry.register("lapse", label="Offer lapses if not confirmed", on_due=lapsed, stays_owed=False, **fixed)
    for kind, label in REMINDERS.items():
        registry.register(kind, label=label, on_due=reminders.remind, stays_owed=False, **fixed)
    registry.register("outcome", label="End the session with its outcome", on_due=left_open, where=_page)
    registry.register(
        "outcome_overdue", label="Session not ended", on_due=still_open, where=_page, team=Role.PATIENT_SERVICES
    )
    missed: dict[str, Any] = {
        "label": "Clinician comes to the session",
        "on_due": clinician_missed,
        "stays_owed": False,
    }
    registry.register("clinician_missed", **missed, **fixed)
    registry.register(
        followup.FOLLOW_UP,
        label="Write, or offer another time",
        on_due=follow_up_overdue,
        where=_follow_up_page,
        falls_with_caseload=True,
    )
