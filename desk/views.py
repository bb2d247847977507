"""Pages composed across packages: each role's home, the caseload, the case page, search."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import requires, signed_in, visible
from accounts.requests import Request
from desk.caseload import caseload_rows
from desk.casepage import case_page
from desk.forms import AdminNoteForm
from desk.homes import sections_of
from desk.patient_home import patient_home
from desk.search import find
from desk.tasks import MOST, number_owed, tasks_of
from patients.models import Case

CASES_A_PAGE = 25


@signed_in
def home(request: Request) -> HttpResponse:
    """What the person owes and what is next, role by role."""
    now = timezone.now()
    context = {"sections": sections_of(request.user, now), "tasks": tasks_of(request.user, now), "now": now}
    return render(request, "desk/home.html", context | {"most": MOST})


@signed_in
def tasks(request: Request) -> HttpResponse:
    """The part of the home page that an open tab asks for again when it hears that something has changed (TIME-21)."""
    now = timezone.now()
    if request.user.is_patient:
        return render(request, "desk/patient_to_do.html", {"home": patient_home(request.user, now)})
    return render(request, "desk/tasks.html", {"tasks": tasks_of(request.user, now), "most": MOST})


@signed_in
def number(request: Request) -> JsonResponse:
    """How many things whoever asks has to do: open tabs ask when the doorbell rings (TIME-21)."""
    return JsonResponse({"number": number_owed(request.user)})


@requires("caseload", "read", methods=("GET",))
def caseload(request: Request) -> HttpResponse:
    """The cases a clinician treats or a supervisor oversees, searchable."""
    return _list(request, "Caseload", "desk/caseload.html")


@requires("case_search", "read", methods=("GET",))
def cases(request: Request) -> HttpResponse:
    """Every case, searchable by reference, name or NHS number."""
    return _list(request, "Cases", "desk/caseload.html")


def _list(request: Request, title: str, template: str) -> HttpResponse:
    typed = request.GET.get("q", "")[:100]
    found = find(Case.objects.visible_to(request.user), typed).order_by("-referred_at")
    page = Paginator(found.select_related("patient", "site", "clinician__user"), CASES_A_PAGE).get_page(
        request.GET.get("page")
    )
    rows = caseload_rows(page.object_list, request.user, timezone.now())
    return render(request, template, {"title": title, "typed": typed, "page": page, "rows": rows})


@requires("case", "read", methods=("GET",))
def case(request: Request, case: str) -> HttpResponse:
    """One look at an episode of care."""
    found = visible(request, Case, "patient", "site", "clinician__user", "policy_version", ref=case)
    context = case_page(found, request.user, timezone.now())
    return render(request, "desk/case.html", {**context, "note_form": AdminNoteForm()})
