"""Templates of the library filled for one case, to be opened in the composer and changed before sending (MSG-3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone

from hub import rules
from hub.models import MessageTemplate
from hub.rules import Filled
from patients.models import Case, CaseEvent
from therapy.appointments.models import Appointment
from therapy.engagement import rules as engagement
from therapy.messages.models import Message
from ui import words
from ui.errors import Refused
from ui.service import patient_services_phone

UK = ZoneInfo("Europe/London")
# "I am in the room and wait for you": it greets nobody and answers nothing.
WAITING = "waiting"
# Of which appointment a template speaks where nobody names one: the next with such a status, or else the latest.
AHEAD, BEHIND = "ahead", "behind"
SPEAKS_OF: dict[str, tuple[str, tuple[str, ...]]] = {
    "first_appointment": (AHEAD, ("offered", "confirmed")),
    "waiting": (AHEAD, ("offered", "confirmed")),
    "first_dna_engaged": (BEHIND, ("dna",)),
    "first_dna_new": (BEHIND, ("dna",)),
    "second_dna_engaged": (BEHIND, ("dna", "late_cancelled")),
    "second_dna_new": (BEHIND, ("dna", "late_cancelled")),
    "late_cancellation": (BEHIND, ("late_cancelled",)),
    "session_cancelled": (BEHIND, ("cancelled", "clinician_cancelled", "late_cancelled")),
    "session_aborted": (BEHIND, ("aborted",)),
}


@dataclass(frozen=True)
class Choice:
    """One template that can be opened in a message."""

    slug: str
    label: str
    title: str
    used: str


def choices(case: Case) -> list[Choice]:
    """Return the templates in force, in the order of the library."""
    titles = dict(MessageTemplate.objects.in_force().values_list("slug", "title"))
    return [Choice(slug, kind.label, titles[slug], kind.used) for slug, kind in rules.KINDS.items() if slug in titles]


def prepared(slug: str, case: Case, *, appointment: Appointment | None = None, at: dt.datetime | None = None) -> Filled:
    """Return the template in force with the values of the case, as if it were sent at `at`; times are UK time.

    What the case does not know yet stays as its placeholder and is named in `missing`. Raises Refused for a template
    that nobody has published.
    """
    template = MessageTemplate.objects.in_force().filter(slug=slug).first()
    if template is None:
        raise Refused("There is no such template.", remedy="Choose one from the list.")
    at = at or timezone.now()
    appointment = appointment or _spoken_of(slug, case, at)
    return rules.fill(template.text, _people(case) | _session(case, appointment) | _dates(slug, case, at))


def _spoken_of(slug: str, case: Case, at: dt.datetime) -> Appointment | None:
    where, statuses = SPEAKS_OF.get(slug, ("", ()))
    rows = case.appointments.filter(status__in=statuses)
    if where == AHEAD:
        return rows.filter(during__endswith__gt=at).order_by("during").first()
    return rows.order_by("-during").first() if where else None


def _people(case: Case) -> dict[str, str]:
    policy = case.policy
    return {
        "preferred_name": case.patient.called,
        "clinician_name": case.clinician.user.name if case.clinician else "",
        "site_name": case.site.name,
        "reply_hours": str(policy.reply_hours),
        "notice_hours": str(policy.cancellation_notice_hours),
        "wait_minutes": str(policy.wait_for(case.step_or_provisional)),
        "patient_services_phone": patient_services_phone(),
    }


def _session(case: Case, appointment: Appointment | None) -> dict[str, str]:
    if appointment is None:
        return {}
    return {
        "appointment_time": uk_moment(appointment.starts_at),
        "appointment_minutes": str(appointment.minutes),
        "confirm_by": uk_moment(appointment.confirm_by),
        "cancel_by": uk_moment(appointment.free_until),
    }


def _dates(slug: str, case: Case, at: dt.datetime) -> dict[str, str]:
    by = engagement.answer_by(slug, at, welcomed_at(case))
    on = engagement.discharge_on(slug, at)
    return {"answer_by": uk_day(by), "discharge_date": uk_day(on) if on else ""}


def welcome_of(case: Case) -> Message | None:
    """Return what the case's clinician first wrote to the patient since the case was put on their caseload, or None."""
    if case.clinician is None:
        return None
    written = Message.objects.filter(case=case, sender_id=case.clinician.user_id).exclude(template=WAITING)
    if since := allocated_at(case):
        written = written.filter(at__gte=since)
    return written.order_by("at", "pk").first()


def welcomed_at(case: Case) -> dt.datetime | None:
    """Return when that was."""
    welcome = welcome_of(case)
    return welcome.at if welcome is not None else None


def allocated_at(case: Case) -> dt.datetime | None:
    """Return when the case was last put on a caseload; the end of a hold puts it on none."""
    events = CaseEvent.objects.filter(case=case, after="allocated").exclude(before="on_hold")
    return events.order_by("-at").values_list("at", flat=True).first()


def uk_moment(value: dt.datetime) -> str:
    """Return a moment in the words of letters and messages, UK time."""
    return words.moment(value.astimezone(UK))


def uk_day(value: dt.datetime) -> str:
    """Return the UK day of a moment in words."""
    return words.day(value.astimezone(UK).date())
