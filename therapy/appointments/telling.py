"""Telling the other side of an appointment that something happened: by reference only (ACC-7, APPT-23)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.models import Role
from notices.actions import tell, tell_address, tell_team
from therapy.appointments import rules
from therapy.appointments.models import Appointment


def _about(appointment: Appointment, occasion: str = "") -> dict[str, Any]:
    key = f"{appointment.ref}:{occasion}" if occasion else str(appointment.ref)
    link = reverse("therapy:appointment", args=[appointment.ref])
    return {"key": key, "case_ref": appointment.case.ref, "link": link}


def tell_patient(appointment: Appointment, notice: str, *, at: dt.datetime, again: str = "") -> None:
    """Tell the patient; `again` makes a second notice of the same name a new one."""
    about = _about(appointment, again)
    if appointment.patient.user is None:
        tell_address(appointment.patient.email, notice, at=at, **about)
    else:
        tell(appointment.patient.user, notice, at=at, **about)


def tell_clinician(appointment: Appointment, notice: str, *, at: dt.datetime, again: str = "") -> None:
    """Tell the clinician of the appointment; `again` makes a second notice of the same name a new one."""
    tell(appointment.clinician.user, notice, at=at, **_about(appointment, again))


def tell_cancelled(appointment: Appointment, side: str, *, at: dt.datetime) -> None:
    """Tell the other side of a cancellation; patient services too where the clinician cancels on the day (APPT-18)."""
    if side == "patient":
        tell_clinician(appointment, "appointment_cancelled", at=at)
        return
    tell_patient(appointment, "appointment_cancelled", at=at)
    _tell_office_today(appointment, at)


def tell_moved(old: Appointment, new: Appointment, side: str, *, at: dt.datetime) -> None:
    """Tell the other side of a move, once; patient services too where the clinician moves it on the day (APPT-11)."""
    if side == "patient":
        tell_clinician(new, "appointment_moved", at=at)
        return
    tell_patient(new, "appointment_moved", at=at)
    _tell_office_today(old, at)


def _tell_office_today(appointment: Appointment, at: dt.datetime) -> None:
    if appointment.starts_at.astimezone(rules.UK).date() == at.astimezone(rules.UK).date():
        tell_team(Role.PATIENT_SERVICES, "appointment_cancelled_today", at=at, **_about(appointment))
