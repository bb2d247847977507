"""What happens when the review of an alert is due (TIME-12)."""

from __future__ import annotations

import datetime as dt
import uuid

from deadlines.models import Deadline
from deadlines.registry import register
from risk import rules
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


def register_kinds() -> None:
    """Called once when the app is ready."""
    register(rules.DEADLINE, label="Review an alert", on_due=overdue, on_remind=remind, where=where)
