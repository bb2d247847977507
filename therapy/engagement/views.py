"""The engagement page of a case: where it stands, breaches, what the clinician decides (ENG-6, APPT-20)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from patients.models import Case
from therapy.appointments.models import Appointment
from therapy.engagement import actions, queries
from therapy.engagement.forms import DecisionForm, ExcuseForm
from therapy.engagement.panel import panel_of
from ui.posting import attempt, posted, see, status_of

RELATED = ("patient", "clinician__user", "policy_version")


def _see(case: Case) -> HttpResponse:
    return see(reverse("therapy:engagement", args=[case.ref]))


@requires("engagement", "read", methods=("GET",))
def engagement(request: Request, case: str) -> HttpResponse:
    """Where the case stands, what comes next and when, what would stop it (ENG-6)."""
    found = access.visible(request, Case, *RELATED, ref=case)
    context = {
        "case": found,
        "panel": panel_of(found, timezone.now()),
        "writes": access.may(request.user, "engagement", "write"),
    }
    return render(request, "therapy/engagement/engagement.html", context)


@requires("engagement", "write", methods=("POST",))
def settlement(request: Request, case: str) -> HttpResponse:
    """A next step is agreed, or a ticket raised (ENG-4)."""
    found = access.visible(request, Case, *RELATED, ref=case)
    actions.settle_difficulties(found, by=request.user)
    messages.success(request, "Noted. It is off your list.")
    return _see(found)


@requires("engagement", "write")
def excuse(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Says that a missed or late-cancelled session does not count (APPT-20)."""
    found = access.visible(request, Appointment, "case__patient", "case__clinician", ref=appointment)
    form = ExcuseForm(posted(request))
    if form.is_valid() and attempt(form, lambda: actions.excuse(found, form.cleaned_data["reason"], by=request.user)):
        messages.success(request, "It does not count.")
        return _see(found.case)
    context = {"appointment": found, "form": form}
    return render(request, "therapy/engagement/excuse.html", context, status=status_of(form))


@requires("engagement", "write")
def decision(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Decides whether therapy goes on after the last allowed breach (APPT-20)."""
    found = access.visible(request, Appointment, "case__patient", "case__clinician", ref=appointment)
    form = DecisionForm(posted(request))
    if form.is_valid() and attempt(form, lambda: actions.decide(found, **form.cleaned_data, by=request.user)):
        messages.success(request, "Your decision is kept.")
        return _see(found.case)
    why = queries.why_not_end(found.case, timezone.now())
    context = {"appointment": found, "form": form, "why_not_end": why}
    return render(request, "therapy/engagement/decision.html", context, status=status_of(form))
