"""The queue, the triage page of a case, the three decisions, and the patient's answer to a question."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from intake.triage import actions, pages
from intake.triage.forms import AcceptForm, AnswerForm, AskForm, DecisionForm, DeclineForm, QueueForm, SearchForm
from intake.triage.models import TriageDecision
from intake.triage.queries import QUEUE_STATES, latest_scores
from intake.triage.queries import queue as waiting
from patients.models import Case
from ui.errors import Refused
from ui.posting import attempt, see, status_of

ROWS_A_PAGE = 25
ROWS_OF_A_SEARCH = 50


@requires("queue", "read")
def queue(request: Request) -> HttpResponse:
    """Referrals in the order in which they want attention (REF-6); a search is posted and looks through all of them."""
    chosen = QueueForm(request.GET).chosen()
    search = SearchForm(request.POST or None)
    if request.method == "POST":
        return _found(request, search, chosen)
    page = Paginator(waiting(request.user, **chosen), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return _list(request, page.object_list, {"page": page, "search": search, "chosen": chosen})


def _found(request: Request, search: SearchForm, chosen: dict[str, str]) -> HttpResponse:
    context = {"search": search, "chosen": chosen}
    if not search.is_valid():
        return _list(request, [], context, status=422)
    words = search.cleaned_data["words"]
    rows = [row for state in QUEUE_STATES for row in waiting(request.user, state=state, words=words)[:ROWS_OF_A_SEARCH]]
    return _list(request, rows, context | {"searched": words, "too_many": len(rows) >= ROWS_OF_A_SEARCH})


def _list(request: Request, cases, context: dict, status: int = 200) -> HttpResponse:
    now = timezone.now()
    context |= {"rows": [pages.queue_row(case, now) for case in cases], "filters": QueueForm(initial=context["chosen"])}
    return render(request, "intake/triage_queue.html", context, status=status)


@requires("triage", "read")
def triage(request: Request, case: str) -> HttpResponse:
    """All that is known of a referral, its flags with the answers that raised them, and what can be decided."""
    found = _case(request, case)
    return render(request, "intake/triage_case.html", pages.triage_page(found, request.user, timezone.now()))


@requires("triage", "write")
def accept(request: Request, case: str) -> HttpResponse:
    """Accept the referral with a provisional step (REF-6)."""
    found = _case(request, case)
    form = AcceptForm(request.POST or None, case=found, indicated=latest_scores(found).indicated)
    return _decide(request, found, form, actions.accept, "Accept")


@requires("triage", "write")
def ask(request: Request, case: str) -> HttpResponse:
    """Ask the patient for more information (REF-6)."""
    found = _case(request, case)
    return _decide(request, found, AskForm(request.POST or None, case=found), _ask, "Ask for more information")


@requires("triage", "write")
def decline(request: Request, case: str) -> HttpResponse:
    """Decline the referral with a reason and where to go instead (REF-6)."""
    found = _case(request, case)
    return _decide(request, found, DeclineForm(request.POST or None, case=found), actions.decline, "Decline")


@requires("referral", "write")
def question(request: Request, case: str) -> HttpResponse:
    """The patient reads the latest question of triage and answers it, or patient services on the phone (REF-6)."""
    found = _case(request, case)
    asked = found.decisions.filter(decision=TriageDecision.Decision.ASK).select_related("answer").last()
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if asked is None:
            raise Refused("No question waits for an answer.")
        answer = attempt(form, lambda: actions.answer(asked, form.cleaned_data["text"], by=request.user))
        if answer:
            messages.success(request, "Thank you. Your answer is with us.")
            return see(reverse("desk:home"))
    context = {"case": found, "asked": asked, "form": form, "answered": getattr(asked, "answer", None)}
    return render(request, "intake/triage_question.html", context, status=status_of(form))


def _case(request: Request, case: str) -> Case:
    return access.visible(request, Case, "patient", "site", "referral", "self_assessment", ref=case)


def _ask(case: Case, *, reason: str, **rest) -> TriageDecision:
    return actions.ask(case, reason, **rest)


def _decide(request: Request, case: Case, form: DecisionForm, verb: Callable, title: str) -> HttpResponse:
    """Show a decision's form, or call its verb; what the verb refuses is shown beside what was typed."""
    if request.method == "POST" and form.is_valid():
        decided = attempt(form, lambda: verb(case, **form.cleaned_data, by=request.user))
        if decided:
            messages.success(request, f"{decided.get_decision_display()}: written to the notes of {case.ref}.")
            return see(reverse("intake:queue"))
    context = {"case": case, "form": form, "title": title, "flags": case.flags.all(), "scores": latest_scores(case)}
    context["alerts"] = pages.open_alerts(case)
    return render(request, "intake/triage_decision.html", context, status=status_of(form))
