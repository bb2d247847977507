"""Pages of clinical notes and of the details of a case."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import may, requires, visible
from accounts.requests import Request
from patients.models import Case
from patients.rules import PROBLEMS
from therapy.appointments.models import Appointment
from therapy.notes import actions, rules
from therapy.notes.forms import AddendumForm, DetailsForm, NoteForm
from therapy.notes.models import NoteDraft
from ui.errors import Refused
from ui.posting import attempt, see, status_of

UNREAD = (
    "Read the note through and tick that you did. It never changes after it is signed. Your text is kept as a draft."
)
RELATED = ("case", "patient", "clinician__user", "session")


def _see_other(name: str, ref) -> HttpResponse:
    return see(reverse(name, args=[ref]))


def _texts(draft: NoteDraft | None) -> dict[str, Any]:
    texts = {name: getattr(draft, name) if draft else "" for name in rules.PARTS}
    return texts | {"version": draft.version if draft else 0}


def _draft_of(found: Appointment) -> NoteDraft | None:
    return NoteDraft.objects.filter(appointment=found).first()


def _page(request: Request, found: Appointment, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Draw the note: signed with its addenda, or the draft for the one who writes it."""
    writes = may(request.user, "notes", "write")
    context |= {"appointment": found, "writes": writes, "note": getattr(found, "note", None)}
    context.setdefault("addendum_form", AddendumForm())
    if context["note"]:
        context["parts"] = [(title, getattr(context["note"], name)) for name, (title, _) in rules.PARTS.items()]
        context["addenda"] = context["note"].addenda.select_related("by")
    else:
        context.setdefault("form", NoteForm(initial=_texts(_draft_of(found))))
        context["item_9"] = actions.item_9_of(found.case)
    return render(request, "therapy/notes/note.html", context, status=status)


@requires("notes", "read", methods=("GET",))
def note(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The note of a session: as it was signed, or as far as it is written (NOTE-1, NOTE-2)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    if not found.note_is_owed and found.status != "confirmed":
        raise Http404
    return _page(request, found, {})


@requires("notes", "write", methods=("POST",))
def note_draft(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Autosave: answers JSON; 409 with the other text where another window saved first."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        draft = actions.save_draft(found, form.cleaned_data, form.cleaned_data["version"], by=request.user)
    except actions.Overtaken as overtaken:
        return JsonResponse({"message": str(overtaken), "theirs": _texts(overtaken.draft)}, status=409)
    except Refused as refusal:
        return JsonResponse({"message": str(refusal)}, status=409)
    return JsonResponse({"version": draft.version, "saved_at": draft.saved_at.isoformat()})


@requires("notes", "write", methods=("POST",))
def signature(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Save what is on the page and sign it (NOTE-2)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, {"form": form}, status=422)
    if hasattr(found, "note"):
        return _see_other("therapy:note", found.ref)
    try:
        draft = actions.save_draft(found, form.cleaned_data, form.cleaned_data["version"], by=request.user)
        if "save" not in request.POST:
            if "read_through" not in request.POST:
                return _unread(request, found, form, draft)
            actions.sign(found, by=request.user)
    except actions.Overtaken as overtaken:
        form.data = {**dict(form.data.items()), "version": overtaken.draft.version}
        form.add_error(None, str(overtaken))
        return _page(request, found, {"form": form, "theirs": _named(overtaken.draft)}, status=409)
    except Refused as refusal:
        form = NoteForm(initial=_texts(_draft_of(found)))
        return _page(request, found, {"form": form, "refusal": refusal}, status=409)
    messages.success(request, "The draft is saved." if "save" in request.POST else "The note is signed.")
    return _see_other("therapy:note", found.ref)


def _unread(request: Request, found: Appointment, form: NoteForm, draft: NoteDraft) -> HttpResponse:
    """Ask to read it through before it is signed; what was typed is on the page and kept as a draft (NOTE-2)."""
    form.data = {**dict(form.data.items()), "version": draft.version}
    form.add_error(None, UNREAD)
    return _page(request, found, {"form": form}, status=422)


def _named(draft: NoteDraft) -> list[tuple[str, str]]:
    return [(title, getattr(draft, name)) for name, (title, _) in rules.PARTS.items()]


@requires("notes", "write", methods=("POST",))
def addenda(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Add to a signed note (NOTE-2)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    form = AddendumForm(request.POST)
    signed = getattr(found, "note", None)
    if signed is None:
        raise Refused("This note is not signed yet.", remedy="Change its draft instead.")
    if not form.is_valid():
        return _page(request, found, {"addendum_form": form}, status=422)
    actions.add_addendum(signed, form.cleaned_data["text"], by=request.user)
    messages.success(request, "The addendum is kept with the note.")
    return _see_other("therapy:note", found.ref)


@requires("details", "read", methods=("GET",))
def details(request: Request, case: str) -> HttpResponse:
    """Diagnosis, step and protocol of a case, with the history of each change (NOTE-5)."""
    found = visible(request, Case, "site", "patient", ref=case)
    return _details_page(request, found, DetailsForm(found))


@requires("details", "write", methods=("POST",))
def set_details(request: Request, case: str) -> HttpResponse:
    """Set diagnosis, step and protocol (NOTE-5)."""
    found = visible(request, Case, "site", "patient", ref=case)
    form = DetailsForm(found, request.POST)
    if form.is_valid() and attempt(form, lambda: actions.set_details(found, by=request.user, **form.cleaned_data)):
        messages.success(request, "Diagnosis, step and protocol are kept.")
        return _see_other("therapy:details", found.ref)
    return _details_page(request, found, form)


def _details_page(request: Request, case: Case, form: DetailsForm) -> HttpResponse:
    context = {
        "case": case,
        "form": form,
        "writes": may(request.user, "details", "write"),
        "history": [(_words(row), row) for row in case.details.select_related("by").order_by("-at", "-id")],
    }
    return render(request, "therapy/notes/details.html", context, status=status_of(form))


def _words(detail) -> str:
    """Return one setting of a case's details in words."""
    step, problem = dict(Case.Step.choices).get(detail.step, ""), PROBLEMS.get(detail.problem, detail.problem)
    return ", ".join(filter(None, [problem, step, detail.protocol])) or "Nothing set"
