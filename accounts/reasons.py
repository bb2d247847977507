"""Break-glass: a reason typed first, kept with each opening, and read by the clinical lead (ACC-4)."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.access import REASONS_KEY, may_with_reason, requires
from accounts.forms import ReasonForm
from accounts.policy import label_of
from accounts.requests import Request
from audit.models import AccessEntry
from ui.posting import posted, see, status_of

CASE_REF = re.compile(r"[0-9A-Z]{6,16}")
MOST_KEPT = 20
ENTRIES_A_PAGE = 50


@requires("break_glass", "write")
def give_reason(request: Request) -> HttpResponse:
    """Asks why the reader needs this thing of this case, keeps the answer for a quarter of an hour, goes on."""
    case_ref, thing = _asked(request)
    form = ReasonForm(posted(request))
    if form.is_valid():
        _keep(request, case_ref, thing, form.cleaned_data["reason"].strip())
        return see(_next(request))
    context = {"form": form, "case_ref": case_ref, "thing": label_of(thing), "back": settings.LOGIN_REDIRECT_URL}
    return render(request, "accounts/reason.html", context, status=status_of(form))


def _asked(request: Request) -> tuple[str, str]:
    case_ref, thing = request.GET.get("case", ""), request.GET.get("thing", "")
    if not CASE_REF.fullmatch(case_ref) or not may_with_reason(request.user, thing):
        raise Http404
    return case_ref, thing


def _keep(request: Request, case_ref: str, thing: str, reason: str) -> None:
    """The newest few reasons stay in the session; each opening they allow is written to the access log with them."""
    kept = request.session.get(REASONS_KEY, {})
    kept[f"{case_ref}:{thing}"] = {"reason": reason, "at": timezone.now().timestamp()}
    newest = sorted(kept.items(), key=lambda item: item[1]["at"])[-MOST_KEPT:]
    request.session[REASONS_KEY] = dict(newest)


def _next(request: Request) -> str:
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if safe else settings.LOGIN_REDIRECT_URL


@requires("reasons", "read", methods=("GET",))
def reasons(request: Request) -> HttpResponse:
    """Every opening for which a reason was typed, newest first, for the clinical lead."""
    entries = AccessEntry.objects.exclude(reason="").select_related("who")
    page = Paginator(entries, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/reasons.html", {"page": page})
