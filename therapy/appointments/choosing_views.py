"""The patient's pages of free times: looking, and booking one (APPT-3)."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import requires, visible
from accounts.requests import Request
from patients.models import Case
from therapy.appointments import choosing, rules, slots, times
from therapy.appointments.choosing_forms import ChooseForm
from therapy.appointments.history import local
from therapy.appointments.models import Appointment
from ui.posting import attempt, posted, see, status_of

RELATED = ("patient__user", "site", "policy_version", "clinician__user")


@requires("appointments", "answer", methods=("GET",))
def free_times(request: Request, case: str) -> HttpResponse:
    """The free times of one's clinician, a week at a time (APPT-3)."""
    found = visible(request, Case, *RELATED, ref=case)
    at, options = timezone.now(), times.options_of(found)
    option = times.wanted(options, request.GET.get("how", ""))
    context = {"case": found, "options": options, "option": option, "why_not": slots.why_not(found, at)}
    if option and not context["why_not"]:
        book = reverse("therapy:choosing", args=[found.ref])
        context |= times.page_of_times(found, option, request.GET.get("week", ""), at, lambda q: f"{book}?{q}")
    return render(request, "therapy/appointments/times.html", context)


@requires("appointments", "answer")
def choosing_page(request: Request, case: str) -> HttpResponse:
    """Booking one free time, after a look at what it means (APPT-3)."""
    found = visible(request, Case, *RELATED, ref=case)
    at = timezone.now()
    form = ChooseForm(times.options_of(found), posted(request), at=at, asked=request.GET)
    if request.method == "POST" and form.is_valid():
        chosen = form.chosen()
        if made := attempt(form, lambda: choosing.choose(found, by=request.user, **chosen)):
            messages.success(request, f"Booked and confirmed: {local(made.starts_at)}.")
            return see(reverse("therapy:appointment", args=[made.ref]))
        form.conflict = True
    if form.moment is None or form.option is None:
        return see(reverse("therapy:times", args=[found.ref]))
    context = choice_context(found, form, form.moment, form.option, at)
    return render(request, "therapy/appointments/choosing.html", context, status=status_of(form))


def choice_context(
    case: Case,
    form: ChooseForm,
    start: dt.datetime,
    option: times.Option,
    at: dt.datetime,
    *,
    besides: Appointment | None = None,
) -> dict:
    """Return what the page of one time shows; where it was refused, the free times nearest to it."""
    refused = bool(form.errors) and not form.is_read_again and not slots.why_not(case, at, besides=besides)
    near = slots.nearest(case, start, option.minutes, at) if refused else []
    notice = dt.timedelta(hours=case.policy.cancellation_notice_hours)
    return {
        "case": case,
        "form": form,
        "start": start,
        "option": option,
        "free_until": rules.free_until(start, notice),
        "near": [{"start": one, "href": f"?{times.query_of(one, option)}"} for one in near],
    }
