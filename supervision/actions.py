"""Verbs on tickets: raise, answer, reply, close (SUP-1, SUP-2, SUP-3, TIME-10, TIME-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines.calendars import ENGLAND
from deadlines.models import Deadline
from notices.actions import tell
from patients.cases import actions as patients
from patients.models import Case
from patients.wording.findings import NOTHING_FOUND, PointedOut, record
from supervision import rules
from supervision.models import Ticket, TicketClosing, TicketPost
from supervision.queries import filled_in, supervisor_for
from therapy.appointments import first, reviews
from therapy.engagement import actions as engagement
from ui.errors import Refused

STAY_KIND = "risk_ticket"
STAY_WORDS = "an urgent risk ticket is open"
CLINICIAN, SUPERVISOR = "clinician", "supervisor"
DEADLINE_KINDS = ("ticket_urgent", "ticket", "ticket_late")


@transaction.atomic
def raise_ticket(
    case: Case,
    type: str,
    form: Mapping[str, object],
    *,
    by,
    client_key: str,
    despite: PointedOut = NOTHING_FOUND,
    at: dt.datetime | None = None,
) -> Ticket:
    """Put a question about a case to its supervisor; the platform fills in item 9 and scores (SUP-1, SUP-2).

    An urgent ticket goes with anything missing, is due in 1 hour and keeps the case; another is due in 4 working days.
    The same client_key again returns the ticket that it made; `despite` is what was pointed out before, and is kept in
    the record of changes (NOTE-8). Raises Refused, naming the field, for what is missing.
    """
    at = at or timezone.now()
    locked = patients.lock(case)
    if known := Ticket.objects.filter(client_key=client_key, author=by, case=locked).first():
        return known
    kind = _type(type)
    content = rules.clean_form(kind, {**form, **filled_in(locked)})
    if why_not := rules.why_not_sendable(kind, content):
        raise Refused(why_not[1], field=why_not[0])
    ticket = Ticket.objects.create(
        case=locked,
        type=type,
        author=by,
        supervisor=supervisor_for(locked),
        form=content,
        client_key=client_key,
        opened_at=at,
        due_at=rules.answer_due(kind, at, ENGLAND),
    )
    if kind.urgent:
        patients.keep(locked, STAY_KIND, ticket.ref.hex, STAY_WORDS, at=at)
    _await_answer(ticket, ticket.ref.hex, at)
    tell(ticket.supervisor, "ticket_urgent" if kind.urgent else "ticket_raised", **_said(ticket, "raised", at))
    _does_what_was_owed(locked, type, by, at)
    _record("ticket raised", ticket, {"type": type}, by, at)
    record(despite, what="ticket raised", by=by, case=locked, object_ref=str(ticket.ref), at=at)
    return ticket


@transaction.atomic
def answer(
    ticket: Ticket,
    text: str,
    *,
    by,
    client_key: str = "",
    despite: PointedOut = NOTHING_FOUND,
    at: dt.datetime | None = None,
) -> TicketPost:
    """Write as supervisor: the ticket waits for the clinician, who is told (SUP-1, TIME-10, TIME-11)."""
    at = at or timezone.now()
    locked = _lock(ticket)
    post, new = _write(locked, SUPERVISOR, text, by=by, client_key=client_key, despite=despite, at=at)
    if new:
        _answered(locked, by, at)
        _turn(locked, rules.state_after(SUPERVISOR), due_at=None)
        tell(locked.author, "ticket_post", **_said(locked, f"post:{post.pk}", at))
    return post


@transaction.atomic
def reply(
    ticket: Ticket,
    text: str,
    *,
    by,
    client_key: str = "",
    despite: PointedOut = NOTHING_FOUND,
    at: dt.datetime | None = None,
) -> TicketPost:
    """Write as clinician: the ticket waits for the supervisor, whose clock runs anew unless it runs already (SUP-1)."""
    at = at or timezone.now()
    locked = _lock(ticket)
    post, new = _write(locked, CLINICIAN, text, by=by, client_key=client_key, despite=despite, at=at)
    if new:
        due_at = locked.due_at or rules.answer_due(locked.kind, at, ENGLAND)
        runs_already = locked.due_at is not None
        _turn(locked, rules.state_after(CLINICIAN), due_at=due_at)
        if not runs_already:
            _await_answer(locked, f"{locked.ref.hex}:{post.pk}", at)
        tell(locked.supervisor, "ticket_post", **_said(locked, f"post:{post.pk}", at))
    return post


@transaction.atomic
def close(ticket: Ticket, outcome: str, text: str, *, by, at: dt.datetime | None = None) -> TicketClosing:
    """Close a ticket with one of its type's outcomes and, unless an answer stands there already, with words (SUP-1).

    Lets the case go that an urgent ticket kept. Raises Refused where it is closed already, but for the same again.
    """
    at = at or timezone.now()
    locked = _lock(ticket)
    done = TicketClosing.objects.filter(ticket=locked).select_related("by").first()
    if done and done.by_id == by.pk and done.outcome == outcome:
        return done
    _refuse_closed(locked)
    _check_closing(locked, outcome, text)
    closing = TicketClosing.objects.create(ticket=locked, outcome=outcome, text=text.strip(), by=by, at=at)
    _answered(locked, by, at)
    _turn(locked, rules.CLOSED, due_at=None)
    patients.release(locked.case, STAY_KIND, locked.ref.hex, at=at)
    tell(locked.author, "ticket_closed", **_said(locked, "closed", at))
    _record("ticket closed", locked, {"outcome": outcome}, by, at)
    return closing


def _does_what_was_owed(case: Case, type: str, by, at: dt.datetime) -> None:
    """Some tickets are what a task of the clinician asks for (SUP-8, TIME-18, ENG-4)."""
    if type == "new_patient":
        first.ticket_raised(case.ref, at=at)
    elif type == "review":
        reviews.review_raised(case.ref, at=at)
    elif type == "engagement":
        engagement.difficulties_raised(case, at)


def _type(name: str) -> rules.Type:
    if name not in rules.TYPES:
        raise Refused("There is no such kind of ticket.", remedy="Choose one from the case's page.")
    return rules.TYPES[name]


def _lock(ticket: Ticket) -> Ticket:
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("case", "author", "supervisor")
    return rows.get(pk=ticket.pk)


def _refuse_closed(ticket: Ticket) -> None:
    if ticket.is_closed:
        closing = ticket.closing
        raise Refused(f"{closing.by.name} has closed this ticket.", remedy="Raise a new one if there is more to ask.")


def _write(
    ticket: Ticket, side: str, text: str, *, by, client_key: str, despite: PointedOut, at
) -> tuple[TicketPost, bool]:
    """Return the post and whether it is new: the same form sent twice writes once."""
    known = ticket.posts.filter(client_key=client_key, by=by).first() if client_key else None
    if known:
        return known, False
    _refuse_closed(ticket)
    if not text.strip():
        raise Refused("Write your answer.", field="text")
    key = client_key or f"{ticket.ref.hex}:{ticket.posts.count()}"
    post = TicketPost.objects.create(ticket=ticket, by=by, side=side, text=text.strip(), client_key=key, at=at)
    record_change(
        "ticket post", by=by, case_ref=ticket.case.ref, object_ref=str(ticket.ref), after={"side": side}, at=at
    )
    record(despite, what="ticket post", by=by, case=ticket.case, object_ref=str(ticket.ref), at=at)
    return post, True


def _check_closing(ticket: Ticket, outcome: str, text: str) -> None:
    if outcome not in ticket.kind.outcomes:
        raise Refused("Choose one of the outcomes.", field="outcome")
    if not text.strip() and not ticket.posts.filter(side=SUPERVISOR).exists():
        raise Refused("Write your advice: nobody has answered yet.", field="text")


def _turn(ticket: Ticket, state: str, *, due_at: dt.datetime | None) -> None:
    if not rules.may_turn(ticket.state, state):
        raise Refused(f"A ticket that is {ticket.get_state_display().lower()} cannot do that.")
    ticket.state, ticket.due_at = state, due_at
    ticket.save(update_fields=["state", "due_at"])


def _await_answer(ticket: Ticket, key: str, at: dt.datetime) -> None:
    """Open the supervisor's clock for one question (TIME-10, TIME-11)."""
    kind = ticket.kind
    deadlines.open_deadline(
        kind.deadline_kind,
        key,
        due_at=rules.answer_due(kind, at, ENGLAND),
        remind_at=rules.reminder_due(kind, at),
        owner=ticket.supervisor,
        case_ref=ticket.case.ref,
        opened_by="ticket",
        at=at,
    )


def _answered(ticket: Ticket, by, at: dt.datetime) -> None:
    """Close every clock of the ticket, also one that ran out."""
    for deadline in Deadline.objects.filter(kind__in=DEADLINE_KINDS, key__startswith=ticket.ref.hex):
        deadlines.meet(deadline.kind, deadline.key, closed_by=f"answered by {by.name}", at=at)


def _record(what: str, ticket: Ticket, after: dict, by, at: dt.datetime) -> None:
    record_change(what, by=by, case_ref=ticket.case.ref, object_ref=str(ticket.ref), after=after, at=at)


def _said(ticket: Ticket, event: str, at: dt.datetime) -> dict:
    link = reverse("supervision:ticket", args=[ticket.ref])
    return {"key": f"ticket:{ticket.ref.hex}:{event}", "case_ref": ticket.case.ref, "link": link, "at": at}
