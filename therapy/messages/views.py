"""The conversation of a case: reading, searching, marking as read, closing what waits for a reply."""

from __future__ import annotations

from django.contrib import messages as notes
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from files.scanning import notice
from patients.models import Case
from patients.wording.findings import NOTHING_FOUND, PointedOut
from therapy.enclosures.adding import NOTHING_ADDED
from therapy.messages import actions, composing, presenting, prompts, rules
from therapy.messages.forms import MessageForm, ReadForm, SearchForm
from therapy.messages.inbox import inbox_of, unread_of
from therapy.messages.models import Message
from therapy.messages.telling import conversation_url as url_of
from ui.errors import Refused
from ui.posting import see, status_of
from ui.service import PATIENT_SERVICES_HOURS, patient_services_phone

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
    """The page of one conversation; `?before=` a message shows the page before it, `?around=` one that was found."""
    found = access.visible(request, Case, *RELATED, ref=case)
    before = message_of(found, request.GET.get("before"))
    if around := message_of(found, request.GET.get("around")):
        before = presenting.just_after(around)
    return page(request, found, None, before=before)


@requires("messages", "read", methods=("GET",))
def unread_count(request: Request) -> JsonResponse:
    """How many messages wait for whoever asks: open tabs ask when the doorbell rings (MSG-7)."""
    return JsonResponse({"number": unread_of(request.user)})


@requires("messages", "read", methods=("GET",))
def search(request: Request, case: str) -> HttpResponse:
    """The messages of one conversation that hold every word looked for, newest first (MSG-7)."""
    found = access.visible(request, Case, *RELATED, ref=case)
    form = SearchForm(request.GET)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    words = rules.search_words(typed)
    context = {"case": found, "form": form, "typed": typed, "words": words}
    context |= presenting.found_in(found, request.user, words)
    return render(request, "therapy/messages/search.html", context)


@requires("messages", "read", methods=("GET",))
def newer(request: Request, case: str) -> HttpResponse:
    """What came `?after=` the last message that an open page shows; empty where nothing did.

    The page's opening is in the access log; its refreshing by itself every few seconds is not written again.
    """
    found = access.list_visible(request, Case).select_related(*RELATED).filter(ref=case).first()
    if found is None:
        return access.visible(request, Case, ref=case)
    after = message_of(found, request.GET.get("after"))
    days = presenting.days_after(found, request.user, after)
    context = {"days": days, "case": found, "side": actions.side_of(found, request.user)}
    response = render(request, "therapy/messages/_days.html", context)
    response.headers["X-Seen-Up-To"] = presenting.seen_up_to(found, request.user)
    return response


@requires("messages", "write", methods=("POST",))
def read(request: Request, case: str) -> HttpResponse:
    """Everything up to a message has been on screen."""
    found = access.visible(request, Case, *RELATED, ref=case)
    form = ReadForm(request.POST)
    up_to = message_of(found, form.cleaned_data["up_to"]) if form.is_valid() else None
    if up_to is None:
        raise Refused("That message is not in this conversation.", remedy="Reload the page.")
    actions.mark_read(found, request.user, up_to)
    return see(url_of(case)) if "page" in request.POST else HttpResponse(status=204)


@requires("messages", "write", methods=("POST",))
def unread(request: Request, case: str) -> HttpResponse:
    """Puts a message, and what came after it, back among the unread (MSG-11)."""
    found = access.visible(request, Case, *RELATED, ref=case)
    message = message_of(found, request.POST.get("message"))
    if message is None:
        raise Refused("That message is not in this conversation.", remedy="Reload the page.")
    actions.mark_unread(found, request.user, message)
    notes.success(request, "Marked as unread.")
    return see(reverse("desk:home"))


@requires("messages", "write", methods=("POST",))
def no_reply_needed(request: Request, case: str) -> HttpResponse:
    """The clinician closes what waits for a reply without writing one."""
    found = access.visible(request, Case, *RELATED, ref=case)
    seen = message_of(found, request.POST.get("seen"))
    if actions.close_without_reply(found, by=request.user, seen=seen):
        notes.success(request, "Marked as needing no reply.")
    return see(url_of(case))


@requires("messages", "write", methods=("POST",))
def prompt_settled(request: Request, case: str) -> HttpResponse:
    """The clinician has looked at what a message may ask for (MSG-5)."""
    found = access.visible(request, Case, *RELATED, ref=case)
    message = message_of(found, request.POST.get("message"))
    if message is None:
        raise Refused("That message is not in this conversation.", remedy="Reload the page.")
    prompts.settle(message, request.POST.get("kind", ""), by=request.user)
    notes.success(request, "Noted. It is off your list.")
    return see(url_of(case))


def message_of(case: Case, ref) -> Message | None:
    """A message of this very case; anything else asked for is as good as nothing."""
    try:
        return case.messages.filter(ref=ref).first() if ref else None
    except ValidationError:
        return None


def page(
    request: Request,
    case: Case,
    form: MessageForm | None,
    *,
    before=None,
    added=NOTHING_ADDED,
    adds=None,
    looked_at: PointedOut = NOTHING_FOUND,
) -> HttpResponse:
    """Draw the conversation; `form` is one that was refused, otherwise the draft stands in the composer."""
    shown = presenting.conversation_of(case, request.user, before=before)
    is_clinician = shown.side == Message.Side.CLINICIAN
    context = {
        "case": case,
        "conversation": shown,
        "before": before,
        "added": added.shown(request.user),
        "pointed_out": looked_at,
        "file_notice": notice(),
        "adding_url": reverse("therapy:add-file", args=[case.ref]),
        "reply": actions.reply_deadline(case) if is_clinician else None,
        "prompts": prompts.prompts_of(case) if is_clinician else [],
        "reply_hours": case.policy.reply_hours,
        "phone": patient_services_phone(),
        "phone_hours": PATIENT_SERVICES_HOURS,
        **composing.composer_of(case, request.user, shown, form, request.GET, adds),
    }
    return render(
        request, "therapy/messages/conversation.html", context, status=422 if looked_at else status_of(context["form"])
    )
