"""The verbs of an appointment. Times are aware; `at` is now unless the caller says otherwise."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from deadlines import actions as deadlines
from live import doorbell
from therapy.appointments import assessed, followup, reviews, rules, telling
from therapy.appointments.answering import RELOAD, confirm, confirm_by_joining, decline, keep_open, lapse
from therapy.appointments.booking import offer
from therapy.appointments.facts import clinician_missed, facts_of, left_waiting
from therapy.appointments.history import lock, settle, turn
from therapy.appointments.models import Appointment, Cancellation, Outcome
from therapy.connection import actions as connection
from ui.errors import Refused

__all__ = [
    "cancel",
    "confirm",
    "confirm_by_joining",
    "decline",
    "end",
    "keep_open",
    "lapse",
    "offer",
    "open_note",
]


@transaction.atomic
def cancel(
    appointment: Appointment,
    *,
    by,
    reason: str = "",
    side: str = "",
    quietly: bool = False,
    at: dt.datetime | None = None,
) -> Appointment:
    """Cancel an appointment and store the rule's verdict on it (APPT-12, APPT-13, APPT-18).

    `side` is "patient" or "clinician"; without it the side is that of `by`. Cancelling again changes nothing. Whoever
    gives up waiting for a clinician who has not come has not cancelled: that is the clinician's cancellation.
    `quietly`: the caller tells the other side itself (APPT-11).
    Raises Refused for one that is over or was answered otherwise.
    """
    at = at or timezone.now()
    locked = lock(appointment)
    if hasattr(locked, "cancellation"):
        return locked
    wished_by = side or ("patient" if by.pk == locked.patient.user_id else "clinician")
    waited = left_waiting(locked, at)
    side = "clinician" if waited else wished_by
    _refuse_unless_open(locked, side, at)
    verdict = rules.Verdict(False, rules.CLINICIAN_MISSED) if waited else _verdict(locked, side, at)
    was_confirmed = locked.status == "confirmed"
    judged = {"late": verdict.late, "rule": verdict.reason, "was_confirmed": was_confirmed}
    Cancellation.objects.create(appointment=locked, by=by, side=side, reason=reason, at=at, **judged)
    turn(locked, rules.cancelled_status(side, late=verdict.late), by=by, reason=reason, at=at)
    settle(locked, "cancelled", at=at)
    _close_room(locked, by=by, at=at)
    if verdict.late:
        open_note(locked, at)
    if was_confirmed:
        followup.open_for(locked, at)
    if not quietly:
        telling.tell_cancelled(locked, wished_by, at=at)
    return locked


def _verdict(locked: Appointment, side: str, at: dt.datetime) -> rules.Verdict:
    verdict = rules.judge_cancellation(side, locked.status, locked.starts_at, at, locked.cancellation_notice)
    return rules.Verdict(False, rules.SPOILT) if verdict.late and facts_of(locked, at).is_spoilt else verdict


def _refuse_unless_open(locked: Appointment, side: str, at: dt.datetime) -> None:
    """A clinician who missed the session is recorded as having cancelled also afterwards (APPT-18)."""
    if not locked.is_open:
        raise Refused(f"This appointment is {locked.get_status_display().lower()} already.", remedy=RELOAD)
    if at >= locked.ends_at and not (side == "clinician" and clinician_missed(locked)):
        raise Refused("This appointment's time is over.", remedy="The clinician ends it with its outcome.")


@transaction.atomic
def end(appointment: Appointment, outcome: str, *, by, reason: str = "", at: dt.datetime | None = None) -> Appointment:
    """End the session with its one outcome (APPT-19); the same outcome again changes nothing.

    Raises Refused for a second outcome and for one that the facts do not allow, such as DNA before the wait is over.
    """
    at = at or timezone.now()
    locked = lock(appointment)
    if hasattr(locked, "outcome") and locked.outcome.outcome == outcome:
        return locked
    if locked.status != "confirmed":
        raise Refused(f"This appointment is {locked.get_status_display().lower()}.", remedy=RELOAD)
    facts = facts_of(locked, at)
    if why_not := rules.why_not(outcome, facts, at=at, reason=reason):
        if outcome == "aborted" and at >= locked.starts_at:
            raise Refused(why_not, field="reason", remedy="Write it here: patient services read it.")
        raise Refused(why_not, field="outcome", remedy="Choose the outcome that fits, or come back later.")
    _keep_outcome(locked, outcome, facts, by=by, reason=reason, at=at)
    locked.during = DateTimeTZRange(*rules.held_time(locked.starts_at, locked.ends_at, at))
    turn(locked, outcome, by=by, reason=reason, at=at, fields=["during"])
    settle(locked, "session ended", met=("outcome", "outcome_overdue"), at=at)
    _close_room(locked, by=by, at=at)
    open_note(locked, at)
    if outcome in rules.HELD_STATUSES:
        reviews.session_held(locked, at)
        assessed.session_held(locked, at)
    else:
        followup.open_for(locked, at)
    return locked


def _keep_outcome(
    locked: Appointment, outcome: str, facts: rules.SessionFacts, *, by, reason: str, at: dt.datetime
) -> None:
    """Keep the outcome with what was measured; one that stands on a reason alone is shown to patient services."""
    lost = round(facts.connection.total.total_seconds()) if facts.connection else 0
    kept = {"outcome": outcome, "was_confirmed": True, "lost_seconds": lost, "by": by, "reason": reason, "at": at}
    Outcome.objects.create(appointment=locked, **kept)
    if outcome == "aborted" and not facts.reaches_limit:
        connection.report_abort(locked, reason, by=by, at=at)


def _close_room(locked: Appointment, *, by, at: dt.datetime) -> None:
    session = getattr(locked, "session", None)
    if session is not None and session.close(by=by, at=at):
        doorbell.ring(f"session.{session.ref.hex}", {"seq": session.head})


def open_note(locked: Appointment, at: dt.datetime) -> None:
    """Start the clock of the clinical note (TIME-6), also of sessions that did not take place (NOTE-1)."""
    deadlines.open_deadline(
        "note",
        str(locked.ref),
        due_at=at + dt.timedelta(hours=locked.case.policy.note_hours),
        owner=locked.clinician.user,
        case_ref=locked.case.ref,
        opened_by=f"session {locked.get_status_display().lower()}",
        at=at,
    )
