"""The clock of the review that comes after certain sessions (TIME-18, SUP-8). Whoever raises its ticket stops it."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from clinicians.models import Clinician
from deadlines import actions as deadlines
from deadlines import registry
from deadlines.models import Deadline
from notices.actions import tell
from patients.models import Case
from therapy.appointments.models import Appointment
from therapy.appointments.rules import HELD_STATUSES

REVIEW, ENDING = "case_review", "therapy is ending"
# With no next session in the calendar the review is due as long after this one.
WITHOUT_NEXT_SESSION = dt.timedelta(weeks=1)
TREATMENT_SESSIONS = 3


def asks_for_review(kind: str, *, assessments: int, treatment_sessions: int) -> bool:
    """Tell whether a review is due at the next session: PWP, after the assessment and the third treatment session; HIT,
    after the third session of any kind (TIME-18)."""
    if kind == "PWP":
        return assessments > 0 and treatment_sessions >= TREATMENT_SESSIONS
    return assessments + treatment_sessions >= TREATMENT_SESSIONS


def session_held(appointment: Appointment, at: dt.datetime) -> None:
    """A session took place: where that makes the review due, start its clock, once for a case and its clinician."""
    case, clinician = appointment.case, appointment.clinician
    mine = case.appointments.filter(clinician=clinician)
    held = list(mine.filter(status__in=HELD_STATUSES).values_list("kind", flat=True))
    treated, assessed = held.count(Appointment.Kind.TREATMENT), held.count(Appointment.Kind.ASSESSMENT)
    if clinician.kind == Clinician.Kind.PWP and not assessed:
        assessed = _assessments_by_others(case)
    if not asks_for_review(clinician.kind, assessments=assessed, treatment_sessions=treated):
        return
    ref, owner = case.ref, clinician.user
    known = Deadline.objects.filter(kind=REVIEW, case_ref=ref, owner=owner)
    if not known.exclude(closed_by=ENDING).exclude(settled_by=ENDING).exists():
        following = mine.upcoming(at).exclude(pk=appointment.pk).order_by("during").first()
        review_needed(ref, owner=owner, next_session_at=following.starts_at if following else None, at=at)


def _assessments_by_others(case: Case) -> int:
    """Who takes a case over, or was sent one that was assessed already, has not assessed it (APPT-24)."""
    held = case.appointments.filter(status__in=HELD_STATUSES, kind=Appointment.Kind.ASSESSMENT)
    return 1 if case.pre_assessed else held.count()


def review_needed(case_ref: str, *, owner, next_session_at: dt.datetime | None, at: dt.datetime) -> Deadline:
    """Start the clinician's time to raise the review: until the next session. Once a case until it is raised."""
    number = Deadline.objects.filter(kind=REVIEW, case_ref=case_ref).exclude(state="open").count()
    due_at = next_session_at or at + WITHOUT_NEXT_SESSION
    opened_by = "sessions done"
    return deadlines.open_deadline(
        REVIEW, f"{case_ref}:{number}", due_at=due_at, owner=owner, case_ref=case_ref, opened_by=opened_by, at=at
    )


def review_raised(case_ref: str, *, at: dt.datetime) -> bool:
    """Stop that clock; tell whether it ran."""
    return bool(deadlines.meet_for_case(case_ref, (REVIEW,), closed_by="review raised", at=at))


def therapy_ends(case_ref: str, *, at: dt.datetime) -> bool:
    """Nobody reviews a therapy that is ending; should it go on, the next session asks for it again. Tell whether one
    was owed."""
    return bool(deadlines.cancel_for_case(case_ref, (REVIEW,), closed_by=ENDING, at=at))


def overdue(deadline: Deadline, at: dt.datetime) -> None:
    """The clinician is told; it stays on the list until it is raised."""
    if deadline.owner is not None:
        tell(deadline.owner, "review_due", key=deadline.key, case_ref=deadline.case_ref, link=page(deadline), at=at)


def page(deadline: Deadline) -> str:
    return reverse("supervision:raise", args=[deadline.case_ref, "review"])


def register() -> None:
    """Called once when the app is ready."""
    label = "Raise the review of a case"
    registry.register(REVIEW, label=label, on_due=overdue, where=page, falls_with_caseload=True)
