"""Writing in a conversation: the draft, sending with ten seconds to think again, taking back (MSG-7, 9, 10)."""

from __future__ import annotations

import uuid

from django.contrib import messages as notes
from django.http import HttpResponse, JsonResponse

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from drafts import actions as drafts
from patients.models import Case
from patients.wording.findings import ANSWER, NOTHING_FOUND, PointedOut
from therapy.enclosures.adding import NOTHING_ADDED, files_of
from therapy.messages import actions, composing, holding
from therapy.messages.forms import DraftForm, MessageForm
from therapy.messages.models import HeldMessage, Message
from therapy.messages.telling import conversation_url as url_of
from therapy.messages.views import RELATED, message_of, page
from ui import saving
from ui.posting import attempt, see


@requires("messages", "write", methods=("POST",))
def send(request: Request, case: str) -> HttpResponse:
    """Sends or holds a message; a promise is pointed out first (NOTE-8), a refusal keeps what was typed."""
    found = access.visible(request, Case, *RELATED, ref=case)
    added = files_of(request, found) if actions.is_open_to(found, request.user) else NOTHING_ADDED
    form = MessageForm(request.POST, has_files=bool(added.refs))
    if form.is_valid():
        added.refuse_in(form)
    looked_at = (
        composing.pointed_out(found, request.user, form.cleaned_data["text"]) if form.is_valid() else NOTHING_FOUND
    )
    if looked_at.waits(request.POST.get(ANSWER, "")):
        return page(request, found, form, added=added, looked_at=looked_at)
    if form.is_valid() and attempt(form, lambda: _send(request, found, form, added.refs, looked_at)):
        return see(url_of(case) + "#composer")
    found.refresh_from_db(fields=["state"])
    return page(request, found, form, added=added)


def _send(
    request: Request, case: Case, form: MessageForm, files: list[str], despite: PointedOut
) -> Message | HeldMessage:
    given, by = form.cleaned_data, request.user
    about = {"by": by, "client_key": given["client_key"], "template": given["template"], "files": files}
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
    form, key = DraftForm(request.POST), holding.draft_key(found)
    return saving.answer(
        request,
        form,
        lambda: drafts.of(request.user, key),
        lambda: drafts.save(request.user, key, {holding.TEXT: form.cleaned_data["text"]}, form.cleaned_data["version"]),
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
