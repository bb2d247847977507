"""The details of a case: diagnosis, step and protocol, how they came about, and the supervisor's agreement (NOTE-5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import may, may_on, relations_held, requires, visible
from accounts.requests import Request
from patients.models import Case, CaseDetail
from therapy.notes import details
from therapy.notes.forms import AgreementForm, DetailsForm
from therapy.notes.history import FIELDS, history_of, worded
from ui.errors import Refused
from ui.posting import attempt, see, status_of

RELATED = ("site", "patient", "clinician__user", "clinician__supervisor")


@requires("details", "read", methods=("GET",))
def show(request: Request, case: str) -> HttpResponse:
    """Diagnosis, step and protocol of a case, with the history of each change (NOTE-5)."""
    return _page(request, visible(request, Case, *RELATED, ref=case))


@requires("details", "write", methods=("POST",))
def change(request: Request, case: str) -> HttpResponse:
    """Set diagnosis, step and protocol (NOTE-5)."""
    found = visible(request, Case, *RELATED, ref=case)
    form = DetailsForm(found, request.POST)
    made = form.is_valid() and attempt(form, lambda: details.set_details(found, by=request.user, **form.cleaned_data))
    if not made:
        return _page(request, found, form=form)
    messages.success(request, f"Diagnosis, step and protocol are kept.{_asked(made)}")
    return see(details.page_of(found))


def _asked(made: CaseDetail) -> str:
    if not made.needs_agreement:
        return ""
    supervisor = details.asked_of(made)
    if supervisor is None:
        return " Nobody supervises you at the moment: the clinical lead is asked to name somebody who can agree."
    return f" {supervisor.name} is asked to agree to the protocol."


@requires("details", "answer", methods=("POST",))
def agreement(request: Request, case: str) -> HttpResponse:
    """The supervisor agrees to an unusual protocol, or not (NOTE-5)."""
    found = visible(request, Case, *RELATED, ref=case)
    form = AgreementForm(request.POST)
    if form.is_valid() and attempt(form, lambda: _decide(request, found, **form.cleaned_data)):
        messages.success(request, "Your decision is kept, and the clinician is told.")
        return see(details.page_of(found))
    return _page(request, found, agreement=form)


def _decide(request: Request, case: Case, *, detail: int, agreed: bool, text: str):
    chosen = case.details.filter(pk=detail).select_related("case", "by").first()
    if chosen is None:
        raise Refused("Nothing waits for agreement here any more.", remedy="Reload the page to see what is set now.")
    return details.decide(chosen, agreed, text, by=request.user)


def _page(request: Request, case: Case, **bound: Any) -> HttpResponse:
    """Draw what is set, whichever form was sent and did not go through, and the history."""
    held, history = relations_held("case", request.user, case), history_of(case)
    newest = history[0] if history else None
    writes, answers = (may_on(request.user, "details", verb, held) for verb in ("write", "answer"))
    waits = newest is not None and newest.waits
    start = {"detail": newest.detail.pk} if newest and waits else {}
    context = {
        "case": case,
        "form": bound.get("form") or (DetailsForm(case) if writes else None),
        "agreement": bound.get("agreement") or (AgreementForm(initial=start) if answers and waits else None),
        "newest": newest,
        "asked": details.asked_of(newest.detail) if newest and waits and not answers else None,
        "appoints": may(request.user, "supervisors", "write"),
        "set": [(label, worded(name, getattr(case, name))) for name, label in FIELDS.items()],
        "history": history,
    }
    status = max((status_of(form) for form in bound.values()), default=200)
    return render(request, "therapy/notes/details.html", context, status=status)
