"""What is known of an appointment's session at a moment: who came, and what became of the connection."""

from __future__ import annotations

import datetime as dt

from therapy.appointments import rules
from therapy.appointments.models import Appointment
from therapy.connection import measured


def facts_of(appointment: Appointment, at: dt.datetime) -> rules.SessionFacts:
    """Return what is known of a confirmed appointment at a moment, the measured connection with it."""
    return rules.SessionFacts(
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        patient_joined_at=patient_joined_at(appointment),
        wait=dt.timedelta(minutes=appointment.case.policy.wait_for(appointment.case.step_or_provisional)),
        cancellation_notice=appointment.cancellation_notice,
        connection=measured.record_of(appointment, at),
        clinician_missed=clinician_missed(appointment),
    )


def patient_joined_at(appointment: Appointment) -> dt.datetime | None:
    """Return when the patient first came into the room, or None."""
    session = getattr(appointment, "session", None)
    return _came_at(session, session.patient_user_id) if session else None


def clinician_missed(appointment: Appointment) -> bool:
    """Tell whether the clinician did not come into the room before the planned end (APPT-18)."""
    session = getattr(appointment, "session", None)
    came = _came_at(session, session.clinician_user_id) if session else None
    return came is None or came >= measured.planned_end(appointment)


def _came_at(session, user_id: int) -> dt.datetime | None:
    return session.presences.filter(user=user_id).values_list("joined_at", flat=True).first()


def left_waiting(appointment: Appointment, at: dt.datetime) -> bool:
    """Tell whether a patient who gives up now was left waiting: the clinician cancelled it, not they (APPT-18)."""
    soon_enough = appointment.starts_at + rules.CLINICIAN_MISSED_AFTER <= at < appointment.ends_at
    return appointment.status == "confirmed" and soon_enough and clinician_missed(appointment)
