"""The clocks of a suspected breach of data security (TIME-14)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from accounts.models import Role
from deadlines import actions as deadlines
from deadlines.models import Deadline
from deadlines.registry import register
from deadlines.rules import elapsed
from notices.actions import tell, tell_team

REPORT, DECISION = "data_breach_report", "data_breach_decision"
REPORT_HOURS, DECISION_HOURS = 24, 72


def breach_noticed(ref: str, *, by, at: dt.datetime, case_ref: str = "") -> None:
    """Start both clocks of a breach known by `ref`: 24 hours for the report of whoever noticed it, 72 hours for the
    data protection officer's decision on telling the regulator."""
    opened: dict = {"opened_by": "breach noticed", "case_ref": case_ref, "at": at}
    deadlines.open_deadline(REPORT, ref, due_at=elapsed(at, REPORT_HOURS), owner=by, **opened)
    due_at = elapsed(at, DECISION_HOURS)
    deadlines.open_deadline(DECISION, ref, due_at=due_at, remind_at=elapsed(at, REPORT_HOURS), **opened)


def breach_reported(ref: str, *, at: dt.datetime) -> bool:
    """Stop the clock of the report; tell whether it ran."""
    return deadlines.meet(REPORT, ref, closed_by="reported", at=at)


def breach_decided(ref: str, *, at: dt.datetime) -> bool:
    """Stop the clock of the decision; tell whether it ran."""
    return deadlines.meet(DECISION, ref, closed_by="decided", at=at)


def _tell_officers(notice: str, deadline: Deadline, at: dt.datetime) -> None:
    key = f"{deadline.kind}:{deadline.key}"
    tell_team(Role.DPO, notice, key=key, case_ref=deadline.case_ref, link=reverse("desk:home"), at=at)


def report_overdue(deadline: Deadline, at: dt.datetime) -> None:
    """Whoever noticed it and the data protection officer hear that the report is missing."""
    if deadline.owner is not None:
        key, link = f"{deadline.kind}:{deadline.key}", reverse("desk:home")
        tell(deadline.owner, "report_overdue", key=key, case_ref=deadline.case_ref, link=link, at=at)
    _tell_officers("report_overdue", deadline, at)


def decision_waits(deadline: Deadline, at: dt.datetime) -> None:
    _tell_officers("decision_due", deadline, at)


def decision_overdue(deadline: Deadline, at: dt.datetime) -> None:
    _tell_officers("decision_overdue", deadline, at)


def register_kinds() -> None:
    """Called once when the app is ready."""
    register(REPORT, label="Report a suspected breach of data security", on_due=report_overdue)
    register(
        DECISION,
        label="Decide whether the regulator is told",
        on_due=decision_overdue,
        on_remind=decision_waits,
        team=Role.DPO,
    )
