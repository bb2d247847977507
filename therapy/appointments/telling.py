"""Telling the other side of an appointment that something happened: by reference only (ACC-7, APPT-23)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.models import Role
from notices.actions import tell, tell_address, tell_phone, tell_team
from notices.catalogue import NOTICES
from patients.models import Patient
from therapy.appointments import rules
from therapy.appointments.models import Appointment


def _about(appointment: Appointment, occasion: str = "") -> dict[str, Any]:
    key = f"{appointment.ref}:{occasion}" if occasion else str(appointment.ref)
    link = reverse("therapy:appointment", args=[appointment.ref])
    return {"key": key, "case_ref": appointment.case.ref, "link": link}


def tell_patient(appointment: Appointment, notice: str, *, at: dt.datetime, again: str = "") -> None:
    """Tell the patient; `again` makes a second notice of the same name a new one."""
    tell_person(appointment.patient, notice, at=at, **_about(appointment, again))


def tell_person(patient: Patient, notice: str, **about: Any) -> None:
    """Tell a patient by e-mail, and by text where the notice has words for one and they agreed to texts: also one who
    has no sign-in yet (APPT-9). `about` is what `notices.actions.tell` takes."""
    if patient.user is not None:
        tell(patient.user, notice, **about)
        return
    tell_address(patient.email, notice, **about)
    if NOTICES[notice].text and (phone := patient.phone_for_texts):
        tell_phone(phone, notice, **about)


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
