"""Worksheets: written in field by field, by the patient alone or by both in a session (MSG-4, ROOM-12)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from therapy.appointments.models import Appointment
from therapy.sheets import actions, presenting
from therapy.sheets.forms import BeginForm, FieldForm, SheetForm
from therapy.sheets.models import Sheet
from ui import saving
from ui.errors import Refused
from ui.posting import attempt, see, status_of

RELATED = ("case__patient__user", "case__clinician__user", "appointment", "returned", "by")


def _sheet(request: Request, ref: uuid.UUID, *, quietly: bool = False) -> Sheet:
    """Return a sheet that this person may read; a patient's own is theirs alone until it is sent back.

    `quietly`: a page that is open asks by itself, which is not written into the access log again.
    """
    rows = list_visible(request, Sheet).select_related(*RELATED).filter(ref=ref) if quietly else None
    found = (rows.first() if rows is not None else None) or visible(request, Sheet, *RELATED, ref=ref)
    if not actions.may_read(found, request.user):
        raise Http404
    return found


def _written(request: Request, found: Sheet) -> SheetForm:
    """Keep what was posted for all fields; where that is refused, the form says why and holds what was typed."""
    form = SheetForm(found.blank, request.POST, prefix=f"sheet-{found.ref.hex}-")
    if not form.is_valid():
        return form
    for name, (text, version) in form.written().items():
        try:
            actions.write(found, name, text, version, by=request.user)
        except saving.Overtaken as overtaken:
            other = overtaken.saved.texts.get(actions.TEXT, "")
            form.add_error(name, f"Somebody changed this meanwhile. It now says: {other or '(nothing)'}")
        except Refused as refusal:
            form.add_error(None, str(refusal))
            break
    return form


@requires("session_tools", "read", methods=("GET",))
def sheet(request: Request, sheet: uuid.UUID) -> HttpResponse:
    """One worksheet: a form for who writes in it, to read for everybody else."""
    found = _sheet(request, sheet)
    return render(request, "therapy/sheets/sheet.html", presenting.sheet_of(found, request.user))


@requires("session_tools", "write", methods=("POST",))
def saved(request: Request, sheet: uuid.UUID) -> HttpResponse:
    """Keeps all fields at once, for a page without scripts."""
    found = _sheet(request, sheet)
    form = _written(request, found)
    if form.is_valid():
        messages.success(request, "Saved.")
        return see(reverse("therapy:sheet", args=[found.ref]))
    return _again(request, found, form)


def _again(request: Request, found: Sheet, form: SheetForm) -> HttpResponse:
    """The page with what was typed and why it was not kept."""
    context = presenting.sheet_of(found, request.user, form)
    return render(request, "therapy/sheets/sheet.html", context, status=status_of(form))


@requires("session_tools", "read", methods=("GET",))
def beside(request: Request, sheet: uuid.UUID) -> HttpResponse:
    """The same beside a conversation."""
    found = _sheet(request, sheet)
    return render(request, "therapy/sheets/beside.html", presenting.sheet_of(found, request.user))


@requires("session_tools", "read", methods=("GET",))
def state(request: Request, sheet: uuid.UUID) -> JsonResponse:
    """What stands in every field, for a page that is open and was told that something changed."""
    found = _sheet(request, sheet, quietly=True)
    fields = {
        name: {"text": row.text, "version": row.version, "who": presenting.who_of(found, row, request.user)}
        for name, row in actions.newest(found).items()
    }
    return JsonResponse({"writes": actions.may_write(found, request.user), "fields": fields})


@requires("session_tools", "read", methods=("GET",))
def history(request: Request, sheet: uuid.UUID) -> HttpResponse:
    """Every version of every field."""
    found = _sheet(request, sheet)
    context = {"sheet": found, "blank": found.blank, "rows": presenting.history_of(found, request.user)}
    return render(request, "therapy/sheets/history.html", context)


@requires("session_tools", "write")
def field(request: Request, sheet: uuid.UUID, field: str) -> JsonResponse:
    """One field as it is being written: GET reads what is kept, POST keeps it (MSG-9)."""
    found, form = _sheet(request, sheet, quietly=True), FieldForm(request.POST)
    if field not in found.blank.names:
        raise Http404
    return saving.answer(
        request,
        form,
        lambda: actions.saved_of(found, field),
        lambda: actions.write(found, field, form.cleaned_data["text"], form.cleaned_data["version"], by=request.user),
    )


@requires("session_tools", "write", methods=("POST",))
def writing(request: Request, sheet: uuid.UUID, field: str) -> HttpResponse:
    """Says to the other side that one is writing in a field; nothing is kept."""
    actions.say_writing(_sheet(request, sheet, quietly=True), field, by=request.user)
    return HttpResponse(status=204)


@requires("session_tools", "write", methods=("POST",))
def send_back(request: Request, sheet: uuid.UUID) -> HttpResponse:
    """The patient sends a worksheet back, with what stands in the form at that moment."""
    found = _sheet(request, sheet)
    if found.is_shared or not actions.may_write(found, request.user):
        actions.send_back(found, by=request.user)
        return see(reverse("therapy:sheet", args=[found.ref]))
    form = _written(request, found)
    if form.is_valid() and attempt(form, lambda: actions.send_back(found, by=request.user)):
        return see(reverse("therapy:sheet", args=[found.ref]))
    return _again(request, found, form)


@requires("session_tools", "write")
def sheets(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """GET: the sheets of a session as a part that refreshes by itself. POST: the clinician begins one."""
    if request.method == "GET":
        rows = list_visible(request, Appointment).select_related("case__patient", "case__clinician")
        found = rows.filter(ref=appointment).first() or visible(request, Appointment, ref=appointment)
        return render(request, "therapy/sheets/list.html", presenting.sheets_of(found, request.user))
    found = visible(request, Appointment, "case__patient", "case__clinician", ref=appointment)
    form = BeginForm(request.POST)
    if not form.is_valid():
        raise Refused("There is no such sheet.", remedy="Choose one from the list.")
    made = actions.begin(found, form.cleaned_data["slug"], by=request.user)
    if not request.headers.get("HX-Request"):
        return see(reverse("therapy:sheet", args=[made.ref]))
    return render(request, "therapy/sheets/list.html", presenting.sheets_of(found, request.user))
