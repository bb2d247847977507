"""The verbs of known outages and of reports of technical trouble (APPT-17, ROOM-14)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from audit.actions import record_change
from deadlines.models import Heartbeat
from notices.actions import tell_team
from therapy.connection import rules
from therapy.connection.models import Outage, Trouble, TroubleLook
from therapy.room.rules import clean_text
from ui.errors import Refused

BEAT, WALL_BEAT = "rooms", "rooms by the wall"
FOUND = "The service did not answer"
LONGEST_WORDS = 1000
# What a page kept of its own connection: so many entries, each a state and a moment.
LONGEST_TRACE, LONGEST_STATE = 200, 40
REPORTS_A_SESSION = 20
# The same said again within this time is a button pressed twice.
PRESSED_TWICE = dt.timedelta(seconds=20)


@transaction.atomic
def enter_outage(
    began_at: dt.datetime, ended_at: dt.datetime | None, what: str, *, by, at: dt.datetime | None = None
) -> Outage:
    """Enter a time in which the service was down; without an end it goes on (APPT-17). Refused where it cannot be."""
    at = at or timezone.now()
    if not what.strip():
        raise Refused("Say what was down.", field="what")
    if began_at > at or (ended_at is not None and ended_at > at):
        raise Refused("This is still to come.", field="began_at", remedy="Enter an outage once it has begun.")
    if ended_at is not None and ended_at <= began_at:
        raise Refused("The end is not after the beginning.", field="ended_at")
    outage = Outage.objects.create(began_at=began_at, ended_at=ended_at, what=what.strip(), by=by, at=at)
    record_change("outage entered", by=by, object_ref=str(outage.ref), after=_words(outage), at=at)
    return outage


def _words(outage: Outage) -> dict[str, str]:
    return {"from": outage.began_at.isoformat(), "to": outage.ended_at.isoformat() if outage.ended_at else ""}


@transaction.atomic
def end_outage(outage: Outage, *, by, at: dt.datetime | None = None) -> Outage:
    """Say that an outage is over now; said again it changes nothing (APPT-17)."""
    at = at or timezone.now()
    locked = Outage.objects.select_for_update(of=("self",)).get(pk=outage.pk)
    if locked.ended_at is None:
        locked.ended_at = at
        locked.save(update_fields=["ended_at"])
        record_change("outage ended", by=by, object_ref=str(locked.ref), after=_words(locked), at=at)
    return locked


@transaction.atomic
def withdraw_outage(outage: Outage, *, by, at: dt.datetime | None = None) -> Outage:
    """Take back an outage entered by mistake: it counts no longer, and stays legible (APPT-17)."""
    at = at or timezone.now()
    locked = Outage.objects.select_for_update(of=("self",)).get(pk=outage.pk)
    if locked.withdrawn_at is None:
        locked.withdrawn_at, locked.withdrawn_by = at, by
        locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record_change("outage withdrawn", by=by, object_ref=str(locked.ref), before=_words(locked), at=at)
    return locked


@transaction.atomic
def pulse(at: dt.datetime | None = None, *, wall: dt.datetime | None = None) -> Outage | None:
    """Note that the service serves; after too long a pause return the outage that this was, now known (APPT-17).

    Every web process calls it every few seconds; the row lock lets only one of them find the same pause. `wall` is the
    database's own clock: a pause that it did not see is a clock that somebody moved, not an outage.
    """
    at, wall = at or timezone.now(), wall or _wall_clock()
    pauses = [_paused(BEAT, at), _paused(WALL_BEAT, wall)]
    if None in pauses:
        return None
    began = at - min(pause for pause in pauses if pause is not None)
    if at - began <= rules.OUTAGE_AFTER:
        return None
    return Outage.objects.create(began_at=began, ended_at=at, found=True, what=FOUND, at=at)


def _paused(name: str, at: dt.datetime) -> dt.timedelta | None:
    """Beat, and return how long ago the last beat was; None where there was none yet."""
    beat, new = Heartbeat.objects.select_for_update().get_or_create(name=name, defaults={"at": at})
    before, beat.at = beat.at, at
    beat.save(update_fields=["at"])
    return None if new else at - before


def _wall_clock() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@transaction.atomic
def report_trouble(session, *, by, words: str = "", trace: Any = None, at: dt.datetime | None = None) -> Trouble:
    """Tell patient services of technical trouble in a session, with what the page saw of its connection (ROOM-14)."""
    at = at or timezone.now()
    words, trace = clean_text(words[:LONGEST_WORDS]).strip(), clean_trace(trace)
    if just_told := session.troubles.filter(by=by, words=words, at__gt=at - PRESSED_TWICE).first():
        return just_told
    if session.troubles.filter(by=by).count() >= REPORTS_A_SESSION:
        raise Refused("We have your reports.", remedy="Ring us: the number stands on this page.")
    return _tell(session, Trouble.Kind.ROOM, words, trace, by=by, at=at)


def report_abort(appointment, reason: str, *, by, at: dt.datetime) -> None:
    """Show patient services a session ended as aborted although less was measured, with its reason (APPT-17)."""
    session = getattr(appointment, "session", None)
    if session is not None:
        _tell(session, Trouble.Kind.ABORTED, reason, [], by=by, at=at)


def _tell(session, kind: str, words: str, trace: list[dict[str, str]], *, by, at: dt.datetime) -> Trouble:
    side = session.side_of(by)
    trouble = Trouble.objects.create(session=session, kind=kind, side=side, by=by, words=words, trace=trace, at=at)
    case_ref = session.appointment.case.ref
    link = reverse("therapy:trouble", args=[trouble.ref])
    tell_team(Role.PATIENT_SERVICES, "technical_trouble", key=str(trouble.ref), case_ref=case_ref, link=link, at=at)
    record_change(f"technical trouble {kind}", by=by, case_ref=case_ref, object_ref=str(trouble.ref), at=at)
    return trouble


def clean_trace(trace: Any) -> list[dict[str, str]]:
    """Return what of a posted trace is one: short words by name, as many as a page keeps; the rest is left out."""
    if not isinstance(trace, list):
        return []
    entries = [entry for entry in trace if isinstance(entry, dict)]
    return [
        {name: clean_text(str(entry.get(name, ""))[:LONGEST_STATE]) for name in ("at", "state")}
        for entry in entries[-LONGEST_TRACE:]
    ]


@transaction.atomic
def look_at(trouble: Trouble, *, by, words: str = "", at: dt.datetime | None = None) -> TroubleLook:
    """Say that a report was looked at, and what was done; the first to say so stands."""
    at = at or timezone.now()
    look, new = TroubleLook.objects.get_or_create(trouble=trouble, defaults={"by": by, "words": words, "at": at})
    if new:
        case_ref = trouble.session.appointment.case.ref
        record_change("technical trouble looked at", by=by, case_ref=case_ref, object_ref=str(trouble.ref), at=at)
    return look
