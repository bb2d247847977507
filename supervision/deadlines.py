"""What happens when an answer to a ticket is due and not there (TIME-10, TIME-11)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.urls import reverse

from accounts.models import Role
from deadlines import actions as deadlines
from deadlines.models import Deadline
from deadlines.registry import register
from notices.actions import tell, tell_team
from supervision import rules

LATE = "ticket_late"


def where(deadline: Deadline) -> str:
    return reverse("supervision:ticket", args=[uuid.UUID(deadline.key.split(":")[0])])


def said(deadline: Deadline, at: dt.datetime) -> dict:
    """The words common to all notices about a deadline of a ticket."""
    return {"key": deadline.key, "case_ref": deadline.case_ref, "link": where(deadline), "at": at}


def urgent_waits(deadline: Deadline, at: dt.datetime) -> None:
    """After 30 minutes every supervisor hears that an urgent ticket has no answer (TIME-10)."""
    tell_team(Role.SUPERVISOR, "ticket_unanswered", **said(deadline, at))


def urgent_overdue(deadline: Deadline, at: dt.datetime) -> None:
    """After 60 minutes the clinical lead hears of it (TIME-10)."""
    tell_team(Role.CLINICAL_LEAD, "ticket_unanswered", **said(deadline, at))


def overdue(deadline: Deadline, at: dt.datetime) -> None:
    """After 4 working days the other supervisors hear of it; 7 days after its opening it is the lead's (TIME-11)."""
    tell(deadline.owner, "ticket_overdue", **said(deadline, at))
    tell_team(Role.SUPERVISOR, "ticket_overdue", **said(deadline, at))
    deadlines.open_deadline(
        LATE,
        deadline.key,
        due_at=max(deadline.opened_at + rules.LATEST_ANSWER, at),
        owner=deadline.owner,
        case_ref=deadline.case_ref,
        opened_by="ticket overdue",
        at=at,
    )


def late(deadline: Deadline, at: dt.datetime) -> None:
    """At the latest after 7 days the clinical lead hears of it (TIME-11)."""
    tell_team(Role.CLINICAL_LEAD, "ticket_overdue", **said(deadline, at))


def register_kinds() -> None:
    """Called once when the app is ready."""
    register(
        "ticket_urgent",
        label="Answer an urgent ticket",
        on_due=urgent_overdue,
        on_remind=urgent_waits,
        where=where,
    )
    register("ticket", label="Answer a ticket", on_due=overdue, where=where)
    register(LATE, label="Answer a ticket, 7 days old", on_due=late, where=where)
