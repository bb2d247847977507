"""Writing in a conversation: the draft, sending with ten seconds to think again, taking back (MSG-7, 9, 10)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages as notes
from django.http import HttpResponse, JsonResponse

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from drafts import actions as drafts
from patients.models import Case
from patients.wording.findings import ANSWER, NOTHING_FOUND, PointedOut
from therapy.enclosures import offers
from therapy.enclosures.adding import NOTHING_ADDED, files_of
from therapy.enclosures.offers import AddsForm
from therapy.messages import actions, composing, holding
from therapy.messages.forms import DraftForm, MessageForm
from therapy.messages.models import HeldMessage, Message
from therapy.messages.telling import conversation_url as url_of
from therapy.messages.views import RELATED, message_of, page
from ui import saving
from ui.posting import attempt, renew_key, see


@requires("messages", "write", methods=("POST",))
def send(request: Request, case: str) -> HttpResponse:
    """Sends or holds a message; a promise is pointed out first (NOTE-8), a refusal keeps what was typed."""
    found = access.visible(request, Case, *RELATED, ref=case)
    added = files_of(request, found) if actions.is_open_to(found, request.user) else NOTHING_ADDED
    adds = _adds_of(request, found)
    form = MessageForm(request.POST, has_more=bool(added.refs or (adds and adds.is_valid() and adds.chosen)))
    if form.is_valid():
        added.refuse_in(form)
        _refuse_adds_in(form, adds)
    looked_at = (
        composing.pointed_out(found, request.user, form.cleaned_data["text"]) if form.is_valid() else NOTHING_FOUND
    )
    if looked_at.waits(request.POST.get(ANSWER, "")):
        return page(request, found, form, added=added, adds=adds, looked_at=looked_at)
    carried = {"files": added.refs, "adds": adds.chosen if adds and adds.is_valid() else {}}
    if form.is_valid() and attempt(form, lambda: _send(request, found, form, carried, looked_at)):
        return see(url_of(case) + "#composer")
    if actions.is_used(found, form.data.get("client_key", ""), by=request.user):
        renew_key(form)
    found.refresh_from_db(fields=["state"])
    return page(request, found, form, added=added, adds=adds)


def _adds_of(request: Request, case: Case) -> AddsForm | None:
    """What a therapist puts into the message; a patient adds files and no more."""
    is_clinician = actions.side_of(case, request.user) == Message.Side.CLINICIAN
    return AddsForm(case, request.POST) if is_clinician and actions.is_open_to(case, request.user) else None


def _refuse_adds_in(form: MessageForm, adds: AddsForm | None) -> None:
    """Say at the head of the form, too, what is wrong with something that was put in."""
    if adds is None:
        return
    for field, errors in adds.errors.items():
        for error in errors:
            form.add_error(None, f"{adds.fields[field].label}: {error}")


def _send(
    request: Request, case: Case, form: MessageForm, carried: dict[str, Any], despite: PointedOut
) -> Message | HeldMessage:
    given, by = form.cleaned_data, request.user
    about = {"by": by, "client_key": given["client_key"], "template": given["template"], **carried}
    about["despite"] = despite
    if given["hold"]:
        sent: Message | HeldMessage = holding.hold(case, given["text"], **about)
    else:
        sent = actions.send(case, given["text"], **about)
        drafts.sent(by, holding.draft_key(case), {holding.TEXT: given["text"]})
    if up_to := message_of(case, given["seen"]):
        actions.mark_read(case, by, up_to)
    return sent


@requires("messages", "write")
def draft(request: Request, case: str) -> JsonResponse:
    """What this person has typed and not sent: GET reads it, POST keeps it (MSG-7, MSG-9)."""
    found = access.visible(request, Case, ref=case)
    is_clinician = actions.side_of(found, request.user) == Message.Side.CLINICIAN
    form, key = DraftForm(request.POST, offers.names() if is_clinician else ()), holding.draft_key(found)
    return saving.answer(
        request,
        form,
        lambda: drafts.of(request.user, key),
        lambda: drafts.save(request.user, key, form.texts, form.cleaned_data["version"]),
    )


@requires("messages", "write", methods=("POST",))
def withdrawal(request: Request, case: str, held: uuid.UUID) -> HttpResponse:
    """Takes a held message back; its text stands in the composer again (MSG-10)."""
    holding.take_back(_held(request, case, held), by=request.user)
    notes.success(request, "Taken back. Your text is below.")
    return see(url_of(case) + "#composer")


@requires("messages", "write", methods=("POST",))
def sending(request: Request, case: str, held: uuid.UUID) -> HttpResponse:
    """Sends a held message for good: its time is over, or its sender does not want to wait (MSG-10)."""
    holding.send_now(_held(request, case, held))
    return see(url_of(case) + "#composer")


def _held(request: Request, case: str, ref: uuid.UUID) -> HeldMessage:
    """A held message of the person who asks: for anybody else it does not exist."""
    return access.visible(request, HeldMessage, "case", "sender", ref=ref, case__ref=case, sender=request.user)
