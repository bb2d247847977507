"""Doors of the ending: the clinician ends therapy, patient services discharge."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import requires, visible
from accounts.requests import Request
from discharge import actions, queries
from discharge.forms import EndingForm
from letters.models import LetterDraft
from letters.views import submit_with
from patients.models import Case
from ui.posting import attempt, posted, see, status_of


@requires("discharge", "write")
def start(request: Request, case: str) -> HttpResponse:
    """Choose how therapy ends; the checklist says what is still needed."""
    found = visible(request, Case, "patient", "site", ref=case)
    choices = actions.fitting_statuses(found)
    form = EndingForm(choices, posted(request))
    if form.is_valid() and attempt(form, lambda: actions.request(found, by=request.user, **form.cleaned_data)):
        messages.success(request, "Therapy is ended. Write the discharge letter next.")
        return see(reverse("desk:case", args=[found.ref]))
    context = {
        "case": found,
        "form": form,
        "misfits": [choice for choice in choices if choice.why_not],
        "items": queries.before_request(found, queries.facts_of(found)),
        "request_made": queries.latest_request(found) if found.state == "discharging" else None,
    }
    return render(request, "discharge/start.html", context, status=status_of(form))


@requires("letters", "write", methods=("POST",))
def letter_submission(request: Request, letter: str) -> HttpResponse:
    """Submit the discharge letter to patient services."""
    found = visible(request, LetterDraft, "case__patient", "case__site", "author", ref=letter)
    return submit_with(request, found, actions.submit_letter)


@requires("discharge_desk", "read", methods=("GET",))
def desk(request: Request) -> HttpResponse:
    """The cases that wait to be discharged."""
    return render(
        request, "discharge/desk.html", {"requests": queries.desk(), "never_engaged": queries.never_engaged()}
    )


@requires("discharge", "approve")
def discharge(request: Request, case: str) -> HttpResponse:
    """Look at one ending and discharge the case."""
    found = visible(request, Case, "patient", "site", ref=case)
    if request.method == "POST":
        actions.discharge(found, by=request.user)
        messages.success(request, "Discharged.")
        return see(reverse("discharge:desk"))
    asked = queries.latest_request(found)
    items = queries.before_discharge(found, queries.facts_of(found), asked) if asked else []
    context = {"case": found, "asked": asked, "items": items, "ready": asked and all(item.done for item in items)}
    context["never_engaged"] = not asked and queries.is_never_engaged(found)
    return render(request, "discharge/discharge.html", context)
