"""Pages of clinical notes."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import may, requires, visible
from accounts.requests import Request
from patients.wording.findings import ANSWER
from therapy.appointments.models import Appointment
from therapy.notes import actions, rules
from therapy.notes.forms import AddendumForm, NoteForm
from therapy.notes.models import NoteDraft
from therapy.notes.pointing import pointed_out, pointed_out_in_addendum
from ui import saving
from ui.errors import Refused
from ui.posting import see
from ui.saving import Saved

UNREAD = (
    "Read the note through and tick that you did. It never changes after it is signed. Your text is kept as a draft."
)
RELATED = ("case", "patient", "clinician__user", "session")


def _see_other(name: str, ref) -> HttpResponse:
    return see(reverse(name, args=[ref]))


def _kept(found: Appointment) -> Saved:
    return actions.saved_of(NoteDraft.objects.filter(appointment=found).first())


def _page(request: Request, found: Appointment, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Draw the note: signed with its addenda, or the draft for the one who writes it."""
    writes = may(request.user, "notes", "write")
    context |= {"appointment": found, "writes": writes, "note": getattr(found, "note", None)}
    context.setdefault("addendum_form", AddendumForm())
    if context["note"]:
        context["parts"] = [(title, getattr(context["note"], name)) for name, (title, _) in rules.PARTS.items()]
        context["addenda"] = context["note"].addenda.select_related("by")
    else:
        kept = _kept(found)
        context.setdefault("form", NoteForm(initial={**kept.texts, "version": kept.version}))
        context["draft_at"] = kept.at
        context["item_9"] = actions.item_9_of(found.case)
    return render(request, "therapy/notes/note.html", context, status=status)


@requires("notes", "read", methods=("GET",))
def note(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The note of a session: as it was signed, or as far as it is written (NOTE-1, NOTE-2)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    if not found.note_is_owed and found.status != "confirmed":
        raise Http404
    return _page(request, found, {})


@requires("notes", "write")
def note_draft(request: Request, appointment: uuid.UUID) -> JsonResponse:
    """A note as it is being typed: GET reads what is kept, POST keeps it (NOTE-2, MSG-9)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    form = NoteForm(request.POST)
    return saving.answer(request, form, lambda: _kept(found), lambda: actions.saved_of(_save(request, found, form)))


def _save(request: Request, found: Appointment, form: NoteForm) -> NoteDraft:
    return actions.save_draft(found, form.cleaned_data, form.cleaned_data["version"], by=request.user)


@requires("notes", "write", methods=("POST",))
def signature(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Save what is on the page and sign it (NOTE-2); what should be looked at is pointed out before (NOTE-3)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, {"form": form}, status=422)
    if hasattr(found, "note"):
        return _see_other("therapy:note", found.ref)
    try:
        form.data = {**dict(form.data.items()), "version": _save(request, found, form).version}
        if waits := None if "save" in request.POST else _sign(request, found, form):
            return _page(request, found, {"form": form, **waits}, status=422)
    except saving.Overtaken as overtaken:
        form.data = {**dict(form.data.items()), "version": overtaken.saved.version}
        form.add_error(None, str(overtaken))
        return _page(request, found, {"form": form, "theirs": _named(overtaken.saved)}, status=409)
    except Refused as refusal:
        return _page(request, found, {"refusal": refusal}, status=409)
    messages.success(request, "The draft is saved." if "save" in request.POST else "The note is signed.")
    return _see_other("therapy:note", found.ref)


def _sign(request: Request, found: Appointment, form: NoteForm) -> dict[str, Any] | None:
    """Sign, or return what the page shows first; what was typed is on it and kept as a draft (NOTE-2, NOTE-3)."""
    if "read_through" not in request.POST:
        form.add_error(None, UNREAD)
        return {"asked": True}
    looked_at = pointed_out(found, form.cleaned_data, request.user)
    if looked_at.waits(request.POST.get(ANSWER, "")):
        return {"pointed_out": looked_at}
    actions.sign(found, by=request.user, despite=looked_at)
    return None


def _named(kept: Saved) -> list[tuple[str, str]]:
    return [(title, kept.texts[name]) for name, (title, _) in rules.PARTS.items()]


@requires("notes", "write", methods=("POST",))
def addenda(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Add to a signed note (NOTE-2); what should be looked at is pointed out before (NOTE-3, NOTE-8)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    form = AddendumForm(request.POST)
    signed = getattr(found, "note", None)
    if signed is None:
        raise Refused("This note is not signed yet.", remedy="Change its draft instead.")
    if not form.is_valid():
        return _page(request, found, {"addendum_form": form}, status=422)
    text = form.cleaned_data["text"]
    looked_at = pointed_out_in_addendum(found.case, text, request.user)
    if looked_at.waits(request.POST.get(ANSWER, "")):
        return _page(request, found, {"addendum_form": form, "pointed_out": looked_at}, status=422)
    actions.add_addendum(signed, text, by=request.user, despite=looked_at)
    messages.success(request, "The addendum is kept with the note.")
    return _see_other("therapy:note", found.ref)
