"""What happens when a step of engagement comes due (TIME-2, TIME-3, TIME-8, TIME-9, ENG-2, ENG-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.models import Role
from deadlines import actions as deadlines
from deadlines import registry
from deadlines.models import Deadline
from notices.actions import tell, tell_team
from patients.cases import actions as patients
from patients.models import Case
from therapy.appointments import actions as appointments
from therapy.engagement import queries, rules
from therapy.engagement.actions import BOOK, BREACH, DECISION, DIFFICULTIES, ENDING, NEVER, START, STEP, TICKET
from therapy.engagement.models import NeverEngaged
from therapy.messages.models import Message
from therapy.messages.templates import welcomed_at


def page(deadline: Deadline) -> str:
    return reverse("therapy:engagement", args=[deadline.case_ref])


def ticket_page(deadline: Deadline) -> str:
    return reverse("supervision:raise", args=[deadline.case_ref, "engagement"])


def ending_page(deadline: Deadline) -> str:
    return reverse("discharge:start", args=[deadline.case_ref])


def _case(deadline: Deadline) -> Case:
    return Case.objects.select_related("clinician__user", "patient").get(ref=deadline.case_ref)


def _about(deadline: Deadline) -> dict[str, Any]:
    return {"key": f"{deadline.kind}:{deadline.key}", "case_ref": deadline.case_ref, "link": page(deadline)}


def silent(deadline: Deadline, at: dt.datetime) -> Case | None:
    """The case where the patient has still not been heard from since; otherwise the deadline falls away."""
    case = _case(deadline)
    if case.clinician is None or case.clinician.user_id != deadline.owner_id:
        deadlines.cancel(deadline.kind, deadline.key, closed_by="case left the caseload", at=at)
    elif queries.heard_since(case, deadline.opened_at):
        deadlines.cancel(deadline.kind, deadline.key, closed_by="patient was heard from", at=at)
    elif case.state == "on_hold":
        deadlines.cancel(deadline.kind, deadline.key, closed_by=deadlines.ON_HOLD, at=at)
    else:
        return case
    return None


def prompt(deadline: Deadline, at: dt.datetime) -> None:
    """The clinician is told that a message is prepared; it is theirs to send, never sent by itself (ENG-3)."""
    if silent(deadline, at):
        tell(deadline.owner, "engagement_due", at=at, **_about(deadline))


def remind(deadline: Deadline, at: dt.datetime) -> None:
    """Something that the clinician still owes about engagement is overdue."""
    tell(deadline.owner, "engagement_due", at=at, **_about(deadline))


def never_engaged(deadline: Deadline, at: dt.datetime) -> None:
    """Nobody answered welcome and reminder: the case goes to patient services, never while risk is open (TIME-3)."""
    case = silent(deadline, at)
    if case is None:
        return
    if case.state != "allocated":
        deadlines.cancel(deadline.kind, deadline.key, closed_by=f"case {case.state}", at=at)
    elif case.stay_reasons.filter(closed_at=None).exists():
        _ask_again(deadline, case, at)
    else:
        let_go(deadline, case, at)


def _ask_again(deadline: Deadline, case: Case, at: dt.datetime) -> None:
    """Risk is open (RISK-8, RISK-14): the same question a day later."""
    deadlines.cancel(deadline.kind, deadline.key, closed_by="risk is open", at=at)
    deadlines.open_deadline(
        NEVER,
        f"{case.ref}:{at:%Y%m%d%H%M%S%f}",
        due_at=at + rules.RISK_ASKED_AGAIN_AFTER,
        owner=deadline.owner,
        case_ref=case.ref,
        opened_by="risk is open",
        at=deadline.opened_at,
    )


def let_go(deadline: Deadline, case: Case, at: dt.datetime) -> None:
    """Take the case off the caseload and hand it to patient services, who discharge it as *did not engage*.

    An offer that still waits for an answer is taken back: who confirmed it would find nobody there.
    """
    clinician: Any = case.clinician  # `silent` has made sure that there is one
    reminded = Message.objects.filter(case=case, template="booking_reminder").order_by("-at").first()
    NeverEngaged.objects.create(
        case=case,
        clinician=clinician,
        welcomed_at=welcomed_at(case) or deadline.opened_at,
        reminded_at=reminded.at if reminded else deadline.opened_at,
        at=at,
    )
    deadlines.meet(deadline.kind, deadline.key, closed_by="never engaged", at=at)
    tell(deadline.owner, "never_engaged", at=at, **_about(deadline))
    for offered in case.appointments.filter(status="offered"):
        appointments.cancel(offered, by=clinician.user, side="clinician", reason="Nobody ever answered", at=at)
    patients.turn(case, "discharging", by=None, reason="Never engaged: no answer to welcome and reminder", at=at)
    patients.assign(case, None, by=None, at=at)
    link = reverse("discharge:discharge", args=[case.ref])
    tell_team(Role.PATIENT_SERVICES, "never_engaged", at=at, **(_about(deadline) | {"link": link}))


def register() -> None:
    """Say which clocks engagement has; called when the app is ready."""
    theirs: dict[str, Any] = {"where": page, "falls_with_caseload": True}
    silence: dict[str, Any] = {**theirs, "falls_with_word": True, "waits_on_hold": True}
    registry.register(BOOK, label="Send a reminder to book", on_due=prompt, **silence)
    registry.register(NEVER, label="No answer to welcome and reminder", on_due=never_engaged, **silence)
    registry.register(STEP, label="Next step of the 7-7 rule", on_due=prompt, **silence)
    registry.register(START, label="Look at what stands in the way", on_due=prompt, **silence)
    registry.register(DIFFICULTIES, label="Agree a next step, or raise a ticket", on_due=remind, **theirs)
    registry.register(BREACH, label="Write about a missed session", on_due=remind, **theirs)
    registry.register(DECISION, label="Decide whether therapy goes on", on_due=remind, **theirs)
    registry.register(ENDING, label="End therapy, as decided", on_due=remind, **{**theirs, "where": ending_page})
    ticket: dict[str, Any] = {**theirs, "where": ticket_page}
    registry.register(TICKET, label="Raise a ticket: therapy goes on beyond the allowance", on_due=remind, **ticket)
