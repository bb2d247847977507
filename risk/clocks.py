"""The clocks of a serious incident's full report (TIME-13) and of a risk form that is out (RISK-3)."""

from __future__ import annotations

import datetime as dt

from deadlines import actions as deadlines
from deadlines.calendars import ENGLAND
from deadlines.rules import end_of_next_working_day

INCIDENT_REPORT, RISK_FORM = "incident_report", "risk_form"


def incident_logged(ref: str, *, clinician_user, case_ref: str, at: dt.datetime) -> None:
    """Start the clinician's time for the full report of an incident known by `ref`: the end of the next working day."""
    deadlines.open_deadline(
        INCIDENT_REPORT,
        ref,
        due_at=end_of_next_working_day(at, ENGLAND),
        owner=clinician_user,
        case_ref=case_ref,
        opened_by="serious incident logged",
        at=at,
    )


def incident_reported(ref: str, *, at: dt.datetime) -> bool:
    """Stop that clock; tell whether it ran."""
    return deadlines.meet(INCIDENT_REPORT, ref, closed_by="report handed in", at=at)


def level_known(case_ref: str, *, at: dt.datetime) -> bool:
    """Stop the clock of a risk form: the clinician has asked and set the level; tell whether it ran."""
    return bool(deadlines.meet_for_case(case_ref, (RISK_FORM,), closed_by="level of risk set", at=at))
