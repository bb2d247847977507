"""Raising a ticket, its page with the dialogue, closing it, and the desks of supervisor and clinician."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from drafts import actions as drafts
from patients.models import Case
from patients.wording.findings import ANSWER, NOTHING_FOUND, PointedOut
from supervision import actions, queries, rules
from supervision.forms import ClosingForm, DeskForm, PostForm, TicketForm
from supervision.models import Ticket
from ui import saving
from ui.posting import attempt, see, status_of

ROWS_A_PAGE = 25
RELATED = ("case__patient", "case__clinician__user", "case__site", "author", "supervisor")


@requires("ticket_desk", "read")
def desk(request: Request) -> HttpResponse:
    """The supervisor's desk: urgent first, then by time left (SUP-7)."""
    everything = Ticket.objects.visible_to(request.user, "tickets", "answer").exclude(case__clinician=None)
    names = everything.values_list("case__clinician__ref", "case__clinician__user__name").distinct()
    clinicians = [(str(ref), name) for ref, name in names.order_by("case__clinician__user__name")]
    filters = DeskForm(request.GET, clinicians=clinicians)
    chosen = filters.chosen()
    page = Paginator(queries.desk(request.user, **chosen), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filters": DeskForm(initial=chosen, clinicians=clinicians),
        "filtered": any(chosen.values()),
    }
    return render(request, "supervision/desk.html", context)


@requires("tickets", "write")
def mine(request: Request) -> HttpResponse:
    """The tickets that this person raised, on cases that are still theirs."""
    rows = queries.in_order(access.list_visible(request, Ticket).filter(author=request.user))
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "supervision/mine.html", {"page": page})


@requires("tickets", "read")
def case_tickets(request: Request, case: str) -> HttpResponse:
    """The tickets of one case, and the way to a new one of each type (SUP-1)."""
    found = access.visible(request, Case, "patient", ref=case)
    rows = queries.in_order(found.tickets.all())
    context = {"case": found, "tickets": rows, "types": rules.TYPES.items()}
    return render(
        request, "supervision/case.html", context | {"may_raise": access.may(request.user, "tickets", "write")}
    )


@requires("tickets", "write")
def raise_(request: Request, case: str, type: str) -> HttpResponse:
    """The form of one type of ticket; what is empty or names the patient is pointed out once (SUP-3, NOTE-8)."""
    if type not in rules.TYPES:
        raise Http404
    found = access.visible(request, Case, "patient", "site", "clinician__user", "clinician__supervisor", ref=case)
    kept = drafts.of(request.user, draft_key(found, type))
    form = TicketForm(request.POST or None, kind=rules.TYPES[type], initial={**kept.texts, "version": kept.version})
    looked_at = queries.pointed_out(found, form.said(), form.empty()) if form.is_valid() else NOTHING_FOUND
    if looked_at.waits(request.POST.get(ANSWER, "")):
        return _show_raise(request, found, type, form, looked_at)
    if form.is_valid() and (raised := attempt(form, lambda: _raise(request, found, type, form, looked_at))):
        messages.success(request, f"Your ticket is with {raised.supervisor.name}.")
        return see(_page(raised))
    return _show_raise(request, found, type, form)


def _raise(request: Request, case: Case, type: str, form: TicketForm, despite: PointedOut) -> Ticket:
    key, by = form.cleaned_data["client_key"], request.user
    raised = actions.raise_ticket(case, type, form.cleaned_data, by=by, client_key=key, despite=despite)
    drafts.sent(request.user, draft_key(case, type), form.texts())
    return raised


def draft_key(case: Case, type: str) -> str:
    """Return the place of what somebody types in a new ticket of a type on a case."""
    return f"ticket:{type}:{case.ref}"


@requires("tickets", "write")
def ticket_draft(request: Request, case: str, type: str) -> JsonResponse:
    """A ticket as it is being typed: GET reads what is kept, POST keeps it (MSG-9)."""
    if type not in rules.TYPES:
        raise Http404
    found = access.visible(request, Case, ref=case)
    key, form = draft_key(found, type), TicketForm(request.POST, kind=rules.TYPES[type], draft=True)
    return saving.answer(
        request,
        form,
        lambda: drafts.of(request.user, key),
        lambda: drafts.save(request.user, key, form.texts(), form.cleaned_data["version"]),
    )


def _show_raise(
    request: Request, case: Case, type: str, form: TicketForm, looked_at: PointedOut = NOTHING_FOUND
) -> HttpResponse:
    context = {
        "case": case,
        "kind": rules.TYPES[type],
        "type": type,
        "form": form,
        "pointed_out": looked_at,
        "filled": _filled(rules.TYPES[type], queries.filled_in(case)),
        "on_duty_at": rules.next_on_duty(timezone.now()),
    }
    return render(request, "supervision/raise.html", context, status=422 if looked_at else status_of(form))


def _filled(kind: rules.Type, values: dict[str, str]) -> list[tuple[str, str]]:
    return [(question.label, values.get(question.name, "")) for question in kind.questions if question.filled]


@requires("tickets", "read")
def ticket(request: Request, ticket: str) -> HttpResponse:
    """A ticket as it was sent, its dialogue, and what the reader can do with it."""
    return _show(request, access.visible(request, Ticket, *RELATED, ref=ticket))


@requires("tickets", "answer", methods=("POST",))
def answer(request: Request, ticket: str) -> HttpResponse:
    """The supervisor writes; the ticket then waits for the clinician (SUP-1)."""
    return _post(request, ticket, actions.answer)


@requires("tickets", "write", methods=("POST",))
def reply(request: Request, ticket: str) -> HttpResponse:
    """The clinician writes; the ticket then waits for the supervisor (SUP-1)."""
    return _post(request, ticket, actions.reply)


def _post(request: Request, ticket: str, verb: Callable) -> HttpResponse:
    found = access.visible(request, Ticket, *RELATED, ref=ticket)
    form = PostForm(request.POST)
    looked_at = queries.pointed_out(found.case, [form.cleaned_data["text"]]) if form.is_valid() else NOTHING_FOUND
    if looked_at.waits(request.POST.get(ANSWER, "")):
        return _show(request, found, looked_at, post=form)
    if form.is_valid() and attempt(form, lambda: verb(found, **form.cleaned_data, by=request.user, despite=looked_at)):
        messages.success(request, "Sent.")
        return see(_page(found))
    return _show(request, found, post=form)


@requires("tickets", "answer", methods=("POST",))
def closing(request: Request, ticket: str) -> HttpResponse:
    """The supervisor closes a ticket with an outcome (SUP-1)."""
    found = access.visible(request, Ticket, *RELATED, ref=ticket)
    form = ClosingForm(request.POST, kind=found.kind)
    if form.is_valid() and attempt(form, lambda: actions.close(found, **form.cleaned_data, by=request.user)):
        messages.success(request, "The ticket is closed.")
        return see(_page(found))
    return _show(request, found, closing=form)


def _show(request: Request, ticket: Ticket, looked_at: PointedOut = NOTHING_FOUND, **bound: Any) -> HttpResponse:
    """Show a ticket's page, with whichever form was sent and did not go through."""
    user, open_now = request.user, not ticket.is_closed
    may_answer = open_now and access.may(user, "tickets", "answer") and _reaches(user, ticket, "answer")
    may_reply = open_now and not may_answer and _reaches(user, ticket, "write")
    done = getattr(ticket, "closing", None)
    context = {
        "ticket": ticket,
        "said": [(question.label, ticket.form.get(question.name, "")) for question in ticket.kind.questions],
        "posts": ticket.posts.select_related("by"),
        "closed": done and {"outcome": ticket.kind.outcomes.get(done.outcome, done.outcome), "row": done},
        "may_answer": may_answer,
        "may_reply": may_reply,
        "post": bound.get("post") or PostForm(),
        "closing": bound.get("closing") or ClosingForm(kind=ticket.kind),
        "pointed_out": looked_at,
        "too_late": next((form for form in bound.values() if form.errors and not open_now), None),
        "on_duty_at": rules.next_on_duty(timezone.now()) if ticket.kind.urgent and open_now else None,
    }
    status = 422 if looked_at else max((status_of(form) for form in bound.values()), default=200)
    return render(request, "supervision/ticket.html", context, status=status)


def _reaches(user, ticket: Ticket, verb: str) -> bool:
    """Tell whether the user may do this to this very ticket, and not only to some."""
    return Ticket.objects.visible_to(user, "tickets", verb).filter(pk=ticket.pk).exists()


def _page(ticket: Ticket) -> str:
    return reverse("supervision:ticket", args=[ticket.ref])
