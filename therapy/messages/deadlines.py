"""What happens when a first message or a reply comes due (TIME-1, TIME-5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.models import Role
from deadlines import actions as deadlines
from deadlines import registry
from deadlines.models import Deadline
from notices.actions import tell, tell_team
from patients.models import Case
from therapy.messages import rules
from therapy.messages.actions import REPLY, REPLY_ESCALATED, WELCOME
from therapy.messages.telling import conversation_url

PROMPTS = {
    "message_data_request": "A message may ask for their data",
    "message_complaint": "A message may be a complaint",
}


def page(deadline: Deadline) -> str:
    return conversation_url(deadline.case_ref)


def still_theirs(deadline: Deadline, at: dt.datetime) -> Case | None:
    """The case, while its owner still has it and messages are open; otherwise the deadline falls away."""
    case = Case.objects.select_related("clinician__supervisor").filter(ref=deadline.case_ref).first()
    if (
        case is not None
        and case.clinician is not None
        and case.clinician.user_id == deadline.owner_id
        and case.state in rules.WRITING_STATES
    ):
        return case
    deadlines.cancel(deadline.kind, deadline.key, closed_by="case left the caseload", at=at)
    return None


def supervisor_of(case: Case):
    return case.clinician.overseer if case.clinician is not None else None


def welcome_soon(deadline: Deadline, at: dt.datetime) -> None:
    """Twelve hours before it is due the clinician is reminded."""
    if still_theirs(deadline, at):
        tell(deadline.owner, "welcome_soon", at=at, **_about(deadline))


def welcome_overdue(deadline: Deadline, at: dt.datetime) -> None:
    """Patient services and the supervisor are told; the clinician still owes the message."""
    case = still_theirs(deadline, at)
    if case is None:
        return
    about = _about(deadline) | {"link": reverse("desk:case", args=[case.ref])}  # the conversation is not theirs to read
    tell_team(Role.PATIENT_SERVICES, "welcome_overdue", at=at, **about)
    if supervisor := supervisor_of(case):
        tell(supervisor, "welcome_overdue", at=at, **_about(deadline))


def reply_overdue(deadline: Deadline, at: dt.datetime) -> None:
    """It stands on the clinician's list as overdue; a day later the supervisor takes it up."""
    if still_theirs(deadline, at):
        deadlines.open_deadline(
            REPLY_ESCALATED,
            deadline.key,
            due_at=deadline.due_at + rules.SUPERVISOR_AFTER_OVERDUE,
            case_ref=deadline.case_ref,
            opened_by="reply overdue",
            at=at,
        )


def reply_escalated(deadline: Deadline, at: dt.datetime) -> None:
    """The supervisor is told, and owes it from now on as well."""
    case = Case.objects.select_related("clinician__supervisor").get(ref=deadline.case_ref)
    supervisor = supervisor_of(case)
    if case.clinician is None or case.state not in rules.WRITING_STATES:
        deadlines.cancel(deadline.kind, deadline.key, closed_by="case left the caseload", at=at)
    elif supervisor is None:
        tell_team(Role.CLINICAL_LEAD, "reply_overdue", at=at, **_about(deadline))
    else:
        deadlines.hand_over(deadline.kind, deadline.key, supervisor)
        tell(supervisor, "reply_overdue", at=at, **_about(deadline))


def still_to_look_at(deadline: Deadline, at: dt.datetime) -> None:
    """It stands on the clinician's list as overdue; nobody else is told, since it may be nothing (MSG-5)."""
    still_theirs(deadline, at)


def _about(deadline: Deadline) -> dict[str, Any]:
    return {"key": deadline.key, "case_ref": deadline.case_ref, "link": page(deadline)}


def register() -> None:
    """Say which clocks messages have; called when the app is ready."""
    theirs: dict[str, Any] = {"where": page, "falls_with_caseload": True}
    registry.register(WELCOME, label="Send the first message", on_due=welcome_overdue, on_remind=welcome_soon, **theirs)
    registry.register(REPLY, label="Reply to a message", on_due=reply_overdue, **theirs)
    for kind, label in PROMPTS.items():
        registry.register(kind, label=label, on_due=still_to_look_at, **theirs)
    label = "A reply is overdue"
    registry.register(REPLY_ESCALATED, label=label, on_due=reply_escalated, oversight=True, **theirs)
