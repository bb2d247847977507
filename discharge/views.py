"""Doors of the ending: the clinician ends therapy, patient services discharge."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.access import requires, visible
from discharge import actions, queries
from discharge.forms import EndingForm
from letters.models import LetterDraft
from patients.models import Case
from ui.errors import Refused


@requires("discharge", "write")
def start(request: HttpRequest, case: str) -> HttpResponse:
    """Choose how therapy ends; the checklist says what is still needed."""
    found = visible(request, Case, "patient", "site", ref=case)
    choices = actions.fitting_statuses(found)
    form = EndingForm(choices, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.request(found, form.cleaned_data["status"], form.cleaned_data["rationale"], by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
            return _start_page(request, found, form, choices, status=409)
        messages.success(request, "Therapy is ended. Write the discharge letter next.")
        return redirect("desk:case", case=found.ref)
    return _start_page(request, found, form, choices, status=422 if form.is_bound else 200)


def _start_page(request: HttpRequest, case: Case, form: EndingForm, choices, *, status: int) -> HttpResponse:
    context = {
        "case": case,
        "form": form,
        "misfits": [choice for choice in choices if choice.why_not],
        "items": queries.before_request(case, queries.facts_of(case)),
        "request_made": queries.latest_request(case) if case.state == "discharging" else None,
    }
    return render(request, "discharge/start.html", context, status=status)


@requires("letters", "write", methods=("POST",))
def letter_submission(request: HttpRequest, letter: str) -> HttpResponse:
    """Submit the discharge letter to patient services."""
    found = visible(request, LetterDraft, "case", ref=letter)
    actions.submit_letter(found, by=request.user)
    messages.success(request, "Submitted. Patient services will look at it.")
    return redirect("letters:preview", letter=found.ref)


@requires("discharge_desk", "read", methods=("GET",))
def desk(request: HttpRequest) -> HttpResponse:
    """The cases that wait to be discharged."""
    return render(request, "discharge/desk.html", {"requests": queries.desk()})


@requires("discharge", "approve")
def discharge(request: HttpRequest, case: str) -> HttpResponse:
    """Look at one ending and discharge the case."""
    found = visible(request, Case, "patient", "site", ref=case)
    if request.method == "POST":
        actions.discharge(found, by=request.user)
        messages.success(request, "Discharged.")
        return redirect("discharge:desk")
    asked = queries.latest_request(found)
    items = queries.before_discharge(found, queries.facts_of(found), asked) if asked else []
    context = {"case": found, "asked": asked, "items": items, "ready": asked and all(item.done for item in items)}
    return render(request, "discharge/discharge.html", context)
