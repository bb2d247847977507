"""Doors of letters: the clinician writes, patient services query, approve and send, the patient reads."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from letters import actions, queries, rules
from letters.forms import PartsForm, QueryForm
from letters.models import Letter, LetterDraft
from patients.models import Case
from patients.wording.findings import ANSWER, NOTHING_FOUND, PointedOut
from ui.posting import attempt, posted, see, status_of
from ui.saving import answer


@requires("letters", "write", methods=("POST",))
def start(request: Request, case: str, kind: str) -> HttpResponse:
    """Start a letter of the kind named, or go to the one that is open."""
    found = visible(request, Case, ref=case)
    return see(reverse("letters:draft", args=[actions.start(found, kind, by=request.user).ref]))


@requires("letters", "write")
def draft(request: Request, letter: str) -> HttpResponse:
    """Write a letter: its parts are kept on each save, and shown as the letter will read."""
    found = visible(request, LetterDraft, "case__patient", "case__site", "author", ref=letter)
    if found.state == "approved":
        return see(reverse("letters:letter", args=[found.ref]))
    form = PartsForm(found.kind, posted(request), initial={**found.parts, "version": found.version})
    if form.is_valid() and attempt(form, lambda: _save(request, found, form)):
        messages.success(request, "Saved.")
        return see(reverse("letters:preview" if "preview" in request.POST else "letters:draft", args=[found.ref]))
    context = {"draft": found, "form": form, **queries.life(found)}
    return render(request, "letters/draft.html", context, status=status_of(form))


@requires("letters", "write")
def saving(request: Request, letter: str) -> JsonResponse:
    """A letter as it is being typed: GET reads what is kept, POST keeps it (MSG-9)."""
    found = visible(request, LetterDraft, "case", ref=letter)
    form = PartsForm(found.kind, request.POST)
    return answer(request, form, lambda: actions.saved_of(found), lambda: actions.saved_of(_save(request, found, form)))


def _save(request: Request, found: LetterDraft, form: PartsForm) -> LetterDraft:
    return actions.save(found, form.parts(), form.cleaned_data["version"], by=request.user)


@requires("letters", "read", methods=("GET",))
def preview(request: Request, letter: str) -> HttpResponse:
    """The letter as it would read if it were approved now, for its author and for patient services."""
    found = visible(request, LetterDraft, "case__patient", "case__site", "author", ref=letter)
    if found.state == "approved":
        return see(reverse("letters:letter", args=[found.ref]))
    return preview_page(request, found)


def preview_page(
    request: Request, found: LetterDraft, form: QueryForm | None = None, looked_at: PointedOut = NOTHING_FOUND
) -> HttpResponse:
    """Draw the letter as it reads now; `looked_at` is what is pointed out before it is submitted (NOTE-8)."""
    context = {"draft": found, "body": queries.body_now(found), "form": form or QueryForm(), "pointed_out": looked_at}
    context |= {**queries.life(found), **queries.doors(request.user, found)}
    return render(request, "letters/preview.html", context, status=422 if form or looked_at else 200)


@requires("letters", "write", methods=("POST",))
def submission(request: Request, letter: str) -> HttpResponse:
    """Submit an assessment letter to patient services."""
    found = visible(request, LetterDraft, "case__patient", "case__site", "author", ref=letter)
    return submit_with(request, found, actions.submit)


def submit_with(request: Request, found: LetterDraft, verb: Callable) -> HttpResponse:
    """Submit a letter by a verb; a promise in it is pointed out first (NOTE-8)."""
    looked_at = queries.pointed_out(found)
    if found.state in rules.WRITABLE and looked_at.waits(request.POST.get(ANSWER, "")):
        return preview_page(request, found, looked_at=looked_at)
    verb(found, by=request.user, despite=looked_at)
    messages.success(request, "Submitted. Patient services will look at it.")
    return see(reverse("letters:preview", args=[found.ref]))


@requires("letters", "write", methods=("POST",))
def withdrawal(request: Request, letter: str) -> HttpResponse:
    """Withdraw a letter that is not approved."""
    found = visible(request, LetterDraft, "case", ref=letter)
    actions.withdraw(found, request.POST.get("reason", "").replace("\0", "")[:1000], by=request.user)
    messages.success(request, "The letter is withdrawn.")
    return see(reverse("desk:case", args=[found.case.ref]))


@requires("letters", "approve", methods=("POST",))
def question(request: Request, letter: str) -> HttpResponse:
    """Query a letter back to its author."""
    found = visible(request, LetterDraft, "case__patient", "case__site", "author", ref=letter)
    form = QueryForm(request.POST)
    if not form.is_valid():
        return preview_page(request, found, form)
    actions.query(found, form.cleaned_data["reason"], by=request.user)
    messages.success(request, "The author has been asked.")
    return see(reverse("letters:desk"))


@requires("letters", "approve", methods=("POST",))
def approval(request: Request, letter: str) -> HttpResponse:
    """Approve a submitted letter."""
    found = visible(request, LetterDraft, "case", ref=letter)
    approved = actions.approve(found, by=request.user)
    messages.success(request, "Approved. The PDF is being made.")
    return see(reverse("letters:letter", args=[approved.ref]))


@requires("letters", "approve", methods=("POST",))
def sending(request: Request, letter: str) -> HttpResponse:
    """Send an approved letter to whom the consents allow."""
    found = visible(request, Letter, "draft", "case__patient__user", "pdf", ref=letter)
    actions.send(found, by=request.user)
    messages.success(request, "Sent. See below to whom.")
    return see(reverse("letters:letter", args=[found.ref]))


@requires("letters", "read", methods=("GET",))
def letter(request: Request, letter: str) -> HttpResponse:
    """An approved letter as it was fixed, with what became of it."""
    found = visible(request, Letter, "case__patient", "draft", "pdf", ref=letter)
    context = {
        "letter": found,
        "body": mark_safe(found.html),  # noqa: S308 - rendered and escaped by our own template on approval
        "pdf": getattr(found, "pdf", None),
        "dispatches": found.dispatches.select_related("receipt"),
        "unsent": actions.to_send(found),
        **queries.doors(request.user, found.draft),
    }
    return render(request, "letters/letter.html", context)


@requires("letter_files", "read", methods=("GET",))
def pdf(request: Request, letter: str) -> HttpResponse:
    """The letter's PDF, for the patient and for patient services; clinicians have no copy to take away (ACC-6)."""
    found = visible(request, Letter, "pdf__file", "case", ref=letter)
    if not hasattr(found, "pdf"):
        raise Http404
    response = HttpResponse(bytes(found.pdf.file.content), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="letter-{found.approved_at:%Y-%m-%d}.pdf"'
    return response


@requires("letters_desk", "read", methods=("GET",))
def desk(request: Request) -> HttpResponse:
    """What waits for patient services: to look at, to send, stopped."""
    return render(request, "letters/desk.html", queries.waiting(request.GET.get("site", "").replace("\0", "")))


@requires("own_letters", "read", methods=("GET",))
def mine(request: Request) -> HttpResponse:
    """The patient's own letters, newest first."""
    letters = list_visible(request, Letter).order_by("-approved_at").select_related("pdf")
    return render(request, "letters/mine.html", {"letters": letters})
