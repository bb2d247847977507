"""The page of one's calendar feed, the feed itself, and one appointment as a file (APPT-8)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.access import list_visible, public, requires, visible
from accounts.addresses import client_address
from accounts.requests import Request
from therapy.appointments.models import Appointment
from therapy.feeds import actions, limits, rules
from therapy.feeds.entries import entries, entries_of
from therapy.feeds.models import CalendarFeed
from ui.posting import see

CONTENT_TYPE = "text/calendar; charset=utf-8"


@requires("appointments", "read")
def feed_page(request: Request) -> HttpResponse:
    """Opens, renews and closes one's feed; its address is shown once, on the answer that made it."""
    if request.method == "POST" and request.POST.get("close"):
        actions.close_feed(request.user)
        messages.success(request, "Your calendar feed is closed. Its address works no more.")
        return see(reverse("therapy:feed"))
    address = ""
    if request.method == "POST":
        address = request.build_absolute_uri(reverse("therapy:feed-file", args=[actions.open_feed(request.user)]))
    feed = CalendarFeed.objects.filter(user=request.user).first()
    return render(request, "therapy/feeds/feed.html", {"feed": feed, "address": address})


@public(methods=("GET",))
@sensitive_variables("token")
def feed_file(request: HttpRequest, token: str) -> HttpResponse:
    """The feed for whoever holds its address; 404 for a dead one."""
    if limits.is_too_often(client_address(request) or "", timezone.now()):
        return HttpResponse(status=429, headers={"Retry-After": str(limits.WINDOW_SECONDS)})
    owner = actions.owner_of(token)
    if owner is None:
        raise Http404
    return HttpResponse(rules.calendar_of(entries_of(owner, timezone.now())), content_type=CONTENT_TYPE)


@requires("appointments", "read", methods=("GET",))
def appointment_file(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """One appointment as a file for one's own calendar."""
    found = visible(request, Appointment, ref=appointment)
    content = rules.calendar_of(entries(list_visible(request, Appointment).filter(pk=found.pk)))
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)
