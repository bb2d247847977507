"""A clinician's own week, and what others may see of clinicians."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from clinicians import actions, clocks, rules
from clinicians.forms import AvailabilityForm, DayHoursForm, ExactHoursForm, HoldForm, LeaveForm
from clinicians.models import Clinician, ComplianceDocument
from ui.posting import attempt, posted, see, status_of


@requires("clinicians", "write")
def availability(request: Request) -> HttpResponse:
    """The clinician's own weekly pattern and wished number of cases (CLIN-5)."""
    own = _own(request)
    form = AvailabilityForm(posted(request), initial=_initial(own))
    if not form.is_valid():
        return _show(request, own, form=form)
    week = rules.with_parts(own.stretches(), form.cleaned_data["parts"])
    actions.set_availability(own, week, by=request.user)
    actions.set_desired_caseload(own, form.cleaned_data["desired_caseload"], by=request.user)
    actions.set_self_booking(own, form.cleaned_data["self_booking"], by=request.user)
    messages.success(request, "Saved. It counts from the next allocation on.")
    return see(reverse("clinicians:availability"))


@requires("clinicians", "write", methods=("POST",))
def leave(request: Request) -> HttpResponse:
    """Enters days away (CLIN-7)."""
    own = _own(request)
    form = LeaveForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        return _show(request, own, leave_form=form)
    actions.take_leave(own, form.cleaned_data["first_day"], form.cleaned_data["last_day"], by=request.user)
    messages.success(request, "Your days away are entered.")
    return see(reverse("clinicians:availability"))


def _own(request: Request) -> Clinician:
    """The signed-in clinician's own row; a holder of the grant who is no clinician has no such page."""
    own = Clinician.objects.filter(user=request.user).prefetch_related("availability").first()
    if own is None:
        raise Http404
    return own


def _initial(own: Clinician) -> dict[str, Any]:
    return {
        "parts": sorted(own.parts()),
        "desired_caseload": own.desired_caseload,
        "self_booking": own.self_booking,
    }


def _show(request: Request, own: Clinician, **bound: Any) -> HttpResponse:
    """The whole page, with the one form that somebody sent as it came."""
    today = timezone.localdate()
    context = {
        "form": AvailabilityForm(initial=_initial(own)),
        "leave_form": LeaveForm(today=today),
        "day_form": DayHoursForm(today=today),
        "clinician": own,
        "hours": _hours(own),
        "leaves": own.leaves.filter(last_day__gte=today).order_by("first_day"),
        "exceptions": own.exceptions.filter(day__gte=today),
        "lacking": _in_words(own.documents_lacking(today)),
    }
    status = max((status_of(form) for form in bound.values()), default=200)
    return render(request, "clinicians/availability.html", context | bound, status=status)


@requires("clinicians", "write")
def exact_hours(request: Request) -> HttpResponse:
    """The clinician's own week by half hours (CLIN-5)."""
    own = _own(request)
    form = ExactHoursForm(posted(request), initial={"hours": rules.half_hours_of(own.stretches())})
    if form.is_valid():
        actions.set_availability(own, rules.stretches_of_half_hours(form.cleaned_data["hours"]), by=request.user)
        messages.success(request, "Saved. Patients see these hours from now on.")
        return see(reverse("clinicians:availability"))
    return render(request, "clinicians/exact_hours.html", {"form": form}, status=status_of(form))


@requires("clinicians", "write", methods=("POST",))
def day_hours(request: Request) -> HttpResponse:
    """Enters other hours on one date (CLIN-5)."""
    own = _own(request)
    form = DayHoursForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        return _show(request, own, day_form=form)
    actions.add_exception(own, **form.cleaned_data, by=request.user)
    messages.success(request, "Entered for that day.")
    return see(reverse("clinicians:availability"))


@requires("clinicians", "write", methods=("POST",))
def day_hours_removal(request: Request) -> HttpResponse:
    """Takes back the hours of one date; what is not one's own or gone already changes nothing."""
    own, number = _own(request), request.POST.get("exception", "")
    found = own.exceptions.filter(pk=number).first() if number.isascii() and number.isdecimal() else None
    if found is not None:
        actions.remove_exception(own, found, by=request.user)
        messages.success(request, "Taken back: on that day your week counts again.")
    return see(reverse("clinicians:availability"))


@requires("clinicians", "read", methods=("GET",))
def clinicians(request: Request) -> HttpResponse:
    """The clinicians whom the reader may see, with what keeps them from new cases."""
    found = list(
        access.list_visible(request, Clinician)
        .select_related("user", "supervisor")
        .prefetch_related("documents", "leaves", "sites")
    )
    for one in found:
        one.stops = _stops(one)
    return render(request, "clinicians/list.html", {"clinicians": found})


@requires("clinicians", "read", methods=("GET",))
def clinician_page(request: Request, clinician: uuid.UUID) -> HttpResponse:
    """One clinician: cleared for what, working when, which documents until when."""
    return _page(request, access.visible(request, Clinician, "user", "supervisor", ref=clinician))


def _page(request: Request, found: Clinician, form: HoldForm | None = None) -> HttpResponse:
    """The whole page, with the decision on new cases as it came where it was refused."""
    context = {
        "clinician": found,
        "hours": _hours(found),
        "stops": _stops(found),
        "documents": found.documents.all(),
        "leaves": found.leaves.filter(last_day__gte=timezone.localdate()).order_by("first_day"),
        "appoints": access.may(request.user, "supervisors", "write"),
        "half_year": clocks.half_year_of(found) if access.may(request.user, "clinicians", "answer") else None,
        **_hold_of(request, found, form),
    }
    return render(request, "clinicians/clinician.html", context, status=status_of(form) if form else 200)


def _hold_of(request: Request, found: Clinician, form: HoldForm | None) -> dict[str, Any]:
    """What whoever decides on a hold sees: what can be decided now, the late notes behind a proposal (TIME-6).

    Nobody decides about oneself.
    """
    held = access.relations_held("clinician", request.user, found)
    if found.user_id == request.user.pk or not access.may_on(request.user, "allocation_hold", "write", held):
        return {}
    proposal = clocks.proposal_of(found)
    late = clocks.notes_behind(found, proposal) if proposal else []
    return {"hold_form": form or HoldForm(offered=_offered(found)), "proposal": proposal, "late_notes": late}


def _offered(found: Clinician) -> list[str]:
    """Which decisions on new cases fit at the moment, by their keys in HOLDING."""
    if found.allocation_hold:
        return ["lift"]
    return ["hold", "leave"] if clocks.proposal_of(found) else ["hold"]


@requires("allocation_hold", "write", methods=("POST",))
def hold(request: Request, clinician: uuid.UUID) -> HttpResponse:
    """The supervisor or the clinical lead holds new cases, leaves it as it is, or lifts a hold (TIME-6, CLIN-6)."""
    found = access.visible(request, Clinician, "user", "supervisor", ref=clinician)
    form = HoldForm(request.POST, offered=_offered(found))
    if form.is_valid() and attempt(form, lambda: _decide(request, found, form)):
        messages.success(request, HOLDING[form.cleaned_data["decision"]][1])
        return see(reverse("clinicians:clinician", args=[found.ref]))
    return _page(request, found, form)


HOLDING = {
    "hold": (actions.hold_new_cases, "New cases are held. The clinician is told and reads why."),
    "leave": (actions.leave_as_it_is, "It is left as it is. Your reason is kept."),
    "lift": (actions.lift_hold, "New cases can go there again. The clinician is told."),
}


def _decide(request: Request, found: Clinician, form: HoldForm) -> Clinician:
    return HOLDING[form.cleaned_data["decision"]][0](found, form.cleaned_data["reason"], by=request.user)


@requires("clinicians", "answer", methods=("POST",))
def half_year(request: Request, clinician: uuid.UUID) -> HttpResponse:
    """The clinical lead has looked at a clinician's first half-year (TIME-20)."""
    found = access.visible(request, Clinician, "user", ref=clinician)
    if clocks.reviewed(found, by=request.user, at=timezone.now()):
        messages.success(request, "Noted. It is off your list.")
    return see(reverse("clinicians:clinician", args=[found.ref]))


def _stops(clinician: Clinician) -> list[str]:
    """Why no new case goes to the clinician today, in words (CLIN-6)."""
    today = timezone.localdate()
    found = [] if clinician.active else ["Not active"]
    found += [clinician.allocation_hold] if clinician.allocation_hold else []
    found += [f"{label} missing or out of date" for label in _in_words(clinician.documents_lacking(today))]
    leaves = [(row.first_day, row.last_day) for row in clinician.leaves.all()]
    return [*found, "On leave, or soon"] if rules.leave_about_to_start(leaves, today) else found


def _in_words(kinds: list[str]) -> list[str]:
    return [str(ComplianceDocument.Kind(kind).label) for kind in kinds]


def _hours(clinician: Clinician) -> list[tuple[str, list[Any]]]:
    """The week's stretches by day, for the days that have any."""
    week = list(clinician.stretches())
    days = [(name, [one for one in week if one.weekday == day]) for day, name in enumerate(rules.WEEKDAY_NAMES)]
    return [(name, stretches) for name, stretches in days if stretches]
