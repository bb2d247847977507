"""Offering several appointments in one go: type, look at each time, offer (APPT-10)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import list_visible, requires, visible
from accounts.requests import Request
from patients.models import Case
from therapy.appointments import around, booking, series
from therapy.appointments.models import Appointment
from therapy.appointments.offer_forms import SeriesForm
from ui.posting import attempt, posted, see, status_of
from ui.words import counted

RELATED = ("patient__user", "site", "policy_version", "clinician__user")


@requires("appointments", "write")
def offer_series(request: Request, case: str) -> HttpResponse:
    """The clinician offers a series: nothing is booked before each of its times was seen (APPT-10)."""
    found = visible(request, Case, *RELATED, ref=case)
    form = SeriesForm(found, data=posted(request))
    context = {
        "case": found,
        "form": form,
        "assessment": booking.next_kind(found) == "assessment",
        "missing": around.missing(found),
    }
    if request.method != "POST" or not form.is_valid():
        return _page(request, found, context)
    typed = dict(form.cleaned_data)  # a refusal takes the field it belongs to out of it
    seen = _look(found, typed)
    if "offer" in request.POST:
        left_out = set(request.POST.getlist("leave_out"))
        starts = [one.starts_at for one in seen if one.key not in left_out and one.starts_at]
        verb = {name: typed[name] for name in ("minutes", "modality", "client_key")}
        if made := attempt(form, lambda: series.offer_series(found, starts, by=request.user, **verb)):
            messages.success(request, f"{counted(len(made), 'time')} offered. The patient confirms each of them.")
            return see(reverse("therapy:appointments", args=[found.ref]))
        form.conflict = True
        seen = _look(found, typed)
    context |= {
        "seen": seen,
        "free": sum(not one.clash for one in seen),
        "clashes": sum(bool(one.clash) for one in seen),
    }
    return render(request, "therapy/appointments/series_look.html", context, status=status_of(form))


def _page(request: Request, case: Case, context: dict) -> HttpResponse:
    form = context["form"]
    context["hours"] = around.hours_in_words(case.wished_hours)
    context["booked"] = around.booked(list_visible(request, Appointment), case, form.moments, timezone.now())
    return render(request, "therapy/appointments/series.html", context, status=status_of(form))


def _look(case: Case, typed: dict[str, Any]) -> list[series.Occurrence]:
    asked = {"weeks": typed["every"], "times": typed["times"], "minutes": typed["minutes"]}
    return series.look(case, typed["date"], typed["time"], at=timezone.now(), **asked)
