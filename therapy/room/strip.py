"""What stands above the box where one writes: the wait, the welcome, what was lost, the confidentiality question.

(APPT-15, APPT-17, ROOM-7)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from therapy.appointments.facts import clinician_missed, left_waiting
from therapy.appointments.rules import CLINICIAN_MISSED_AFTER
from therapy.connection.measured import planned_end, record_of
from therapy.connection.rules import Record, in_minutes
from therapy.connection.showing import phone
from therapy.room import beside, confidentiality, looking, rules, waiting
from therapy.room.models import Session

# How long a patient who came late is told that they are welcome.
WELCOMED_FOR = dt.timedelta(minutes=5)
# A minute or two after the start nobody calls late.
LATE_FROM = dt.timedelta(minutes=3)


@dataclass(frozen=True)
class Away:
    """The other person was here and is not: since when, and whether by their own choice."""

    since: dt.datetime
    left: bool


def away(session: Session, user, at: dt.datetime) -> Away | None:
    """Return how the other person is away, None where they are here or nobody can say so yet (ROOM-3)."""
    other = session.presences.exclude(user=user).first()
    if other is None or session.ended_at:
        return None
    why = rules.away(other.heard_at, other.left_room, at)
    return Away(other.last_at or other.heard_at, why == rules.LEFT) if why in (rules.LEFT, rules.LOST) else None


def strip_of(session: Session, user, at: dt.datetime) -> dict[str, Any]:
    """Return what the strip shows to one of the two in the room at a moment."""
    own = _for_clinician if session.side_of(user) == "clinician" else _for_patient
    return {
        "session": session,
        "appointment": session.appointment,
        "now": at,
        "planned_end": planned_end(session.appointment),
        "watching": looking.here(session, at),
        "away": away(session, user, at),
        **phone(),
        **own(session, at),
    }


def _for_clinician(session: Session, at: dt.datetime) -> dict[str, Any]:
    wait = waiting.wait_of(session, at)
    needed = confidentiality.is_needed(session)
    lost = None if session.ended_at else record_of(session.appointment, at)
    return {
        "wait": wait,
        "lost": in_minutes(lost.total) if lost and lost.reaches_limit else "",
        "statement_needed": needed,
        "statement": confidentiality.statement_of(session),
        "answer": confidentiality.answer_of(session),
        "beside": beside.PARTS.items(),
        **beside.people_of(session.case),
        "refresh_at": _next_change(session, wait, lost, at),
    }


def _next_change(
    session: Session, wait: waiting.Wait | None, lost: Record | None, at: dt.datetime
) -> dt.datetime | None:
    """When the strip says something else although nothing happens: at the start, when the wait is over, and when so
    much of the connection is lost that the session may be ended (APPT-17)."""
    if wait is not None:
        return None if wait.is_over else wait.until
    if at < session.appointment.starts_at:
        return session.appointment.starts_at
    return lost.limit_at if lost is not None else None


def _for_patient(session: Session, at: dt.datetime) -> dict[str, Any]:
    answer = confidentiality.answer_of(session)
    asked = confidentiality.statement_of(session) is not None and not session.ended_at
    came = session.presences.filter(user=session.patient_user_id).values_list("joined_at", flat=True).first() or at
    late = came - session.appointment.starts_at >= LATE_FROM
    changes = [came + WELCOMED_FOR] if late else []
    missing = not session.ended_at and clinician_missed(session.appointment)
    expected = [session.appointment.starts_at + wait for wait in (LATE_FROM, CLINICIAN_MISSED_AFTER)]
    return {
        "asked": asked and (answer is None or answer.answer != confidentiality.AGREED),
        "answer": answer,
        "late": late and at < min(came + WELCOMED_FOR, planned_end(session.appointment)),
        "not_here": missing and expected[0] <= at < planned_end(session.appointment),
        "waited": missing and left_waiting(session.appointment, at),
        "refresh_at": min((moment for moment in changes + expected * missing if at < moment), default=None),
    }
