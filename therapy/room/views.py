"""Pages of the room, and its twin of the socket for networks that block sockets (ROOM-2)."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import list_visible, may, requires, visible
from accounts.forms import PreferencesForm
from accounts.requests import Request
from files.scanning import notice
from live import doorbell
from therapy.appointments import actions as appointments
from therapy.appointments.models import Appointment
from therapy.connection.showing import drawing_for, phone
from therapy.enclosures.adding import content_of, refusal_as_json
from therapy.room import actions, frames, record, rules, sharing, typed
from therapy.room.forms import EndForm
from therapy.room.frames import Nack, iso
from therapy.room.models import Session
from therapy.room.strip import strip_of
from ui.errors import Refused
from ui.posting import attempt, posted, see, status_of, wants_json

RELATED = (
    "patient_user",
    "clinician_user",
    "appointment__case__policy_version",
    "appointment__case__clinician",
    "appointment__case__site",
    "appointment__patient__user",
    "appointment__clinician__user",
)
# What a page that only shows lines needs: to plan a query over twelve tables takes Postgres as long as all the rest.
OF_A_RECORD = ("appointment__case", "appointment__patient")
LINES_A_PAGE = 200
FLOOD_WITHIN = dt.timedelta(seconds=rules.LINES_AT_ONCE / rules.LINES_A_SECOND)
NOT_TAKEN = "The file could not be added to this session."
HTTP_STATUS = {"malformed": 400, "too_long": 413, "empty": 422, "too_fast": 429, "busy": 503}


def _to(name: str, ref: uuid.UUID) -> HttpResponse:
    return see(reverse(name, args=[ref]))


def _room(request: Request, ref: uuid.UUID) -> Session:
    """Return the session of one of its two people, or raise Http404 (ROOM-4)."""
    session = list_visible(request, Session).filter(ref=ref).select_related(*RELATED).first()
    if session is None or actions.why_closed(session, request.user, timezone.now()) == "forbidden":
        raise Http404
    return session


@requires("session", "write", methods=("POST",))
def joining(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The door of the room: a patient who comes to an unconfirmed offer confirms it by coming (APPT-5)."""
    found = visible(request, Appointment, "case", "patient", "clinician", ref=appointment)
    if found.status == "offered" and request.user.pk == found.patient.user_id:
        found = appointments.confirm_by_joining(found, by=request.user)
    session = getattr(found, "session", None) or actions.open_session(found)
    return _to("therapy:room", session.ref)


@requires("session", "read", methods=("GET",))
def room(request: Request, session: uuid.UUID) -> HttpResponse:
    """The conversation, or what to do before and after it (ROOM-1)."""
    found = visible(request, Session, *RELATED, ref=session)
    now = timezone.now()
    why = actions.why_closed(found, request.user, now)
    if why == "forbidden":
        raise Http404
    page = {"not_open": "waiting", "ended": "over"}.get(why, "room")
    side = found.side_of(request.user)
    context = {
        "session": found,
        "appointment": found.appointment,
        "side": side,
        "other": found.clinician_user.name if side == "patient" else found.appointment.patient.called,
        "now": now,
        "longest": rules.LONGEST_TEXT,
        "display": PreferencesForm(user=request.user) if page == "room" else None,
        "file_notice": notice(),
        "unsent": typed.unsent_of(found, request.user) if page == "over" else "",
        **(strip_of(found, request.user, now) if page == "room" else phone()),
    }
    return render(request, f"therapy/room/{page}.html", context)


@requires("session", "write")
def lines(request: Request, session: uuid.UUID) -> JsonResponse:
    """GET: the lines after a number. POST: one line, acknowledged after its commit. The socket's twin (ROOM-2)."""
    found = _room(request, session)
    if request.method == "POST":
        return _written(request, found)
    after = request.GET.get("after", "0")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    sent = actions.lines_after(found, number, LINES_A_PAGE, reader=request.user)
    return JsonResponse({"head": found.head, "lines": sent, "more": len(sent) == LINES_A_PAGE})


def _written(request: Request, session: Session) -> JsonResponse:
    frame = _frame(request)
    key = request.session.session_key or ""
    try:
        _refuse_flood(session, request.user, frame.get("cid"))
        ack = actions.write(session.ref, request.user, frame.get("cid"), frame.get("text"), login=key)
    except Nack as nack:
        return JsonResponse(nack.frame(), status=HTTP_STATUS.get(nack.code, 409))
    return JsonResponse(ack.frame())


@requires("session", "write")
def shared(request: Request, session: uuid.UUID) -> JsonResponse:
    """GET: where the files of the session stand. POST: one file becomes a line, acknowledged as a line is (ROOM-11)."""
    found = _room(request, session)
    if request.method == "GET":
        return JsonResponse({"files": sharing.shared_files(found, request.user)})
    cid, login = request.POST.get("cid"), request.session.session_key or ""
    try:
        _refuse_flood(found, request.user, cid)
        ack = sharing.share(found, request.user, content_of(request.FILES.get("file")), cid, login=login)
    except Nack as nack:
        return JsonResponse(nack.frame() | {"words": NOT_TAKEN}, status=HTTP_STATUS.get(nack.code, 409))
    except Refused as refusal:
        return refusal_as_json(refusal)
    return JsonResponse(ack.frame())


def _refuse_flood(session: Session, user, cid: object) -> None:
    """Raise Nack where a person wrote more lines just now than anybody types; the socket counts for itself (ROOM-5)."""
    since = timezone.now() - FLOOD_WITHIN
    if session.lines.filter(sender=user, at__gt=since).count() > rules.LINES_AT_ONCE:
        raise Nack(cid, "too_fast", rules.RETRY_SECONDS)


def _frame(request: Request) -> dict[str, Any]:
    """Return the JSON object that was posted; anything else counts as an empty one."""
    try:
        frame = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}


@requires("session", "write", methods=("POST",))
def beat(request: Request, session: uuid.UUID) -> JsonResponse:
    """The heartbeat without a socket: says that one is here and what one has seen; returns where all stands."""
    found = _room(request, session)
    now = timezone.now()
    if not found.ended_at and not found.presences.filter(user=request.user).exists():
        actions.join(found, request.user, at=now)
    told = _frame(request)
    if told.get("reloaded") is True:
        actions.not_left(found, request.user)
    if seq := frames.number(told.get("seen")):
        actions.mark_seen(found, request.user, seq)
    state = actions.beat(found, request.user, login=request.session.session_key or "", at=now)
    doorbell.ring(actions.group_of(found.ref), {"presence": found.side_of(request.user)})
    return JsonResponse(
        {
            "head": state.head,
            "ended": state.ended,
            **state.presence(now),
            "seen": state.other_seen,
            "you": found.side_of(request.user),
            "limits": frames.limits(),
            "draft": typed.typed_by(found, request.user).values(),
            "now": iso(now),
        }
    )


@requires("session", "write", methods=("POST",))
def leaving(request: Request, session: uuid.UUID) -> HttpResponse:
    """The word of a page without a socket that its person leaves the room (APPT-17, ROOM-3)."""
    actions.leave(request.user, session=_room(request, session))
    return HttpResponse(status=204)


@requires("session", "write", methods=("POST",))
def draft(request: Request, session: uuid.UUID) -> JsonResponse:
    """Keep what is being typed, without a socket, or say what another window wrote meanwhile (ROOM-3, MSG-9)."""
    found = _room(request, session)
    frame = _frame(request)
    told, leaving = typed.told_in(frame), frame.get("leaving") is True
    if told is None:
        return JsonResponse({"draft": False, "code": "malformed"}, status=400)
    answer = typed.save(found, request.user, told, login=request.session.session_key or "", leaving=leaving)
    return JsonResponse(answer, status=200 if answer["draft"] else 409)


@requires("session", "answer")
def end(request: Request, session: uuid.UUID) -> HttpResponse:
    """The clinician ends the session with exactly one outcome (APPT-19)."""
    found = visible(request, Session, *RELATED, ref=session)
    if found.ended_at or found.appointment.status != "confirmed":
        return _to("therapy:note", found.appointment.ref)
    now = timezone.now()
    form = EndForm(found, now, posted(request))
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: actions.end_session(found, by=request.user, **form.cleaned_data)):
            messages.success(request, "The session has ended. Now write its note.")
            return _to("therapy:note", found.appointment.ref)
    drawing = drawing_for(found.appointment, now)
    context = {"session": found, "appointment": found.appointment, "form": form, "drawing": drawing}
    return render(request, "therapy/room/end.html", context, status=status_of(form))


@requires("transcript", "read", methods=("GET",))
def transcript(request: Request, session: uuid.UUID) -> HttpResponse:
    """The record of the conversation, for reading only (ROOM-8)."""
    found = visible(request, Session, *OF_A_RECORD, ref=session)
    context = {
        "session": found,
        "appointment": found.appointment,
        "lines": record.rows_of(found, request.user),
        "side": found.side_of(request.user),
        "may_plan": may(request.user, "session_tools", "read"),
        "marking": request.GET.get("mark") == "yes",
    }
    return render(request, "therapy/room/transcript.html", context)


@requires("session", "write", methods=("POST",))
def sent_in_error(request: Request, session: uuid.UUID, seq: int) -> HttpResponse:
    """Mark one's own line as sent in error (ROOM-8); the room itself asks for JSON."""
    found = _room(request, session)
    line = found.lines.filter(seq=seq).first()
    if line is None:
        raise Http404
    actions.mark_sent_in_error(line, by=request.user)
    if wants_json(request):
        return JsonResponse({"marked": True})
    messages.success(request, "The line is marked as sent by mistake. It stays part of the record.")
    return _to("therapy:transcript", found.ref)
