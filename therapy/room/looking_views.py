"""Pages of looking in: asking, answering, taking back, and the supervisor's reading page (ROOM-1)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import requires, visible
from accounts.addresses import client_address
from accounts.requests import Request
from therapy.appointments.models import Appointment
from therapy.room import actions, looking
from therapy.room.models import LookIn, Session
from ui.errors import Refused
from ui.posting import see

RELATED = ("case", "patient__user", "clinician__user", "clinician__supervisor", "session")
LINES_A_PAGE = 200


def _to(appointment: Appointment) -> HttpResponse:
    return see(reverse("therapy:look-in", args=[appointment.ref]))


def _standing(appointment: Appointment) -> LookIn:
    found = looking.current(appointment)
    if found is None:
        raise Refused("Nobody has asked to look in.")
    return found


@requires("look_in", "read", methods=("GET",))
def look_in(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Whether a supervisor may look in, for the two whose session it is, and for the supervisor."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    asked = looking.current(found)
    context = {
        "appointment": found,
        "asked": asked,
        "word": looking.last_word(asked) if asked else "",
        "is_patient": request.user.pk == found.patient.user_id,
        "is_clinician": request.user.pk == found.clinician.user_id,
        "in_time": found.is_open and timezone.now() < found.starts_at,
    }
    return render(request, "therapy/room/look_in.html", context)


@requires("look_in", "write", methods=("POST",))
def asking(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The clinician asks the patient (ROOM-1)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    looking.ask(found, by=request.user)
    messages.success(request, "The patient is asked. Nobody looks in unless they agree before the session.")
    return _to(found)


@requires("look_in", "write", methods=("POST",))
def withdrawing(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The clinician takes it back, at any time (ROOM-1)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    looking.say(_standing(found), looking.WITHDRAWN, by=request.user)
    messages.success(request, "Taken back. Nobody looks in.")
    return _to(found)


@requires("look_in", "answer", methods=("POST",))
def answering(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The patient agrees or not, and can take it back at any time (ROOM-1)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    looking.say(_standing(found), request.POST.get("word", ""), by=request.user)
    messages.success(request, "Thank you. We have kept your answer. You can change your mind at any time.")
    return _to(found)


def _watched(request: Request, ref: uuid.UUID) -> Session:
    found = looking.watched(request.user, ref)
    if found is None:
        raise Http404
    return found


@requires("look_in", "watch", methods=("GET",))
def watching(request: Request, session: uuid.UUID) -> HttpResponse:
    """The conversation for a supervisor who looks in: to read, and visible to both."""
    found = _watched(request, session)
    return render(request, "therapy/room/looking.html", {"session": found, "appointment": found.appointment})


@requires("look_in", "watch", methods=("POST",))
def watched_lines(request: Request, session: uuid.UUID) -> JsonResponse:
    """The lines after a number, without a socket; asking is being there (ROOM-2, ROOM-4)."""
    found = _watched(request, session)
    looking.come_in(found, request.user, address=client_address(request))
    after = request.POST.get("after", "0")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    return JsonResponse({"lines": actions.lines_after(found, number, LINES_A_PAGE, reader=request.user)})
