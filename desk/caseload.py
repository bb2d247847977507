"""Rows of a list of cases: the next appointment, unread messages and open alerts, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from patients.models import Case
from risk.models import Alert
from therapy.models import Appointment, Message


@dataclass(frozen=True)
class CaseRow:
    """One case in a list."""

    case: Case
    next_appointment: Appointment | None
    unread: int
    alerts: int


def caseload_rows(cases, user, at: dt.datetime) -> list[CaseRow]:
    """Return a row for each case, in the given order."""
    shown = list(cases)
    ahead: dict[int, Appointment] = {}
    appointments = Appointment.objects.visible_to(user, "appointments").filter(case__in=shown)
    for appointment in appointments.upcoming(at).order_by("-during"):
        ahead[appointment.case_id] = appointment
    messages = Message.objects.visible_to(user, "messages").filter(case__in=shown)
    unread = Counter(messages.unread_by(user).values_list("case_id", flat=True))
    alerts = Alert.objects.visible_to(user, "risk").filter(case__in=shown)
    unreviewed = Counter(alerts.filter(review=None).values_list("case_id", flat=True))
    return [CaseRow(case, ahead.get(case.pk), unread[case.pk], unreviewed[case.pk]) for case in shown]
