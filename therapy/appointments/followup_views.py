"""Pages after a session: what is left to do, and the correction of an outcome (APPT-21, APPT-23)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import requires, visible
from accounts.requests import Request
from deadlines.models import Deadline
from therapy.appointments import correcting, followup, rules
from therapy.appointments.forms import CorrectionForm
from therapy.appointments.models import Appointment
from ui.errors import Refused
from ui.posting import attempt, posted, see, status_of

RELATED = ("case__site", "case__policy_version", "patient__user", "clinician__user", "session")


@requires("appointments", "write", methods=("GET",))
def follow_up(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """What a session that did not take place leaves to do: write with the fitting template, or offer another time."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    owed = Deadline.objects.owed().filter(kind=followup.FOLLOW_UP, key=str(found.ref)).first()
    context = {"appointment": found, "owed": owed, "template": followup.template_for(found)}
    return render(request, "therapy/appointments/follow_up.html", context)


@requires("outcome_corrections", "write")
def correction(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """Patient services correct the outcome of an appointment, with a reason (APPT-21)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    if found.status not in rules.SETTLED_STATUSES:
        raise Refused("This appointment has no outcome yet.", remedy="The clinician ends it first.")
    form = CorrectionForm(found, posted(request))
    if request.method == "POST" and form.is_valid():
        if attempt(form, lambda: correcting.correct(found, by=request.user, **form.cleaned_data)):
            messages.success(request, "The outcome is corrected. What was recorded first stays in the history.")
            return see(reverse("therapy:appointment", args=[found.ref]))
    context = {"appointment": found, "form": form}
    return render(request, "therapy/appointments/correction.html", context, status=status_of(form))
