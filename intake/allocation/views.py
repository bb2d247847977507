"""The page of waiting cases and free places, runs with their reasons, and allocating by hand."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from intake.allocation import actions, inputs, pages
from intake.allocation.forms import ByHandForm
from intake.allocation.models import AllocationRun
from patients.models import Case
from ui.posting import attempt, see, status_of

ROWS_A_PAGE = 25
RUNS_SHOWN = 5


@requires("allocation", "read", methods=("GET",))
def allocation(request: Request) -> HttpResponse:
    """Who waits and who could be allocated, who has free places, and the latest runs (ALLOC-3, ALLOC-7)."""
    at = timezone.now()
    clinicians = inputs.clinician_facts(at)
    rows = inputs.waiting().select_related("site", "patient")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": pages.waiting_rows(page.object_list, clinicians, at),
        "runs": access.list_visible(request, AllocationRun).select_related("by")[:RUNS_SHOWN],
    }
    return render(request, "intake/allocation.html", context | pages.places(clinicians, at))


@requires("allocation", "write", methods=("POST",))
def preview(request: Request) -> HttpResponse:
    """Work out a run; nothing is allocated yet (ALLOC-3)."""
    made = actions.preview(by=request.user)
    return see(reverse("intake:run", args=[made.ref]))


@requires("allocation", "read", methods=("GET",))
def run(request: Request, run: str) -> HttpResponse:
    """What a run found, match by match, with what was considered and what excluded the rest (ALLOC-2)."""
    found = access.visible(request, AllocationRun, "by", ref=run)
    show = "nobody" if request.GET.get("show") == "nobody" else "matched"
    page = Paginator(pages.matches(found, show), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "run": found,
        "show": show,
        "page": page,
        "rows": pages.match_rows(page),
        "matched": found.matches.filter(clinician__isnull=False).count(),
        "nobody": found.matches.filter(clinician=None).count(),
    }
    return render(request, "intake/allocation_run.html", context)


@requires("allocation", "write", methods=("POST",))
def application(request: Request, run: str) -> HttpResponse:
    """Allocate what the run found, wherever it still holds (ALLOC-9)."""
    found = access.visible(request, AllocationRun, ref=run)
    outcomes = actions.apply(found, by=request.user)
    given = sum(outcome.allocated for outcome in outcomes)
    passed = len(outcomes) - given
    if not outcomes:
        messages.info(request, "There was nothing left to apply: this run has been applied already.")
    else:
        words = f"Allocated {given} {'case' if given == 1 else 'cases'}."
        messages.success(request, f"{words} {passed} passed over, see why below." if passed else words)
    return see(reverse("intake:run", args=[found.ref]))


@requires("allocation", "write")
def by_hand(request: Request, case: str) -> HttpResponse:
    """Allocate one case by hand, with a reason (ALLOC-3)."""
    found = access.visible(request, Case, "patient", "site", "clinician__user", ref=case)
    form = ByHandForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.allocate_by_hand(found, **form.cleaned_data, by=request.user))
        if made:
            messages.success(request, f"{found.ref} is allocated to {made.clinician.user.name}.")
            return see(reverse("intake:allocation"))
    context = {"case": found, "form": form, "waits": found.state == "waiting"}
    context["choices"] = pages.choices(found, timezone.now()) if context["waits"] else []
    return render(request, "intake/allocation_by_hand.html", context, status=status_of(form))
