"""What happens when a hold has lasted, access to transcripts ends, or a data request is due (TIME-15 to TIME-17)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from accounts.models import Role
from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines.models import Deadline
from deadlines.registry import register
from notices.actions import tell, tell_team
from patients.cases import clocks


def where(deadline: Deadline) -> str:
    return reverse("desk:case", args=[deadline.case_ref]) if deadline.case_ref else ""


def _about(deadline: Deadline, at: dt.datetime) -> dict:
    return {"key": f"{deadline.kind}:{deadline.key}", "case_ref": deadline.case_ref, "link": where(deadline), "at": at}


def hold_lasts(deadline: Deadline, at: dt.datetime) -> None:
    """Whoever owes it is asked: the clinician after 4 weeks, the supervisor at 6."""
    if deadline.owner is not None:
        tell(deadline.owner, "pause_lasts", **_about(deadline, at))


def access_ends(deadline: Deadline, at: dt.datetime) -> None:
    """The clinician no longer reaches the transcripts: the policy asks for the time, this keeps that it came."""
    record_change("transcript access ended", by=None, case_ref=deadline.case_ref, at=at)
    deadlines.meet(deadline.kind, deadline.key, closed_by="access ended", at=at)


def request_soon(deadline: Deadline, at: dt.datetime) -> None:
    tell_team(Role.PATIENT_SERVICES, "request_due_soon", **_about(deadline, at))


def request_overdue(deadline: Deadline, at: dt.datetime) -> None:
    """Patient services and the data protection officer hear that the month is over."""
    for team in (Role.PATIENT_SERVICES, Role.DPO):
        tell_team(team, "request_overdue", **_about(deadline, at))


def register_kinds() -> None:
    """Called once when the app is ready."""
    register(
        clocks.HOLD, label="Ask how a case on hold goes on", on_due=hold_lasts, where=where, falls_with_caseload=True
    )
    register(
        clocks.HOLD_ENDS,
        label="End a hold or renew it",
        on_due=hold_lasts,
        where=where,
        falls_with_caseload=True,
        oversight=True,
        team=Role.CLINICAL_LEAD,  # where nobody supervises
    )
    register(clocks.TRANSCRIPTS, label="Access to transcripts ends", on_due=access_ends, where=where, movable=False)
    register(
        clocks.DATA_REQUEST,
        label="Answer a data subject request",
        on_due=request_overdue,
        on_remind=request_soon,
        where=where,
        team=Role.PATIENT_SERVICES,
    )
