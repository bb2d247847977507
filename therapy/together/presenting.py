"""Agenda and homework of a session as one viewer sees them (ROOM-12)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from therapy.appointments.models import Appointment
from therapy.homework.models import Homework
from therapy.messages.actions import CLINICIAN, PATIENT, side_of
from therapy.together import actions, rules
from therapy.together.forms import AgreedForm, PointForm
from therapy.together.models import AgendaPoint


@dataclass(frozen=True)
class PointShown:
    """One point to one viewer: whose it is, in words, and what the viewer may do with it."""

    point: AgendaPoint
    whose: str
    is_own: bool
    is_first: bool
    is_last: bool


def agenda_of(appointment: Appointment, viewer) -> list[PointShown]:
    """Return the agenda in order."""
    rows = list(actions.points_of(appointment))
    last = len(rows) - 1
    return [
        PointShown(row, whose(row, appointment, viewer), row.by_id == viewer.pk, here == 0, here == last)
        for here, row in enumerate(rows)
    ]


def whose(point: AgendaPoint, appointment: Appointment, viewer) -> str:
    """Return who put a point on the agenda, as the viewer knows that person."""
    if point.by_id == viewer.pk:
        return "you"
    return appointment.case.patient.called if point.side == PATIENT else appointment.clinician.user.name


def plan_of(appointment: Appointment, viewer, *, at: dt.datetime | None = None) -> dict[str, Any]:
    """Return what pages and panels need of a session's agenda and homework."""
    may_change = actions.may_change(appointment, viewer)
    is_clinician = side_of(appointment.case, viewer) == CLINICIAN
    return {
        "appointment": appointment,
        "case": appointment.case,
        "points": agenda_of(appointment, viewer),
        "agreed": list(homework_of(appointment)),
        "may_change": may_change,
        "sets": may_change and is_clinician,
        "is_clinician": is_clinician,
        "is_patient": side_of(appointment.case, viewer) == PATIENT,
        "point_form": PointForm(auto_id="agenda_%s") if may_change else None,
        "agreed_form": agreed_form(appointment, at or timezone.now()) if may_change and is_clinician else None,
    }


def homework_of(appointment: Appointment):
    """Return what was agreed in a session, in the order of agreeing."""
    return Homework.objects.filter(appointment=appointment).order_by("at", "pk").prefetch_related("reports", "turns")


def agreed_form(appointment: Appointment, at: dt.datetime) -> AgreedForm:
    """Return the form for homework with the day of the next session in it, or the same day of the next week."""
    upcoming = appointment.case.appointments.upcoming(at).exclude(pk=appointment.pk).order_by("during").first()
    coming = timezone.localdate(upcoming.starts_at) if upcoming else None
    due_on = rules.default_due(timezone.localdate(at), coming)
    return AgreedForm(initial={"due_on": due_on}, auto_id="agreed_%s")
