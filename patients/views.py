"""Who opened a record (ACC-5)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from audit.models import AccessEntry
from patients.models import Case

ENTRIES_A_PAGE = 50


@requires("access_log", "read", methods=("GET",))
def access_log(request: Request, case: str) -> HttpResponse:
    """Every opening of one case's record by staff, newest first, for the patient and for patient services."""
    found = access.visible(request, Case, ref=case)
    return _show(request, AccessEntry.objects.filter(case_ref=found.ref), case=found)


@requires("own_cases", "read", methods=("GET",))
def opened(request: Request) -> HttpResponse:
    """Every opening of the patient's own record by staff, whatever the episode."""
    own = Case.objects.visible_to(request.user, "access_log").values("ref")
    return _show(request, AccessEntry.objects.filter(case_ref__in=own))


def _show(request: Request, entries, case: Case | None = None) -> HttpResponse:
    page = Paginator(entries.select_related("who"), ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "patients/access_log.html", {"page": page, "case": case})
