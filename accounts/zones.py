"""The time zone in which a person sees times (APPT-8): kept with the account, in force for each of their requests."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import actions, mfa
from accounts.access import signed_in
from accounts.models import UK_ZONE, User
from accounts.requests import Request
from ui.posting import posted, see, status_of
from ui.words import zone_place

REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every zone that is named for a place, by region, the United Kingdom first."""
    known = available_timezones() - {UK_ZONE}
    groups: list[tuple[str, list[tuple[str, str]]]] = [("United Kingdom", [(UK_ZONE, "UK time")])]
    for region in REGIONS:
        names = sorted((name for name in known if name.startswith(f"{region}/")), key=zone_place)
        groups.append((region, [(name, zone_place(name)) for name in names]))
    return groups


class ZoneForm(forms.Form):
    """Where somebody is when they come to a session."""

    time_zone = forms.ChoiceField(
        label="Show me times as they are in",
        help_text="Choose the city nearest to you that has your time.",
        choices=choices,
        widget=forms.Select,
    )


@mfa.before_second_factor
@signed_in
def time_zone(request: Request) -> HttpResponse:
    """The page on which a person says in which zone they want to see times (APPT-8)."""
    form = ZoneForm(posted(request), initial={"time_zone": request.user.time_zone})
    if form.is_valid():
        actions.choose_preferences(request.user, form.cleaned_data)
        messages.success(request, f"Times are now shown in {words(form.cleaned_data['time_zone'])}.")
        return see(reverse("accounts:security"))
    return render(request, "accounts/time_zone.html", {"form": form}, status=status_of(form))


def words(name: str) -> str:
    """Return a zone in words: "UK time", "Buenos Aires time"."""
    return "UK time" if name == UK_ZONE else f"{zone_place(name)} time"


def zone_of(user: User) -> ZoneInfo | None:
    """Return the zone of somebody abroad; None for who sees UK time, and for a zone this machine does not know."""
    name = getattr(user, "time_zone", UK_ZONE)
    if name == UK_ZONE:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


class TimeZoneMiddleware:
    """Shows each signed-in person times in their own zone, and forgets it when the request is over."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = zone_of(request.user) if request.user.is_authenticated else None
        if zone is None:
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)
