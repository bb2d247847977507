"""One's own calendar by the week (APPT-8)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import list_visible, requires
from accounts.requests import Request
from clinicians.models import Clinician
from therapy.appointments import slots
from therapy.appointments.calendar import week_page
from therapy.appointments.models import Appointment

RELATED = ("case__patient", "patient", "clinician__user", "session")


@requires("appointments", "read", methods=("GET",))
def week(request: Request) -> HttpResponse:
    """A week of one's own appointments: the patient's, or the clinician's over all cases."""
    at, user = timezone.now(), request.user
    rows = list_visible(request, Appointment).own(user).select_related(*RELATED)
    clinician = None if user.is_patient else Clinician.objects.filter(user=user).first()
    context = week_page(rows, request.GET.get("week", ""), at, clinician)
    choosable = slots.choosable_case(user, at) if user.is_patient else None
    return render(request, "therapy/appointments/week.html", context | {"now": at, "choosable": choosable})
