"""The clock of the assessment letter, from the assessment that took place until the letter is submitted (TIME-7)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from deadlines import actions as deadlines
from deadlines import registry
from deadlines.models import Deadline
from notices.actions import tell
from patients.models import Case
from patients.rules import ENDED_STATES
from sites.rules import SELF_REFERRAL
from therapy.appointments.models import Appointment
from therapy.appointments.rules import HELD_STATUSES

LETTER = "assessment_letter"
CORRECTED = "outcome corrected"


def asks_for_letter(case: Case) -> bool:
    """Tell whether the assessment of a case is followed by a letter: where the site wants one, and always after a
    self-referral (TIME-7)."""
    return case.policy.assessment_letter_required or case.source == SELF_REFERRAL


def session_held(appointment: Appointment, at: dt.datetime) -> None:
    """A session took place: where it was an assessment, start its clinician's time for the letter, once for each.

    An outcome that was corrected and corrected back starts it anew; one whose letter was submitted does not.
    """
    case, ref = appointment.case, str(appointment.ref)
    if appointment.kind != Appointment.Kind.ASSESSMENT or not asks_for_letter(case) or _left(appointment):
        return
    earlier = Deadline.objects.filter(kind=LETTER, key__startswith=ref)
    if earlier.exclude(closed_by=CORRECTED).exclude(settled_by=CORRECTED).exists():
        return
    _open(appointment, f"session {appointment.get_status_display().lower()}", at)


def _open(appointment: Appointment, opened_by: str, at: dt.datetime) -> None:
    case, ref = appointment.case, str(appointment.ref)
    earlier = Deadline.objects.filter(kind=LETTER, key__startswith=ref)
    deadlines.open_deadline(
        LETTER,
        f"{ref}:{earlier.count()}",
        due_at=at + dt.timedelta(hours=case.policy.letter_hours),
        owner=appointment.clinician.user,
        case_ref=case.ref,
        opened_by=opened_by,
        at=at,
    )


def _left(appointment: Appointment) -> bool:
    """Whether the clinician could no longer write the letter when a session is corrected long afterwards."""
    case = appointment.case
    return case.clinician_id != appointment.clinician_id or case.state in ENDED_STATES


def not_held(appointment: Appointment, at: dt.datetime) -> None:
    """An outcome was corrected: no assessment took place, so no letter is owed of it."""
    deadlines.cancel_keys(LETTER, str(appointment.ref), closed_by=CORRECTED, at=at)


def letter_submitted(case_ref: str, *, at: dt.datetime) -> bool:
    """Stop that clock; tell whether it ran."""
    return bool(deadlines.meet_for_case(case_ref, (LETTER,), closed_by="letter submitted", at=at))


def letter_withdrawn(case: Case, *, at: dt.datetime) -> None:
    """The letter that had been submitted was withdrawn: the clinician's time for another begins (TIME-7, LET-3)."""
    held = case.appointments.filter(kind=Appointment.Kind.ASSESSMENT, status__in=HELD_STATUSES)
    assessment = held.select_related("case", "clinician__user").order_by("-during").first()
    owed = Deadline.objects.owed().filter(kind=LETTER, case_ref=case.ref)
    if assessment is not None and asks_for_letter(case) and not _left(assessment) and not owed.exists():
        _open(assessment, "letter withdrawn", at)


def overdue(deadline: Deadline, at: dt.datetime) -> None:
    """The clinician is told; the letter stays on the list of what is owed until it is submitted."""
    if deadline.owner is not None:
        link = page(deadline)
        tell(deadline.owner, "letter_overdue", key=deadline.key, case_ref=deadline.case_ref, link=link, at=at)


def page(deadline: Deadline) -> str:
    return f"{reverse('desk:case', args=[deadline.case_ref])}#letters"


def register() -> None:
    """Called once when the app is ready."""
    label = "Write and submit the assessment letter"
    registry.register(LETTER, label=label, on_due=overdue, where=page, falls_with_caseload=True)
