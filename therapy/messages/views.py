"""The conversation of a case: reading, writing, marking as read, closing what waits for a reply."""

from __future__ import annotations

from django.contrib import messages as notes
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from files.scanning import notice
from patients.models import Case
from therapy.enclosures.adding import NOTHING_ADDED, files_of
from therapy.messages import actions, presenting
from therapy.messages.forms import MessageForm, ReadForm
from therapy.messages.inbox import inbox_of
from therapy.messages.models import Message
from therapy.messages.telling import conversation_url as url_of
from ui.errors import Refused
from ui.posting import attempt, see, status_of
from ui.service import PATIENT_SERVICES_HOURS, PATIENT_SERVICES_PHONE

RELATED = ("patient__user", "clinician__user", "policy_version")


@requires("messages", "read", methods=("GET",))
def inbox(request: Request) -> HttpResponse:
    """The conversations of whoever asks: a patient has one and lands in it."""
    cases = access.list_visible(request, Case)
    if access.may(request.user, "own_cases", "read"):
        case = cases.order_by("-referred_at").first()
        if case is None:
            return render(request, "therapy/messages/none.html")
        return redirect(url_of(case.ref))
    return render(request, "therapy/messages/inbox.html", {"entries": inbox_of(cases, request.user)})


@requires("messages", "read", methods=("GET",))
def conversation(request: Request, case: str) -> HttpResponse:
    """The page of one conversation; `?before=` a message shows the page before it."""
    found = access.visible(request, Case, *RELATED, ref=case)
    return _page(request, found, None, before=_message(found, request.GET.get("before")))


@requires("messages", "write", methods=("POST",))
def send(request: Request, case: str) -> HttpResponse:
    """Sends a message; a refusal keeps what was typed."""
    found = access.visible(request, Case, *RELATED, ref=case)
    added = files_of(request, found) if actions.is_open_to(found, request.user) else NOTHING_ADDED
    form = MessageForm(request.POST, has_files=bool(added.refs))
    if form.is_valid():
        added.refuse_in(form)
    if form.is_valid() and attempt(form, lambda: _send(request, found, added.refs, **form.cleaned_data)):
        return see(url_of(case) + "#composer")
    found.refresh_from_db(fields=["state"])
    return _page(request, found, form, added=added)


def _send(request: Request, case: Case, files: list[str], *, text: str, client_key: str, seen) -> Message:
    sent = actions.send(case, text, by=request.user, client_key=client_key, files=files)
    if up_to := _message(case, seen):
        actions.mark_read(case, request.user, up_to)
    return sent


@requires("messages", "read", methods=("GET",))
def newer(request: Request, case: str) -> HttpResponse:
    """What came `?after=` the last message that an open page shows; empty where nothing did.

    The page's opening is in the access log; its refreshing by itself every few seconds is not written again.
    """
    found = access.list_visible(request, Case).select_related(*RELATED).filter(ref=case).first()
    if found is None:
        return access.visible(request, Case, ref=case)
    after = _message(found, request.GET.get("after"))
    days = presenting.days_after(found, request.user, after)
    response = render(request, "therapy/messages/_days.html", {"days": days})
    response.headers["X-Seen-Up-To"] = presenting.seen_up_to(found, request.user)
    return response


@requires("messages", "write", methods=("POST",))
def read(request: Request, case: str) -> HttpResponse:
    """Everything up to a message has been on screen."""
    found = access.visible(request, Case, *RELATED, ref=case)
    form = ReadForm(request.POST)
    up_to = _message(found, form.cleaned_data["up_to"]) if form.is_valid() else None
    if up_to is None:
        raise Refused("That message is not in this conversation.", remedy="Reload the page.")
    actions.mark_read(found, request.user, up_to)
    return see(url_of(case)) if "page" in request.POST else HttpResponse(status=204)


@requires("messages", "write", methods=("POST",))
def no_reply_needed(request: Request, case: str) -> HttpResponse:
    """The clinician closes what waits for a reply without writing one."""
    found = access.visible(request, Case, *RELATED, ref=case)
    if actions.close_without_reply(found, by=request.user):
        notes.success(request, "Marked as needing no reply.")
    return see(url_of(case))


def _message(case: Case, ref) -> Message | None:
    """A message of this very case; anything else asked for is as good as nothing."""
    try:
        return case.messages.filter(ref=ref).first() if ref else None
    except ValidationError:
        return None


def _page(request: Request, case: Case, form: MessageForm | None, *, before=None, added=NOTHING_ADDED) -> HttpResponse:
    shown = presenting.conversation_of(case, request.user, before=before)
    form = form or MessageForm(initial={"seen": shown.newest.ref if shown.newest else None})
    is_clinician = shown.side == Message.Side.CLINICIAN
    context = {
        "case": case,
        "conversation": shown,
        "form": form,
        "before": before,
        "added": added.shown(request.user),
        "file_notice": notice(),
        "adding_url": reverse("therapy:add-file", args=[case.ref]),
        "reply": actions.reply_deadline(case) if is_clinician else None,
        "reply_hours": case.policy.reply_hours,
        "phone": PATIENT_SERVICES_PHONE,
        "phone_hours": PATIENT_SERVICES_HOURS,
    }
    return render(request, "therapy/messages/conversation.html", context, status=status_of(form))
