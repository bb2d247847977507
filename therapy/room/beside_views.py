"""Fragments of the clinician's side panel, and what it does (ROOM-6)."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import requires
from accounts.requests import Request
from therapy.messages import templates
from therapy.room import actions, beside
from therapy.room.frames import Nack
from therapy.room.models import Session
from therapy.room.strip_views import in_room
from ui.errors import Refused
from ui.posting import see

SENT = "I have sent you a questionnaire: {title}. It takes a few minutes. You find it here: {link}"


def _part(request: Request, session: Session, part: str, **more: str) -> HttpResponse:
    context = beside.part_of(part, session, request.user, timezone.now())
    context |= {"session": session, "appointment": session.appointment, **more}
    return render(request, f"therapy/room/panel_{part}.html", context)


@requires("session", "answer", methods=("GET",))
def part(request: Request, session: uuid.UUID, part: str) -> HttpResponse:
    """One part of the panel, fetched when it is opened."""
    found = in_room(request, session)
    if part not in beside.PARTS:
        raise Http404
    return _part(request, found, part)


@requires("session", "answer", methods=("GET",))
def template(request: Request, session: uuid.UUID, template: str) -> JsonResponse:
    """A message template filled for this session, to be put into the box and changed there (MSG-3)."""
    found = in_room(request, session)
    try:
        filled = templates.prepared(template, found.case, appointment=found.appointment)
    except Refused as refusal:
        return JsonResponse({"message": str(refusal)}, status=404)
    return JsonResponse({"text": filled.text, "missing": list(filled.missing)})


@requires("session", "answer", methods=("POST",))
def questionnaire(request: Request, session: uuid.UUID) -> HttpResponse:
    """Send a questionnaire into the session: the patient gets it, and a line says where it is (ROOM-6)."""
    found = in_room(request, session)
    measure = request.POST.get("measure", "")
    try:
        given = beside.give(found, measure, timezone.now())
    except KeyError:
        raise Refused("There is no such questionnaire.", remedy="Choose one from the list.") from None
    link = request.build_absolute_uri(reverse("measures:questionnaire", args=[given.ref]))
    said = SENT.format(title=measure.upper(), link=link)
    words = "Sent. A line in the conversation says where it is."
    try:
        actions.write(
            found.ref, request.user, f"questionnaire-{measure}", said, login=request.session.session_key or ""
        )
    except Nack:
        words = "The patient has it among their questionnaires. The session is closed, so no line says so."
    if not request.headers.get("HX-Request"):
        return see(reverse("therapy:room", args=[found.ref]))
    return _part(request, found, "questionnaires", said=words)
