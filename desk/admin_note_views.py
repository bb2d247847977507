"""The general admin notes of a case: reading, searching, writing, and what they ask of patient services (NOTE-4)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import list_visible, may_on, relations_held, requires, visible
from accounts.requests import Request
from desk.forms import AdminNoteForm, AdminTaskForm, LogForm
from patients.admin_notes import actions
from patients.models import AdminNote, AdminNoteQuerySet, Case
from therapy.engagement import actions as engagement
from ui.posting import attempt, posted, see, status_of

ENTRIES_A_PAGE = 25


def log_url(case: Case) -> str:
    return reverse("desk:admin-notes", args=[case.ref])


@requires("admin_notes", "read", methods=("GET",))
def log(request: Request, case: str) -> HttpResponse:
    """The whole log of a case, newest first, by kind and words; `?corrects=` an entry opens it to be put right."""
    found = visible(request, Case, "patient", ref=case)
    corrected = _entry(found, request.GET.get("corrects", ""))
    start = {"corrects": corrected.ref, "kind": corrected.kind, "reached": corrected.reached} if corrected else {}
    return _log_page(request, found, AdminNoteForm(initial=start), corrected)


@requires("admin_notes", "write", methods=("POST",))
def write(request: Request, case: str) -> HttpResponse:
    """Add an entry; a correction is one that names the entry it corrects."""
    found = visible(request, Case, "patient", ref=case)
    form = AdminNoteForm(request.POST)
    corrected = _entry(found, request.POST.get("corrects", ""))
    if form.is_valid() and attempt(form, lambda: _write(request, found, form, corrected)):
        messages.success(request, "Added to the general admin notes.")
        return see(log_url(found))
    return _log_page(request, found, form, corrected)


@transaction.atomic
def _write(request: Request, case: Case, form: AdminNoteForm, corrected: AdminNote | None) -> AdminNote:
    """The entry; where it says that nobody spoke in a call after all, what waits for a word goes on (ENG-4)."""
    given = form.cleaned_data
    about: dict[str, Any] = {"corrects": corrected, "asked": given["asked"], "reached": given["reached"]}
    note = actions.write_admin_note(case, given["kind"], given["text"], by=request.user, **about)
    if corrected is not None and corrected.is_word and not note.is_word:
        engagement.nobody_spoke(case, note.at)
    return note


def _entry(case: Case, ref: str) -> AdminNote | None:
    """An entry of this very log; anything else asked for is as good as nothing."""
    try:
        return case.admin_notes.filter(ref=uuid.UUID(ref)).select_related("by").first() if ref else None
    except ValueError:
        return None


def _log_page(request: Request, case: Case, form: AdminNoteForm, corrected: AdminNote | None) -> HttpResponse:
    chosen = LogForm(request.GET).chosen()
    rows = _narrowed(case.admin_notes.as_shown().order_by("-at", "-pk"), chosen)
    held = relations_held("case", request.user, case)
    context = {
        "case": case,
        "page": Paginator(rows, ENTRIES_A_PAGE).get_page(request.GET.get("page")),
        "filters": LogForm(initial=chosen),
        "filtered": any(chosen.values()),
        "note_form": form,
        "corrected": corrected,
        "writes": may_on(request.user, "admin_notes", "write", held),
        "closes": may_on(request.user, "admin_tasks", "write", held),
    }
    return render(request, "desk/admin_notes.html", context, status=status_of(form))


def _narrowed(rows: AdminNoteQuerySet, chosen: dict[str, str]) -> AdminNoteQuerySet:
    """Every word must be in the entry; case does not count."""
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["show"]:
        rows = rows.filter(asked=True)
    if chosen["show"] == "waiting":
        rows = rows.filter(closing=None)
    for word in chosen["q"].replace("\0", "").split()[:8]:
        rows = rows.filter(text__icontains=word)
    return rows


@requires("admin_tasks", "read", methods=("GET",))
def asked(request: Request) -> HttpResponse:
    """What clinicians and supervisors have asked of patient services, the longest waiting first."""
    rows = list_visible(request, AdminNote).waiting().select_related("by", "case__site")
    page = Paginator(rows, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/admin_tasks.html", {"page": page})


@requires("admin_tasks", "write")
def closing(request: Request, case: str, entry: uuid.UUID) -> HttpResponse:
    """Say what was done about an entry that was addressed to patient services."""
    rows = "by", "case__patient", "corrects", "closing__by"
    found = visible(request, AdminNote, *rows, ref=entry, case__ref=case, asked=True)
    form = AdminTaskForm(posted(request))
    if form.is_valid() and attempt(
        form, lambda: actions.close_admin_task(found, form.cleaned_data["text"], by=request.user)
    ):
        messages.success(request, "Closed. The entry says what was done.")
        return see(reverse("desk:admin-tasks"))
    context = {"case": found.case, "note": found, "form": form}
    return render(request, "desk/admin_task.html", context, status=status_of(form))
