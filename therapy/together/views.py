"""Doors of the agenda and of the homework that is agreed in a session; fragments for the room, pages elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from therapy.appointments.models import Appointment
from therapy.homework.actions import agree
from therapy.sheets.presenting import sheets_of
from therapy.together import actions, presenting, summary
from therapy.together.forms import AgreedForm, PlaceForm, PointForm, TickForm
from therapy.together.models import AgendaPoint
from ui.errors import Refused
from ui.posting import attempt, see, status_of

RELATED = ("case__patient__user", "case__clinician__user", "clinician__user")
# Says to the scripts that a form may be emptied.
DONE = "X-Done"


def appointment_of(request: Request, ref: uuid.UUID) -> Appointment:
    """Return an appointment whose plan this person may see or change; Http404 for others."""
    return visible(request, Appointment, *RELATED, ref=ref)


@requires("session_tools", "read", methods=("GET",))
def agenda(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The page of a session's agenda and homework: before it to prepare, afterwards to read."""
    return _page(request, appointment_of(request, appointment))


def _page(request: Request, found: Appointment, **more) -> HttpResponse:
    context = _plan(request, found) | {"summary": summary.sent_of(found)} | more
    forms = [form for form in more.values() if isinstance(form, Form)]
    return render(request, "therapy/together/page.html", context, status=status_of(forms[0]) if forms else 200)


def _plan(request: Request, found: Appointment) -> dict[str, Any]:
    return sheets_of(found, request.user) | presenting.plan_of(found, request.user)


@requires("session_tools", "read", methods=("GET",))
def panel(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The same beside a conversation, fetched when it is opened."""
    found = appointment_of(request, appointment)
    return render(request, "therapy/together/panel.html", _plan(request, found))


@requires("session_tools", "write")
def points(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """GET: the points as they stand. POST: one more."""
    if request.method == "GET":
        return _points(request, _quietly(request, appointment))
    found = appointment_of(request, appointment)
    form = PointForm(request.POST, auto_id="agenda_%s")
    if form.is_valid() and attempt(form, lambda: actions.add(found, by=request.user, **form.cleaned_data)):
        return _points(request, found)
    if not request.headers.get("HX-Request"):
        return _page(request, found, point_form=form)
    return _points(request, found, refusal=" ".join(str(e) for errors in form.errors.values() for e in errors))


def _quietly(request: Request, ref: uuid.UUID) -> Appointment:
    """The appointment for a part that refreshes by itself: its opening is in the access log, this is not written."""
    found = list_visible(request, Appointment).select_related(*RELATED).filter(ref=ref).first()
    return found if found is not None else appointment_of(request, ref)


def _points(request: Request, found: Appointment, refusal: str = "") -> HttpResponse:
    """The list for a script; without one the page."""
    if request.method == "POST" and not request.headers.get("HX-Request"):
        return see(reverse("therapy:agenda", args=[found.ref]))
    found.refresh_from_db(fields=["status"])
    context = presenting.plan_of(found, request.user) | {"refusal": refusal}
    response = render(request, "therapy/together/points.html", context)
    response.headers[DONE] = "" if refusal else "yes"
    return response


def _on_point(request: Request, appointment: uuid.UUID, point: uuid.UUID, verb: Callable) -> HttpResponse:
    """Do one verb on a point and draw the list; a refusal stands above it in words."""
    found = appointment_of(request, appointment)
    standing = visible(request, AgendaPoint, "appointment__case", ref=point, appointment=found)
    try:
        verb(standing)
    except Refused as refusal:
        if not request.headers.get("HX-Request"):
            raise
        return _points(request, found, refusal=str(refusal))
    return _points(request, found)


@requires("session_tools", "write", methods=("POST",))
def ticking(request: Request, appointment: uuid.UUID, point: uuid.UUID) -> HttpResponse:
    """Ticks a point off, or takes the tick back."""

    def tick(found: AgendaPoint) -> AgendaPoint:
        return actions.tick(found, _clean(TickForm(request.POST))["done"] == "yes", by=request.user)

    return _on_point(request, appointment, point, tick)


@requires("session_tools", "write", methods=("POST",))
def place(request: Request, appointment: uuid.UUID, point: uuid.UUID) -> HttpResponse:
    """Moves a point up or down."""

    def move(found: AgendaPoint) -> AgendaPoint:
        return actions.move(found, _clean(PlaceForm(request.POST))["to"], by=request.user)

    return _on_point(request, appointment, point, move)


@requires("session_tools", "write", methods=("POST",))
def removal(request: Request, appointment: uuid.UUID, point: uuid.UUID) -> HttpResponse:
    """Takes one's own point off."""
    return _on_point(request, appointment, point, lambda found: actions.remove(found, by=request.user))


def _clean(form: Form) -> dict[str, str]:
    if not form.is_valid():
        raise Refused("That is not one of the choices.", remedy="Reload the page.")
    return form.cleaned_data


@requires("session_tools", "read", methods=("GET",))
def agreed(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The homework agreed in the session, as a part that refreshes by itself."""
    found = _quietly(request, appointment)
    return render(request, "therapy/together/agreed.html", presenting.plan_of(found, request.user))


@requires("session_tools", "answer", methods=("POST",))
def agreeing(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Writes down homework that was agreed; it stands on the patient's page at once."""
    found = appointment_of(request, appointment)
    form = AgreedForm(request.POST, auto_id="agreed_%s")
    done = form.is_valid() and attempt(form, lambda: agree(found, by=request.user, **form.cleaned_data))
    if done:
        actions.ring(found, actions.HOMEWORK)
    if not request.headers.get("HX-Request"):
        return see(reverse("therapy:agenda", args=[found.ref])) if done else _page(request, found, agreed_form=form)
    context = presenting.plan_of(found, request.user) | ({} if done else {"agreed_form": form})
    return render(request, "therapy/together/homework.html", context)
