"""What happens when the review of an alert is due (TIME-12)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.urls import reverse

from accounts.models import Role
from deadlines.models import Deadline
from deadlines.registry import register
from notices.actions import tell, tell_team
from risk import clocks, rules
from risk.models import Alert


def alert_of(deadline: Deadline) -> Alert:
    return Alert.objects.select_related("case__clinician__supervisor", "case__clinician__user").get(ref=deadline.key)


def remind(deadline: Deadline, at: dt.datetime) -> None:
    """Tell whoever must review that it still waits."""
    from risk.actions import tell_responsible

    tell_responsible(alert_of(deadline), "alert_waiting", at=at)


def overdue(deadline: Deadline, at: dt.datetime) -> None:
    """Tell the supervisor."""
    from risk.actions import tell_supervisor

    tell_supervisor(alert_of(deadline), "alert_overdue", at=at)


def where(deadline: Deadline) -> str:
    from risk.actions import url_of

    return url_of(Alert(ref=uuid.UUID(deadline.key)))


def report_overdue(deadline: Deadline, at: dt.datetime) -> None:
    """The clinician and the clinical lead hear that the report of a serious incident is missing (TIME-13)."""
    about: dict = {"key": deadline.key, "case_ref": deadline.case_ref, "link": reverse("desk:home"), "at": at}
    if deadline.owner is not None:
        tell(deadline.owner, "report_overdue", **about)
    tell_team(Role.CLINICAL_LEAD, "report_overdue", **about)


def form_missing(deadline: Deadline, at: dt.datetime) -> None:
    """The first session begins and no level of risk is set: the clinician asks in the session (RISK-3)."""
    if deadline.owner is not None:
        key, link = f"{deadline.kind}:{deadline.key}", case_page(deadline)
        tell(deadline.owner, "review_due", key=key, case_ref=deadline.case_ref, link=link, at=at)


def case_page(deadline: Deadline) -> str:
    return reverse("risk:case", args=[deadline.case_ref])


def register_kinds() -> None:
    """Called once when the app is ready."""
    register(clocks.INCIDENT_REPORT, label="Hand in the full report of an incident", on_due=report_overdue)
    register(
        clocks.RISK_FORM,
        label="Ask about risk, and set its level",
        on_due=form_missing,
        where=case_page,
        falls_with_caseload=True,
    )
    register(rules.DEADLINE, label="Review an alert", on_due=overdue, on_remind=remind, where=where, team=Role.TRIAGE)
