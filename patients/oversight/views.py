"""The clinical lead appoints a clinician's supervisor."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import requires, visible
from accounts.requests import Request
from clinicians.models import Clinician
from patients.oversight import actions
from patients.oversight.forms import SupervisorForm
from ui.posting import attempt, posted, see, status_of


@requires("supervisors", "write")
def supervisor(request: Request, clinician: uuid.UUID) -> HttpResponse:
    """Who supervises a clinician, what waits for that person, and naming somebody (TIME-21, NOTE-5)."""
    found = visible(request, Clinician, "user", "supervisor", ref=clinician)
    form = SupervisorForm(found, posted(request))
    if form.is_valid():
        chosen, new = form.cleaned_data["supervisor"], form.has_changed()
        passed = attempt(form, lambda: actions.appoint(found, chosen, by=request.user))
        if passed is not None:
            messages.success(request, _said(chosen.name, found.user.name, passed, new=new))
            return see(reverse("clinicians:clinician", args=[found.ref]))
    waits = actions.waiting(found, timezone.now())
    context = {"clinician": found, "form": form, "waits": waits}
    return render(request, "patients/supervisor.html", context, status=status_of(form))


def _said(supervisor: str, clinician: str, passed: int, *, new: bool) -> str:
    said = f"{supervisor} supervises {clinician} from now on. Both are told."
    if not new:
        said = f"{supervisor} supervises {clinician} already."
    waited = {0: "", 1: " What waited is on the supervisor's list now."}
    return said + waited.get(passed, f" {passed} things that waited are on the supervisor's list now.")
