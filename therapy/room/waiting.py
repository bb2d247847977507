"""While the clinician waits for the patient: a line, a nudge, and when the wait is over (APPT-14, 15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from notices.actions import tell
from therapy.appointments.facts import facts_of
from therapy.appointments.history import uk_clock, write_down
from therapy.messages import actions as messages
from therapy.messages import templates
from therapy.room import actions, rules
from therapy.room.frames import Ack
from therapy.room.models import Session
from ui.errors import Refused

CID = "waiting"
NUDGED = "nudged"
NOTICE = "session_waiting"
OWN_WORDS = (
    "I am here, and I will wait for you until {until}. Please come in whenever you can: I am glad to see you also when "
    "you are late."
)


@dataclass(frozen=True)
class Wait:
    """The wait for a patient who has not come: until when, whether it is over, and what was done meanwhile."""

    until: dt.datetime
    is_over: bool
    said: bool
    nudged_at: dt.datetime | None


def wait_of(session: Session, at: dt.datetime) -> Wait | None:
    """Return the wait as it stands; None before the start, once the patient came, and after the planned end."""
    appointment = session.appointment
    if session.ended_at or not appointment.starts_at <= at < appointment.ends_at:
        return None
    facts = facts_of(appointment, at)
    if facts.patient_joined_at is not None or appointment.status != "confirmed":
        return None
    said = session.lines.filter(sender=session.clinician_user_id, cid=CID).exists()
    return Wait(facts.wait_over_at, at >= facts.wait_over_at, said, nudged_at(session))


def nudged_at(session: Session) -> dt.datetime | None:
    """Return when the patient was nudged, or None."""
    return session.appointment.events.filter(what=NUDGED).values_list("at", flat=True).first()


@transaction.atomic
def say_waiting(session: Session, *, by, login: str = "", at: dt.datetime | None = None) -> Ack:
    """Post "I will wait" in the room and as a message, and nudge the patient, once, however often it is asked for.

    (APPT-15) Raises Refused where nobody is waited for.
    """
    at = at or timezone.now()
    locked = Session.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=session.pk)
    wait = wait_of(locked, at)
    if wait is None:
        raise Refused("There is nobody to wait for.", remedy="Load the page again to see where the session stands.")
    words = words_of(locked, wait, at)
    if nudge(locked, by=by, at=at) and messages.is_open_to(locked.case, by):
        key = f"{CID}:{locked.ref.hex}"
        messages.leave_word(locked.case, words, by=by, client_key=key, template=templates.WAITING, at=at)
    return actions.write(locked.ref, by, CID, words, at, login=login)


RELATED = ("appointment__case__policy_version", "appointment__case__site", "appointment__patient__user")


def words_of(session: Session, wait: Wait, at: dt.datetime) -> str:
    """Return the template of the library, or our own words where there is none or it lacks a value (MSG-3)."""
    try:
        filled = templates.prepared(templates.WAITING, session.case, appointment=session.appointment, at=at)
    except Refused:
        return OWN_WORDS.format(until=uk_clock(wait.until))
    return OWN_WORDS.format(until=uk_clock(wait.until)) if filled.missing else filled.text[: rules.LONGEST_TEXT]


def nudge(session: Session, *, by, at: dt.datetime) -> bool:
    """Tell the patient by e-mail, and by text where that was agreed, that somebody waits; once a session (APPT-15)."""
    appointment = session.appointment
    patient = appointment.patient
    if nudged_at(session) is not None or patient.user is None:
        return False
    about: dict[str, Any] = {
        "key": f"{appointment.ref}:waiting",
        "case_ref": appointment.case.ref,
        "link": reverse("therapy:appointment", args=[appointment.ref]),
        "at": at,
    }
    tell(patient.user, NOTICE, **about)
    write_down(appointment, NUDGED, by=by, at=at)
    return True
