"""Pages on which an appointment is moved: by the clinician to any time, by the patient to a free one (APPT-11)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from therapy.appointments import around, breaches, moving, times
from therapy.appointments.choosing_forms import ChooseInsteadForm
from therapy.appointments.choosing_views import choice_context
from therapy.appointments.history import local
from therapy.appointments.models import Appointment
from therapy.appointments.offer_forms import MoveForm
from ui.posting import attempt, posted, see, status_of

RELATED = ("case__site", "case__policy_version", "case__patient", "case__clinician__user", "patient", "clinician__user")
OFFERED = ("starts_at", "minutes", "modality", "client_key", "side", "reason")


def _moved(request: Request, new: Appointment, said: str) -> HttpResponse:
    messages.success(request, said)
    return see(reverse("therapy:appointment", args=[new.ref]))


@requires("appointments", "write")
def moving_page(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The clinician moves an appointment, or patient services on somebody's word (APPT-11)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    form = MoveForm(found, data=posted(request))
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in OFFERED}
        if new := attempt(form, lambda: moving.move(found, by=request.user, **typed)):
            return _moved(
                request, new, f"Moved to {local(new.starts_at)}. The patient is told and asked to confirm it."
            )
        form.conflict = True
    if not form.errors and moving.why_not_move(found, timezone.now()):
        return see(reverse("therapy:appointment", args=[found.ref]))
    context = {
        "appointment": found,
        "case": found.case,
        "form": form,
        "hours": around.hours_in_words(found.case.wished_hours),
        "booked": around.booked(list_visible(request, Appointment), found.case, form.moments, timezone.now()),
    }
    return render(request, "therapy/appointments/moving.html", context, status=status_of(form))


@requires("appointments", "answer", methods=("GET",))
def other_times(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The free times that a patient can take in place of an appointment (APPT-11)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    at, options = timezone.now(), times.options_of(found.case)
    option = times.wanted(options, request.GET.get("how", "") or f"{found.modality}-{found.minutes}")
    context = {
        "appointment": found,
        "case": found.case,
        "options": options,
        "option": option,
        "why_not": moving.why_not_choose(found, at),
        "late": moving.would_be_late(found, at),
        "breach": breaches.next_count(found),
    }
    if option and not context["why_not"]:
        there = reverse("therapy:other-time", args=[found.ref])
        asked = request.GET.get("week", "")
        context |= times.page_of_times(found.case, option, asked, at, lambda query: f"{there}?{query}")
    return render(request, "therapy/appointments/times.html", context)


@requires("appointments", "answer")
def other_time(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Taking one free time in place of an appointment, after a look at what it means (APPT-11, APPT-13)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    at, options = timezone.now(), times.options_of(found.case)
    late = moving.would_be_late(found, at)
    form = ChooseInsteadForm(options, posted(request), at=at, asked=request.GET, late=late)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        if new := attempt(form, lambda: moving.move_to_free_time(found, by=request.user, **chosen)):
            return _moved(request, new, f"Moved to {local(new.starts_at)}. It is booked and confirmed.")
        form.conflict = True
    if form.moment is None or form.option is None or (not form.errors and moving.why_not_choose(found, at)):
        return see(reverse("therapy:other-times", args=[found.ref]))
    context = choice_context(found.case, form, form.moment, form.option, at, besides=found)
    context |= {"appointment": found, "late": late, "breach": breaches.next_count(found)}
    return render(request, "therapy/appointments/choosing.html", context, status=status_of(form))
