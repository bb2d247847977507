"""Reads the measured connection of a session out of what the platform kept (APPT-17)."""

from __future__ import annotations

import datetime as dt

from therapy.connection import rules
from therapy.connection.models import Outage, Stretch
from therapy.connection.rules import Heard, Record, Span


def record_of(appointment, at: dt.datetime) -> Record:
    """Return what was measured of an appointment's session between its planned start and end, up to a moment.

    An appointment whose room nobody ever opened has a record too: it holds the known outages.
    """
    session = getattr(appointment, "session", None)
    until = min(at, session.ended_at) if session is not None and session.ended_at else at
    return rules.measure(
        _heard(session), outages_of(appointment, at), appointment.starts_at, planned_end(appointment), until
    )


def planned_end(appointment) -> dt.datetime:
    """Return when a session was to end: one that ended early holds less time since (APPT-4)."""
    return appointment.starts_at + dt.timedelta(minutes=appointment.minutes)


def outages_of(appointment, at: dt.datetime) -> tuple[Span, ...]:
    """Return the known outages that touch the time of an appointment; one that goes on reaches to `at`."""
    rows = Outage.objects.between(appointment.starts_at, planned_end(appointment))
    return rules.merged(Span(row.began_at, row.ended_at or at) for row in rows)


def _heard(session) -> dict[str, Heard | None]:
    """Return what was heard of each side; two queries, whatever the number of stretches."""
    if session is None:
        return {"patient": None, "clinician": None}
    stretches: dict[int, list[Stretch]] = {}
    for row in session.stretches.all():
        stretches.setdefault(row.user_id, []).append(row)
    present = {row.user_id: row for row in session.presences.all()}
    users = {"patient": session.patient_user_id, "clinician": session.clinician_user_id}
    return {side: _of(present.get(user), stretches.get(user, [])) for side, user in users.items()}


def _of(presence, ended: list[Stretch]) -> Heard | None:
    if presence is None:
        return None
    last_at = presence.last_at or presence.heard_at
    left_at = [row.heard_at for row in ended if row.left_room] + [last_at] * presence.left_room
    return Heard(
        joined_at=presence.joined_at,
        ended=tuple(Span(row.began_at, row.heard_at) for row in ended),
        since=presence.since or presence.joined_at,
        last_at=last_at,
        gone=presence.gone,
        left_at=tuple(left_at),
    )
