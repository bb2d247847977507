"""The summary of a session: its page for the clinician, saved while it is written, sent once (ROOM-12)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import requires
from accounts.requests import Request
from drafts import actions as drafts
from patients.wording.findings import ANSWER, NOTHING_FOUND, PointedOut
from therapy.appointments.models import Appointment
from therapy.messages.composing import pointed_out
from therapy.together import presenting
from therapy.together import summary as verbs
from therapy.together.forms import SummaryDraftForm, SummaryForm
from therapy.together.models import SessionSummary
from therapy.together.views import appointment_of
from ui import saving
from ui.posting import attempt, posted, see, status_of


@requires("session_tools", "answer")
def summary(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Drawn up from agenda and homework, changed by hand, sent as a message; a promise is pointed out (NOTE-8)."""
    found = appointment_of(request, appointment)
    kept = verbs.kept(found, request.user)
    form = SummaryForm(posted(request), initial={"text": kept.texts[verbs.TEXT], "version": kept.version})
    looked_at = pointed_out(found.case, request.user, form.cleaned_data["text"]) if form.is_valid() else NOTHING_FOUND
    waits = looked_at.waits(request.POST.get(ANSWER, ""))
    if form.is_valid() and not waits and attempt(form, lambda: _send(request, found, form, looked_at)):
        messages.success(request, "Sent to the patient as a message.")
        return see(reverse("therapy:session-summary", args=[found.ref]))
    context = presenting.plan_of(found, request.user) | {"pointed_out": looked_at if waits else NOTHING_FOUND}
    context |= {"form": form, "sent": verbs.sent_of(found), "draft_at": kept.at, "has_begun": verbs.has_begun(found)}
    context["laid_aside"] = verbs.laid_aside(found, request.user)
    return render(request, "therapy/together/summary.html", context, status=422 if waits else status_of(form))


def _send(request: Request, found: Appointment, form: SummaryForm, looked_at: PointedOut) -> SessionSummary:
    return verbs.send(found, form.cleaned_data["text"], by=request.user, despite=looked_at)


@requires("session_tools", "answer")
def draft(request: Request, appointment: uuid.UUID) -> JsonResponse:
    """The summary as it is being written: GET reads what is kept, POST keeps it (MSG-9)."""
    found = appointment_of(request, appointment)
    form, key = SummaryDraftForm(request.POST), verbs.key_of(found)
    return saving.answer(
        request,
        form,
        lambda: verbs.kept(found, request.user),
        lambda: drafts.save(request.user, key, {verbs.TEXT: form.cleaned_data["text"]}, form.cleaned_data["version"]),
    )


@requires("session_tools", "answer", methods=("POST",))
def again(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Draws the summary up anew; what stands in the box can be brought back."""
    found = appointment_of(request, appointment)
    verbs.draw_up_again(found, _in_the_box(request, found), by=request.user)
    return see(reverse("therapy:session-summary", args=[found.ref]))


@requires("session_tools", "answer", methods=("POST",))
def back(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Brings back what was written before; what stands in the box now changes places with it."""
    found = appointment_of(request, appointment)
    verbs.bring_back(found, _in_the_box(request, found), by=request.user)
    return see(reverse("therapy:session-summary", args=[found.ref]))


def _in_the_box(request: Request, found: Appointment) -> str:
    """What was typed, also where its last words were not saved yet; longer than can be kept is what was saved."""
    form = SummaryDraftForm(request.POST)
    form.is_valid()
    return form.cleaned_data.get("text") or verbs.kept(found, request.user).texts[verbs.TEXT]


@requires("session_tools", "answer", methods=("POST",))
def note(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Puts agenda and homework into the draft of the session's note."""
    found = appointment_of(request, appointment)
    verbs.put_into_note(found, by=request.user)
    messages.success(request, "Agenda and homework stand in the note. Read it before you sign.")
    return see(reverse("therapy:note", args=[found.ref]))
