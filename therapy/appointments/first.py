"""What the first appointment of a case makes due, however the referral came: pre-assessed or not (APPT-7, APPT-24).

The questions about risk stay due until the clinician has set the level of risk (RISK-3), a PWP's new-patient ticket
(SUP-8) until it is raised.
"""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from clinicians.models import Clinician
from deadlines import actions as deadlines
from deadlines import registry
from deadlines.models import Deadline
from notices.actions import tell
from risk.clocks import RISK_FORM
from therapy.appointments.models import Appointment

NEW_PATIENT = "new_patient_ticket"
TICKET_WITHIN = dt.timedelta(hours=48)  # of the first session's end, as its note


def booked(appointment: Appointment, at: dt.datetime) -> None:
    """Make due what a case owes with its first appointment; with a later one nothing new."""
    _open(RISK_FORM, appointment, appointment.starts_at, at)
    if appointment.clinician.kind == Clinician.Kind.PWP:
        _open(NEW_PATIENT, appointment, appointment.ends_at + TICKET_WITHIN, at)


def _open(kind: str, appointment: Appointment, due_at: dt.datetime, at: dt.datetime) -> None:
    """Once for a case and its clinician: whoever takes the case over owes it anew."""
    case_ref, key = appointment.case.ref, f"{appointment.case.ref}:{appointment.clinician_id}"
    owner, opened_by = appointment.clinician.user, "first appointment booked"
    deadlines.open_deadline(kind, key, due_at=due_at, owner=owner, case_ref=case_ref, opened_by=opened_by, at=at)


def ticket_raised(case_ref: str, *, at: dt.datetime) -> bool:
    """Stop the clock of the new-patient ticket; tell whether it ran."""
    return bool(deadlines.meet_for_case(case_ref, (NEW_PATIENT,), closed_by="ticket raised", at=at))


def ticket_overdue(deadline: Deadline, at: dt.datetime) -> None:
    """The clinician is told; it stays on the list until the ticket is raised."""
    if deadline.owner is not None:
        key, link = f"{deadline.kind}:{deadline.key}", _ticket_page(deadline)
        tell(deadline.owner, "review_due", key=key, case_ref=deadline.case_ref, link=link, at=at)


def _ticket_page(deadline: Deadline) -> str:
    return reverse("supervision:raise", args=[deadline.case_ref, "new_patient"])


def register() -> None:
    """Called once when the app is ready."""
    label = "Raise the new-patient ticket"
    registry.register(NEW_PATIENT, label=label, on_due=ticket_overdue, where=_ticket_page, falls_with_caseload=True)
