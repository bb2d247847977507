"""Clocks that hang on a case's state or on a request of its person (TIME-15, TIME-16, TIME-17)."""

from __future__ import annotations

import datetime as dt

from deadlines import actions as deadlines
from deadlines.rules import add_months
from patients.cases.relations import ACCESS_AFTER_DISCHARGE
from patients.rules import ACTIVE_STATES

DATA_REQUEST, TRANSCRIPTS, HOLD, HOLD_ENDS = "data_request", "transcript_access", "on_hold", "on_hold_ends"
HOLD_ASKED_AFTER = dt.timedelta(weeks=4)
HOLD_ENDS_AFTER = dt.timedelta(weeks=6)
ANSWER_MONTHS = 1
REMINDED_BEFORE = dt.timedelta(weeks=1)


def data_request_received(ref: str, *, at: dt.datetime, case_ref: str = "") -> None:
    """Start patient services' calendar month to answer a data subject request, known by `ref` (TIME-15)."""
    due_at = add_months(at, ANSWER_MONTHS)
    deadlines.open_deadline(
        DATA_REQUEST,
        ref,
        due_at=due_at,
        remind_at=due_at - REMINDED_BEFORE,
        case_ref=case_ref,
        opened_by="data subject request",
        at=at,
    )


def data_request_answered(ref: str, *, at: dt.datetime) -> bool:
    """Stop that clock; tell whether it ran. (TIME-15)"""
    return deadlines.meet(DATA_REQUEST, ref, closed_by="answered", at=at)


def state_turned(case, before: str, *, ended: bool, at: dt.datetime) -> None:
    """Start and stop what hangs on a case's state: the hold's two limits, and the end of access to transcripts."""
    if case.state == "on_hold":
        deadlines.hold(case.ref, at=at)
        _held(case, at)
    elif before == "on_hold":
        deadlines.cancel_for_case(case.ref, (HOLD, HOLD_ENDS), closed_by="no longer on hold", at=at)
        if case.state in ACTIVE_STATES:
            deadlines.let_go_on(case.ref, at=at)
    if ended and case.clinician is not None:
        deadlines.open_deadline(
            TRANSCRIPTS,
            case.ref,
            due_at=at + ACCESS_AFTER_DISCHARGE,
            case_ref=case.ref,
            opened_by=f"case {case.state}",
            at=at,
        )


def _held(case, at: dt.datetime) -> None:
    """After 4 weeks the clinician is asked, at 6 it ends unless a supervisor renews it (TIME-17, REF-9)."""
    clinician, key = case.clinician, f"{case.ref}:{at.isoformat()}"
    owners = (clinician.user, clinician.overseer) if clinician is not None else (None, None)
    limits = ((HOLD, HOLD_ASKED_AFTER, owners[0]), (HOLD_ENDS, HOLD_ENDS_AFTER, owners[1]))
    for kind, after, owner in limits:
        deadlines.open_deadline(
            kind, key, due_at=at + after, owner=owner, case_ref=case.ref, opened_by="case on hold", at=at
        )
