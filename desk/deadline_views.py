"""The operator's pages of deadlines (TIME-24): those of a case, those of the service, and moving one with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import may_on, relations_held, requires, visible
from accounts.requests import Request
from deadlines import actions, registry
from deadlines.models import Deadline, DeadlineQuerySet, OperatorTask
from desk.forms import MoveDeadlineForm
from notices import actions as notices
from notices import machinery
from notices.models import OutboxMessage
from patients.models import Case
from patients.rules import read_case_ref
from ui.posting import attempt, posted, see, status_of

DEADLINES_A_PAGE = 25
# What a page can be narrowed to: the words and the rows.
STANDINGS: dict[str, tuple[str, Any]] = {
    "open": ("Open", lambda rows: rows.filter(state="open")),
    "overdue": ("Overdue and not done", lambda rows: rows.filter(state="missed", settled_at=None)),
    "failing": ("Failing", lambda rows: rows.filter(state="open", attempts__gt=0)),
    "met": ("Met", lambda rows: rows.filter(state="met")),
    "missed": ("Missed", lambda rows: rows.filter(state="missed")),
    "cancelled": ("Cancelled", lambda rows: rows.filter(state="cancelled")),
}


@requires("deadlines", "read", methods=("GET",))
def of_case(request: Request, case: str) -> HttpResponse:
    """Every deadline of a case, the newest first, why each is in its state, and how it came to its time."""
    found = visible(request, Case, ref=case)
    rows = Deadline.objects.filter(case_ref=found.ref).order_by("-opened_at", "-pk")
    writing = may_on(request.user, "deadlines", "write", relations_held("case", request.user, found))
    context = {"case": found, "may_move": writing, **_page(request, rows)}
    return render(request, "deadlines/of_case.html", context)


@requires("machinery", "read", methods=("GET",))
def all_deadlines(request: Request) -> HttpResponse:
    """The service's deadlines, those due soonest first, and what machines failed at."""
    rows = Deadline.objects.order_by("due_at", "pk")
    typed = request.GET.get("q", "")[:20]
    if typed:
        ref = read_case_ref(typed)
        rows = rows.filter(case_ref=ref) if ref else rows.none()
    elif not request.GET.get("standing"):
        rows = rows.owed()
    tasks = OperatorTask.objects.filter(closed_at=None).order_by("opened_at")[:DEADLINES_A_PAGE]
    given_up = OutboxMessage.objects.filter(gave_up_at__isnull=False, not_after=None).order_by("-gave_up_at")
    counts = dict(Deadline.objects.open().values_list("kind").annotate(Count("pk")))
    context = {
        "checks": machinery.checks(timezone.now()),
        "typed": typed,
        "tasks": tasks,
        "given_up": given_up[:DEADLINES_A_PAGE],
        "counts": sorted((registry.label_of(kind), number) for kind, number in counts.items()),
        **_page(request, rows),
    }
    return render(request, "deadlines/all.html", context)


def _page(request: Request, rows: DeadlineQuerySet) -> dict[str, Any]:
    """The rows narrowed to what was asked for, a page of them, and what can be asked for."""
    standing, kind = request.GET.get("standing", ""), request.GET.get("kind", "")
    if standing in STANDINGS:
        rows = STANDINGS[standing][1](rows)
    if kind in registry.KINDS:
        rows = rows.filter(kind=kind)
    shown = rows.select_related("owner").prefetch_related("moves__by")
    return {
        "page": Paginator(shown, DEADLINES_A_PAGE).get_page(request.GET.get("page")),
        "standing": standing,
        "standings": [(name, label) for name, (label, _) in STANDINGS.items()],
        "kind": kind,
        "kinds": sorted(((name, known.label) for name, known in registry.KINDS.items()), key=lambda pair: pair[1]),
        "asked": bool(standing or kind),
        "now": timezone.now(),
    }


@requires("deadlines", "write")
def move(request: Request, case: str, deadline: int) -> HttpResponse:
    """Give a deadline of a case another time, with a reason."""
    found = visible(request, Case, ref=case)
    row = Deadline.objects.filter(case_ref=found.ref, pk=deadline).select_related("owner").first()
    if row is None:
        raise Http404
    form = MoveDeadlineForm(posted(request), due_at=row.due_at)
    if form.is_valid():
        due_at, reason = form.moment(), form.cleaned_data["reason"]
        attempt(form, lambda: actions.move(row, due_at, by=request.user, reason=reason))
    if form.is_bound and not form.errors:
        messages.success(request, "The deadline has been moved.")
        return see(reverse("desk:deadlines", args=[found.ref]))
    context = {"case": found, "deadline": row, "form": form}
    return render(request, "deadlines/move.html", context, status=status_of(form))


@requires("machinery", "write", methods=("POST",))
def try_again(request: Request, outgoing: int) -> HttpResponse:
    """Have a message sent after all that was given up."""
    row = OutboxMessage.objects.filter(pk=outgoing).first()
    if row is None:
        raise Http404
    notices.try_again(row, by=request.user)
    messages.success(request, "It will be tried again within a minute.")
    return see(reverse("desk:all-deadlines"))
