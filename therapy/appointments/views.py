"""Pages of appointments: each authorises, calls one verb and answers."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import list_visible, may, requires, visible
from accounts.requests import Request
from patients.models import Case
from therapy.appointments import actions, around, booking, breaches, facts, rules, slots
from therapy.appointments.forms import CancelForm, OfferForm, ReasonForm, WithdrawForm
from therapy.appointments.history import local
from therapy.appointments.models import Appointment
from therapy.connection.showing import drawing_for
from ui.posting import attempt, posted, see, status_of

PAST_ON_A_PAGE, UPCOMING_ON_A_PAGE = 20, 15
RELATED = ("case__site", "case__policy_version", "patient__user", "clinician__user", "session")
LISTED = ("case", "patient", "clinician__user")
MOVED = ("moved_to__new", "moved_from__old")


def _answer(request: Request, appointment: Appointment, said: str) -> HttpResponse:
    messages.success(request, said)
    return _to(appointment)


def _to(appointment: Appointment) -> HttpResponse:
    return see(reverse("therapy:appointment", args=[appointment.ref]))


def _list_page(request: Request, rows, context: dict[str, Any]) -> HttpResponse:
    """Draw the next appointments, and past ones a page at a time; what is further ahead stands in the weeks."""
    now = timezone.now()
    past = Paginator(rows.past(now), PAST_ON_A_PAGE).get_page(request.GET.get("page"))
    shown: Any = past.object_list  # which appointments; only these are read whole
    past.object_list = list(shown.whole(*LISTED, "session", "note", "note_draft", order="-during"))
    ahead = list(rows.upcoming(now)[: UPCOMING_ON_A_PAGE + 1].whole(*LISTED))
    context |= {
        "upcoming": ahead[:UPCOMING_ON_A_PAGE],
        "more": len(ahead) > UPCOMING_ON_A_PAGE,
        "past": past,
        "now": now,
    }
    return render(request, "therapy/appointments/list.html", context)


@requires("appointments", "read", methods=("GET",))
def my_appointments(request: Request) -> HttpResponse:
    """One's own appointments: the patient's, or the clinician's over all cases."""
    choosable = slots.choosable_case(request.user, timezone.now()) if request.user.is_patient else None
    return _list_page(
        request, list_visible(request, Appointment).own(request.user), {"case": None, "choosable": choosable}
    )


@requires("appointments", "read", methods=("GET",))
def case_appointments(request: Request, case: str) -> HttpResponse:
    """The appointments of one case."""
    found = visible(request, Case, "patient", ref=case)
    return _list_page(request, list_visible(request, Appointment).filter(case=found), {"case": found})


@requires("appointments", "read", methods=("GET",))
def appointment(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """One appointment: where it stands, what can be done, what happened."""
    found = visible(request, Appointment, *RELATED, *MOVED, ref=appointment)
    now = timezone.now()
    context = {
        "appointment": found,
        "now": now,
        "events": found.events.select_related("by"),
        "may_answer": found.may_be_answered(now),
        "room_is_open": found.is_open and found.room_opens_at <= now < found.ends_at,
        "clinician_missed": found.status == "confirmed" and now >= found.ends_at and facts.clinician_missed(found),
        "waited": facts.left_waiting(found, now),
        "would_be_late": found.status == "confirmed" and now > found.free_until,
        "is_over": now >= found.ends_at,
        "breach": breaches.count_of(found),
        "follows_up": found.status in rules.SETTLED_STATUSES - rules.HELD_STATUSES,
        "may_correct": found.status in rules.SETTLED_STATUSES and may(request.user, "outcome_corrections", "write"),
        "may_plan": may(request.user, "session_tools", "read"),
        "may_look_in": found.is_open and may(request.user, "look_in", "read"),
        "drawing": drawing_for(found, now) if request.user.is_staff_member else None,
    }
    return render(request, "therapy/appointments/appointment.html", context)


@requires("appointments", "write")
def offer(request: Request, case: str) -> HttpResponse:
    """The clinician offers an appointment (APPT-1)."""
    found = visible(request, Case, "patient__user", "site", "policy_version", "clinician__user", ref=case)
    assessment = booking.next_kind(found) == "assessment"
    held = found.appointments.filter(status__in=rules.ASSESSING_STATUSES)
    held = held.exclude(client_key=request.POST.get("client_key", "").replace("\0", ""))  # nor is a second press
    form = OfferForm(found, second_assessment=assessment and held.exists(), data=posted(request))
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("starts_at", "minutes", "modality", "client_key")}
        if made := attempt(form, lambda: actions.offer(found, by=request.user, **typed)):
            return _answer(request, made, f"Offered for {local(made.starts_at)}. The patient is asked to confirm it.")
        form.conflict = True
    context = {
        "case": found,
        "form": form,
        "assessment": assessment,
        "assessed": held.exclude(status__in=rules.OPEN_STATUSES).exists(),
        "missing": around.missing(found),
        "hours": around.hours_in_words(found.wished_hours),
        "booked": around.booked(list_visible(request, Appointment), found, form.moments, timezone.now()),
    }
    return render(request, "therapy/appointments/offer.html", context, status=status_of(form))


@requires("appointments", "answer", methods=("POST",))
def confirmation(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The patient confirms (APPT-5)."""
    found = visible(request, Appointment, ref=appointment)
    actions.confirm(found, by=request.user)
    return _answer(request, found, "Thank you. This appointment is now confirmed.")


@requires("appointments", "answer")
def decline(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The patient declines (APPT-5)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.decline(found, by=request.user, reason=form.cleaned_data["reason"])
        return _answer(request, found, "You declined this appointment. Your therapist can offer another time.")
    if found.status != "offered":
        return _to(found)
    context = {"appointment": found, "form": form}
    return render(request, "therapy/appointments/decline.html", context, status=status_of(form))


@requires("appointments", "answer")
def cancellation(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The patient cancels, having been told what it means (APPT-12, APPT-13)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    now = timezone.now()
    waited = facts.left_waiting(found, now)
    late = not waited and rules.is_late_cancellation(found.status, found.starts_at, now, found.cancellation_notice)
    shown = "late" if late else "in time"
    form = CancelForm(posted(request), initial={"shown": shown})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["shown"] == shown or not found.is_open:
            return _cancelled(request, found, form.cleaned_data["reason"])
        form = _shown_again(form, shown)
    if not found.is_open:
        return _to(found)
    context = {
        "appointment": found,
        "form": form,
        "late": late,
        "waited": waited,
        "begun": now >= found.starts_at,
        "breach": breaches.next_count(found),
    }
    return render(request, "therapy/appointments/cancellation.html", context, status=status_of(form))


def _shown_again(form: CancelForm, shown: str) -> CancelForm:
    """The limit passed while the page was open: say so, keep what was typed, cancel nothing (APPT-13)."""
    again = CancelForm({**dict(form.data.items()), "shown": shown})
    again.add_error(None, "While this page was open the limit passed. Nothing is cancelled yet: please read on.")
    again.conflict = True
    return again


def _cancelled(request: Request, appointment: Appointment, reason: str) -> HttpResponse:
    done = actions.cancel(appointment, by=request.user, reason=reason)
    return _answer(request, done, "This appointment is cancelled.")


@requires("appointments", "write")
def withdrawal(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The clinician cancels, or patient services on somebody's word (APPT-18)."""
    found = visible(request, Appointment, *RELATED, ref=appointment)
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.cancel(found, by=request.user, **form.cleaned_data)
        return _answer(request, found, "This appointment is cancelled and the patient is told.")
    if not found.is_open:
        return _to(found)
    context = {"appointment": found, "form": form}
    return render(request, "therapy/appointments/withdrawal.html", context, status=status_of(form))


@requires("appointments", "write", methods=("POST",))
def keeping(request: Request, appointment: uuid.UUID) -> HttpResponse:
    """The clinician keeps an unconfirmed offer open until its start (APPT-6)."""
    found = visible(request, Appointment, ref=appointment)
    actions.keep_open(found, by=request.user)
    return _answer(request, found, "The patient can now confirm until the start.")
