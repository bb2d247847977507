"""Fragments of the room: what stands above the box where one writes, and the buttons on it (APPT-15, ROOM-7)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from therapy.room import actions, asking, confidentiality, waiting
from therapy.room.frames import Nack
from therapy.room.models import Session
from therapy.room.strip import strip_of
from ui.errors import Refused
from ui.posting import see

RELATED = (
    "patient_user",
    "clinician_user",
    "appointment__case__policy_version",
    "appointment__case__site",
    "appointment__case__clinician",
    "appointment__patient__user",
    "appointment__clinician__user",
    "appointment__clinician__supervisor",
)


def in_room(request: Request, ref: uuid.UUID) -> Session:
    """Return the session of one of its two people who may be in its room now or later; Http404 for others (ROOM-4)."""
    found = list_visible(request, Session).filter(ref=ref).select_related(*RELATED).first()
    if found is None or actions.why_closed(found, request.user, timezone.now()) == "forbidden":
        raise Http404
    return found


def fragment(request: Request, session: Session, refusal: str = "") -> HttpResponse:
    """Draw the strip for the person who asks; where a form came without a script, the whole room instead."""
    if request.method == "POST" and not request.headers.get("HX-Request"):
        if refusal:
            raise Refused(refusal)
        return see(reverse("therapy:room", args=[session.ref]))
    context = strip_of(session, request.user, timezone.now())
    context |= {"side": session.side_of(request.user), "refusal": refusal}
    return render(request, "therapy/room/strip.html", context)


def done(request: Request, session: Session, verb: Callable[[], object]) -> HttpResponse:
    """Call a verb of the room and draw the strip as it stands then; a refusal stands in it in words."""
    try:
        verb()
    except Refused as refusal:
        return fragment(request, session, f"{refusal} {refusal.remedy}".strip())
    except Nack as nack:
        words = {"closed": "The session has ended.", "not_open": "The room is not open yet."}
        return fragment(request, session, words.get(nack.code, "That did not go through. Please try again."))
    return fragment(request, session)


@requires("session", "read", methods=("GET",))
def strip(request: Request, session: uuid.UUID) -> HttpResponse:
    """What stands above the box just now."""
    return fragment(request, in_room(request, session))


@requires("session", "answer", methods=("POST",))
def waiting_line(request: Request, session: uuid.UUID) -> HttpResponse:
    """The clinician says "I will wait", and the patient is nudged; once (APPT-15)."""
    found, login = in_room(request, session), request.session.session_key or ""
    return done(request, found, lambda: waiting.say_waiting(found, by=request.user, login=login))


@requires("confidentiality", "write", methods=("POST",))
def posting(request: Request, session: uuid.UUID) -> HttpResponse:
    """The clinician posts the confidentiality statement, once (ROOM-7)."""
    found, login = in_room(request, session), request.session.session_key or ""
    return done(request, found, lambda: asking.post(found, by=request.user, login=login))


@requires("confidentiality", "answer", methods=("POST",))
def answer(request: Request, session: uuid.UUID) -> HttpResponse:
    """The patient agrees or not (ROOM-7)."""
    found, login = in_room(request, session), request.session.session_key or ""
    said = request.POST.get("answer", "")
    return done(request, found, lambda: asking.answer(found, said, by=request.user, login=login))


@requires("confidentiality", "read", methods=("GET",))
def statement(request: Request, session: uuid.UUID) -> HttpResponse:
    """How the statement of a session stands: for its clinician and the supervisor (ROOM-7)."""
    found = visible(request, Session, *RELATED, ref=session)
    posted = confidentiality.statement_of(found)
    context = {
        "session": found,
        "appointment": found.appointment,
        "statement": posted,
        "line": found.lines.filter(seq=posted.seq).first() if posted else None,
        "answers": posted.answers.select_related("by") if posted else [],
        "to_see": confidentiality.to_see(found, request.user),
    }
    return render(request, "therapy/room/confidentiality.html", context)


@requires("confidentiality", "comment", methods=("POST",))
def seen(request: Request, session: uuid.UUID) -> HttpResponse:
    """The supervisor has read it (ROOM-7)."""
    found = visible(request, Session, *RELATED, ref=session)
    confidentiality.mark_seen(found, by=request.user)
    messages.success(request, "It is off your list. It comes back if the next session leaves it open too.")
    return see(reverse("therapy:confidentiality", args=[found.ref]))
