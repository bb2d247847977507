"""Pages of the connection: the check before a session, reports of trouble, known outages (APPT-17, ROOM-14)."""

from __future__ import annotations

import json
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.access import list_visible, requires, signed_in, visible
from accounts.requests import Request
from therapy.connection import actions, showing
from therapy.connection.forms import LookForm, OutageForm
from therapy.connection.models import Outage, Trouble
from therapy.room.models import Session
from ui.posting import attempt, posted, see, status_of

ON_A_PAGE = 25
CHECKS = (
    ("browser", "Your browser"),
    ("http", "Reaching us"),
    ("socket", "The live connection"),
    ("speed", "How fast it is"),
    ("clock", "Your clock"),
)
RELATED = (
    "by",
    "look__by",
    "session__appointment__case",
    "session__appointment__patient",
    "session__appointment__clinician__user",
)


@signed_in
def check(request: Request) -> HttpResponse:
    """Try the connection and the device before a session (ROOM-14)."""
    back = request.GET.get("back", "")
    known = back if _is_uuid(back) else ""
    context = {"now": timezone.now(), "appointment_ref": known, "checks": CHECKS, **showing.phone()}
    return render(request, "therapy/connection/check.html", context)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@signed_in
def echo(request: Request) -> HttpResponse:
    """Answer at once with the server's time: the check of the road without a socket (ROOM-14)."""
    return JsonResponse({"now": timezone.now().isoformat(timespec="milliseconds")})


@requires("connection", "write", methods=("POST",))
def report(request: Request, session: uuid.UUID) -> HttpResponse:
    """One of the two in the room says that the technology is in the way (ROOM-14)."""
    found = list_visible(request, Session).filter(ref=session).select_related("appointment__case").first()
    if found is None or not found.side_of(request.user):
        raise Http404
    try:
        frame = json.loads(request.body)
    except (ValueError, RecursionError):
        frame = None
    told = frame if isinstance(frame, dict) else {}
    words = told.get("words")
    actions.report_trouble(
        found, by=request.user, words=words if isinstance(words, str) else "", trace=told.get("trace")
    )
    return JsonResponse({"told": True, **showing.phone()})


@requires("connection", "answer", methods=("GET",))
def troubles(request: Request) -> HttpResponse:
    """Reports of trouble that nobody has looked at, then those looked at, newest first (APPT-17, ROOM-14)."""
    rows = list_visible(request, Trouble).select_related(*RELATED)
    page = Paginator(rows.exclude(look=None).order_by("-at", "-pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"waiting": rows.waiting(), "page": page}
    return render(request, "therapy/connection/troubles.html", context)


@requires("connection", "answer")
def trouble(request: Request, trouble: uuid.UUID) -> HttpResponse:
    """One report with its trace and the measured connection; patient services say what they did (ROOM-14)."""
    found = visible(request, Trouble, *RELATED, ref=trouble)
    form = LookForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.look_at(found, by=request.user, words=form.cleaned_data["words"])
        messages.success(request, "Kept. The report is off the list.")
        return see(reverse("therapy:troubles"))
    appointment = found.session.appointment
    context = {
        "trouble": found,
        "appointment": appointment,
        "form": form,
        "drawing": showing.drawing_for(appointment, timezone.now()),
    }
    return render(request, "therapy/connection/trouble.html", context, status=status_of(form))


@requires("outages", "write")
def outages(request: Request) -> HttpResponse:
    """Known outages: the list, and the form to enter one (APPT-17)."""
    form = OutageForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: actions.enter_outage(by=request.user, **form.cleaned_data)):
            messages.success(request, "The outage is entered. It counts as lost time for both sides of each session.")
            return see(reverse("therapy:outages"))
    rows = list_visible(request, Outage).select_related("by", "withdrawn_by")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "sees_troubles": access.may(request.user, "connection", "answer")}
    return render(request, "therapy/connection/outages.html", context, status=status_of(form))


@requires("outages", "write", methods=("POST",))
def outage_end(request: Request, outage: uuid.UUID) -> HttpResponse:
    """Say that an outage is over (APPT-17)."""
    actions.end_outage(visible(request, Outage, ref=outage), by=request.user)
    messages.success(request, "The outage is over.")
    return see(reverse("therapy:outages"))


@requires("outages", "write", methods=("POST",))
def outage_withdrawal(request: Request, outage: uuid.UUID) -> HttpResponse:
    """Take back an outage that was entered by mistake (APPT-17)."""
    actions.withdraw_outage(visible(request, Outage, ref=outage), by=request.user)
    messages.success(request, "This outage no longer counts. It stays legible.")
    return see(reverse("therapy:outages"))
