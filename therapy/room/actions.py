"""The verbs of the room, as pages and tests call them; sockets run the same statements (ROOM-2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from live import doorbell
from patients.cases import actions as patients
from therapy.appointments import actions as appointments
from therapy.appointments.history import write_down
from therapy.appointments.models import Appointment
from therapy.room import confidentiality as confiding
from therapy.room import frames, rules, statements
from therapy.room.frames import Ack, Nack
from therapy.room.models import Line, Presence, SentInError, Session
from ui.errors import Refused

FIRST_WORD = ("joined_at", "heard_at", "since", "last_at")


def group_of(session_ref) -> str:
    """Return the group that the doorbell of a session rings."""
    return f"session.{session_ref.hex}"


@transaction.atomic
def open_session(appointment: Appointment) -> Session:
    """Return the room of a confirmed appointment, made if need be; Refused without a patient's account (ROOM-1)."""
    if appointment.status != "confirmed":
        raise Refused("This appointment is not confirmed.", remedy="Confirm it first.")
    if appointment.patient.user_id is None:
        raise Refused("The patient has no account yet.", remedy="The patient follows the invitation first.")
    session, _ = Session.objects.get_or_create(
        appointment=appointment,
        defaults={
            "patient_user_id": appointment.patient.user_id,
            "clinician_user_id": appointment.clinician.user_id,
            "opens_at": appointment.room_opens_at,
        },
    )
    return session


def why_closed(session: Session, user, at: dt.datetime) -> str:
    """Return "forbidden", "not_open" or "ended" where a person cannot be in the room now, else an empty string."""
    side = session.side_of(user)
    holds_case = session.appointment.case.clinician_id == session.appointment.clinician_id
    if not side or (side == "clinician" and not holds_case):
        return "forbidden"
    if session.ended_at is not None:
        return "ended"
    return "not_open" if at < session.opens_at else ""


@transaction.atomic
def join(session: Session, user, *, at: dt.datetime | None = None, reloaded: bool = False) -> str:
    """Let a person into the room and return the side, "patient" or "clinician" (ROOM-1, ROOM-4).

    The first time is an event among the lines; with the second side the session has started, and the first session
    turns an allocated case into one in assessment. `reloaded` says that nobody had left: the page was loaded again,
    however long that took (APPT-17). Raises Refused for anybody else and at any other time.
    """
    at = at or timezone.now()
    if why := why_closed(session, user, at):
        raise Refused({"not_open": "The room is not open yet."}.get(why, "This room is not open to you."))
    side = session.side_of(user)
    if not session.presences.filter(user=user).exists():
        _come_in_first(session, user, at)
    elif reloaded:
        not_left(session, user)
    beat(session, user, at=at)
    doorbell.ring(group_of(session.ref), {"presence": side})
    return side


def not_left(session: Session, user) -> None:
    """A page that was loaded again says that nobody had left, however long it took: in doubt it was lost (APPT-17)."""
    session.presences.filter(user=user, left_room=True).update(left_room=False)


def leave(user, *, session: Session | None = None, at: dt.datetime | None = None) -> int:
    """Note that a person leaves by their own word, and return how many rooms that was (APPT-17, ROOM-3).

    By the page of one session, or of every room they are in: by signing out. A tab of theirs that goes on is asked by
    the doorbell and says at once that they are still here. Who was silent before has left nothing.
    """
    values = {"user": user.pk, "session": session.ref if session else None, "at": at or timezone.now()}
    left = rows_of(statements.LEFT, values)
    for [ref] in left:
        doorbell.ring(group_of(ref), {"presence": "left"})
    return len(left)


def _come_in_first(session: Session, user, at: dt.datetime) -> None:
    """The case is locked: of two who come at the same moment one is the second, and with it the session has started."""
    case = patients.lock(session.appointment.case)
    both_here = session.presences.exclude(user=user).exists()
    if both_here and case.state == "allocated":
        patients.turn(case, "assessment", by=user, reason="first session", at=at)
    _, new = Presence.objects.get_or_create(session=session, user=user, defaults=dict.fromkeys(FIRST_WORD, at))
    started: dict[str, Any] = {"started_at": at} if both_here and session.started_at is None else {}
    if new and session.note_event("joined", by=user, at=at, **started):
        write_down(session.appointment, f"joined by {session.side_of(user)}", by=user, at=at)
        doorbell.ring(group_of(session.ref), {"seq": session.head})


def values_of(session_ref, user, login: str, at: dt.datetime, **more: Any) -> dict[str, Any]:
    """Return what the statements of the room are told: which session, who, by which sign-in, when."""
    return {"session": session_ref, "user": user.pk, "login": login, "at": at, **more}


def rows_of(statement: str, values: dict[str, Any]) -> list[tuple]:
    """Run one statement of the room and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def write(session_ref, user, cid: Any, text: Any, at: dt.datetime | None = None, *, login: str = "") -> Ack:
    """Write one line and return its acknowledgement (ROOM-2, ROOM-5); the same `cid` again returns the same.

    `login` is the key of the browser session, where there is one. Raises Nack with a code where it is not taken.
    """
    if wrong := rules.why_not_text(cid, text):
        raise Nack(cid, wrong)
    values = values_of(session_ref, user, login, at or timezone.now(), cid=cid, text=rules.clean_text(text))
    try:
        with transaction.atomic():
            written = rows_of(statements.WRITE, values)
    except IntegrityError:
        written = []
    if written:
        doorbell.ring(group_of(session_ref), {"seq": written[0][0]})
        return Ack(cid, *written[0])
    found = rows_of(statements.LOOK_UP, values)
    return frames.verdict(cid, found[0] if found else None)


def lines_after(session: Session, after: int, most: int, *, reader) -> list[dict[str, Any]]:
    """Return frames of the lines after a number as a person reads them, in order (ROOM-2, ROOM-8)."""
    values = {"session": session.ref, "after": after, "most": most, "reader": reader.pk}
    rows = rows_of(statements.LINES, values)
    return [frames.line_frame(row) for row in rows]


def beat(session: Session, user, *, login: str = "", at: dt.datetime | None = None) -> frames.State:
    """Note that a person was heard of and return where the session stands (ROOM-3)."""
    return frames.state_of(rows_of(statements.BEAT, values_of(session.ref, user, login, at or timezone.now()))[0])


def mark_seen(session: Session, user, seq: int) -> int:
    """Keep the newest line that a person has seen; returns it where it is news, else 0 (ROOM-3)."""
    rows = rows_of(statements.SEEN, {"session": session.ref, "user": user.pk, "seq": seq})
    if rows:
        doorbell.ring(group_of(session.ref), {"seen": rows[0][0], "from": session.side_of(user)})
    return rows[0][0] if rows else 0


@transaction.atomic
def end_session(
    session: Session,
    outcome: str,
    *,
    by,
    reason: str = "",
    confidentiality: str = "",
    at: dt.datetime | None = None,
) -> Appointment:
    """End the session with its one outcome; everybody in the room learns of it at once (APPT-19).

    `confidentiality` says why the statement of a first session was not agreed; it is asked for where one was posted
    (ROOM-7). Raises Refused for an outcome that does not fit, and without the statement for a completed first session.
    """
    at = at or timezone.now()
    if session.ended_at is None:
        if why_not := confiding.why_not_completed(session, outcome):
            raise Refused(why_not, field="outcome", remedy="Or choose the outcome that fits otherwise.")
        confiding.record_open(session, outcome, confidentiality, by=by, at=at)
    return appointments.end(session.appointment, outcome, by=by, reason=reason, at=at)


@transaction.atomic
def mark_sent_in_error(line: Line, *, by, at: dt.datetime | None = None) -> SentInError:
    """Say of one's own line that it was not meant for here; the line itself stays (ROOM-8).

    While the session is open the mark is an event of the timeline as well, so that no screen can miss it.
    """
    if line.sender_id != by.pk or line.kind == Line.EVENT:
        raise Refused("Only the person who wrote a line can mark it.")
    at = at or timezone.now()
    mark, new = SentInError.objects.get_or_create(line=line, defaults={"by": by, "at": at})
    if new and line.session.note_event(f"{rules.SENT_IN_ERROR}{line.seq}", by=by, at=at):
        doorbell.ring(group_of(line.session.ref), {"seq": line.session.head})
    return mark
