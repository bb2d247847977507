"""A supervisor looks in on a session: only where both agreed beforehand, reading only, in sight of both (ROOM-1, 4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from audit.actions import record_access
from live import doorbell
from live.actions import close_group
from notices.actions import tell
from therapy.appointments.history import write_down
from therapy.appointments.models import Appointment
from therapy.room import actions, rules
from therapy.room.frames import State
from therapy.room.models import Line, LookIn, LookInSeat, LookInWord, Session
from ui.errors import Refused

AGREED, DECLINED, WITHDRAWN = "agreed", "declined", "withdrawn"
CAME, WENT = "looking", "looked"


def group_of(session_ref) -> str:
    """Return the group of the sockets that look in on a session."""
    return f"looking.{session_ref.hex}"


def current(appointment: Appointment) -> LookIn | None:
    """Return the newest request to look in on an appointment's session."""
    return appointment.look_ins.select_related("supervisor").order_by("-at", "-pk").first()


def last_word(look_in: LookIn) -> str:
    """Return the newest word on a request: agreed, declined, withdrawn, or empty while it waits."""
    return look_in.words.order_by("-at", "-pk").values_list("word", flat=True).first() or ""


def looking_in(user) -> Q:
    """Return the condition on cases with a session on which the user may look in now or later (ACC-4)."""
    return Q(pk__in=_agreed(user).values("appointment__case"))


def _agreed(user):
    """The requests for a supervisor that are agreed to at this moment; of an appointment only the newest counts."""
    newest_word = LookInWord.objects.filter(look_in=OuterRef("pk")).order_by("-at", "-pk").values("word")[:1]
    newest = LookIn.objects.filter(appointment=OuterRef("appointment")).order_by("-at", "-pk").values("pk")[:1]
    rows = LookIn.objects.annotate(word=Subquery(newest_word))
    return rows.filter(supervisor=user, word=AGREED, pk=Subquery(newest))


@transaction.atomic
def ask(appointment: Appointment, *, by, at: dt.datetime | None = None) -> LookIn:
    """The clinician asks whether the named supervisor may look in; the patient is told, and answers (ROOM-1).

    Raises Refused once the session has begun, without a named supervisor, and while a request stands.
    """
    at = at or timezone.now()
    supervisor = appointment.clinician.supervisor
    if supervisor is None:
        raise Refused("You have no named supervisor.", remedy="Ask the clinical lead.")
    if appointment.status not in ("offered", "confirmed") or at >= appointment.starts_at:
        raise Refused("This is agreed before a session begins.", remedy="Ask for the next session.")
    known = current(appointment)
    if known is not None and last_word(known) in ("", AGREED):
        return known
    made = LookIn.objects.create(appointment=appointment, supervisor=supervisor, by=by, at=at)
    write_down(appointment, "look-in asked for", by=by, at=at)
    if appointment.patient.user is not None:
        tell(appointment.patient.user, "look_in_asked", key=str(made.ref), at=at, **_about(appointment))
    return made


def _about(appointment: Appointment) -> dict[str, Any]:
    return {"case_ref": appointment.case.ref, "link": reverse("therapy:look-in", args=[appointment.ref])}


@transaction.atomic
def say(look_in: LookIn, word: str, *, by, at: dt.datetime | None = None) -> str:
    """Keep the word of one of the two: the patient agrees or not before the start, both can take it back any time.

    Returns the word that stands. A supervisor who is looking in then is shown out at once.
    """
    at = at or timezone.now()
    appointment = look_in.appointment
    is_patient = by.pk == appointment.patient.user_id
    if word not in (AGREED, DECLINED, WITHDRAWN) or (word != WITHDRAWN and not is_patient):
        raise Refused("Choose one of the answers.")
    if word == AGREED and at >= appointment.starts_at:
        raise Refused("This is agreed before a session begins.")
    if last_word(look_in) in (word, WITHDRAWN):
        return last_word(look_in)
    side = "patient" if is_patient else "clinician"
    LookInWord.objects.create(look_in=look_in, word=word, side=side, by=by, at=at)
    write_down(appointment, f"look-in {word}", by=by, at=at)
    if word == AGREED:
        tell(look_in.supervisor, "look_in_agreed", key=str(look_in.ref), at=at, **_about(appointment))
    session = getattr(appointment, "session", None)
    if session is not None and word != AGREED:
        _went(session, look_in.supervisor, at)
        close_group(group_of(session.ref))
    return word


def watched(user, session_ref, at: dt.datetime | None = None) -> Session | None:
    """Return a session on which this supervisor may look in at this moment, or None (ROOM-4)."""
    rows = Session.objects.filter(ref=session_ref, appointment__in=_agreed(user).values("appointment"))
    found = rows.select_related("appointment__case", "appointment__patient", "clinician_user").first()
    at = at or timezone.now()
    return found if found is not None and found.ended_at is None and found.opens_at <= at else None


@transaction.atomic
def come_in(session: Session, user, *, at: dt.datetime | None = None, address: str | None = None) -> None:
    """Let a supervisor in, visible to both: a line of the conversation says so, and the access log (ROOM-1, ACC-5)."""
    at = at or timezone.now()
    seat, _ = LookInSeat.objects.get_or_create(session=session, user=user, defaults={"heard_at": at})
    LookInSeat.objects.filter(pk=seat.pk).update(heard_at=at)
    if _is_in(session, user):
        return
    _event(session, user, CAME, at)
    record_access(
        who=user, case_ref=session.case.ref, thing="look_in", verb="watch", object_ref=str(session.ref), address=address
    )


def go(session: Session, user, *, at: dt.datetime | None = None) -> None:
    """Note that a supervisor no longer looks in."""
    _went(session, user, at or timezone.now())


def _went(session: Session, user, at: dt.datetime) -> None:
    if _is_in(session, user):
        _event(session, user, WENT, at)


def _is_in(session: Session, user) -> bool:
    events = session.lines.filter(sender=user, kind=Line.EVENT, text__in=(CAME, WENT)).order_by("-seq")
    return events.values_list("text", flat=True).first() == CAME


def _event(session: Session, user, what: str, at: dt.datetime) -> None:
    number = session.lines.filter(sender=user, kind=Line.EVENT).count() + 1
    if session.note_event(f"{what}-{number}", by=user, at=at, text=what):
        doorbell.ring(actions.group_of(session.ref), {"seq": session.head})


def beat(session: Session, user, at: dt.datetime) -> State:
    """Note that a supervisor still looks in; `allowed` is False once somebody took the word back (ROOM-4).

    Another tab of theirs that went may have said that they read along no longer: who still does is seen again (ROOM-1).
    """
    LookInSeat.objects.filter(session=session, user=user).update(heard_at=at)
    allowed = user.is_active and _agreed(user).filter(appointment=session.appointment_id).exists()
    if allowed and not _is_in(session, user):
        _event(session, user, CAME, at)
    session.refresh_from_db(fields=["head", "ended_at"])
    return State(session.head, session.ended_at is not None, allowed, None, 0)


def here(session: Session, at: dt.datetime) -> list[str]:
    """Return the names of the supervisors who look in at this moment."""
    seats = session.look_in_seats.select_related("user")
    return [s.user.name for s in seats if rules.is_present(s.heard_at, at) and _is_in(session, s.user)]
