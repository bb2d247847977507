"""The verbs of an appointment. Times are aware; `at` is now unless the caller says otherwise."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from deadlines import actions as deadlines
from live import doorbell
from therapy.appointments import assessed, followup, reminders, reviews, rules, telling
from therapy.appointments.booking import offer
from therapy.appointments.history import local, local_clock, lock, settle, turn, write_down
from therapy.appointments.models import Appointment, Cancellation, Outcome
from therapy.connection import actions as connection
from therapy.connection import measured
from ui.errors import Refused

__all__ = [
    "cancel",
    "confirm",
    "confirm_by_joining",
    "decline",
    "end",
    "facts_of",
    "keep_open",
    "lapse",
    "left_waiting",
    "offer",
    "why_not_outcome",
]

LEFT_OPEN_AFTER = dt.timedelta(minutes=30)
RELOAD = "Reload the page to see where it stands now."


# --- the patient's answer -----------------------------------------------------------------------


@transaction.atomic
def confirm(appointment: Appointment, *, by, at: dt.datetime | None = None) -> Appointment:
    """Confirm an offer; confirming again changes nothing. Refused once the limit is past (APPT-5)."""
    at = at or timezone.now()
    locked = lock(appointment)
    if locked.status == "confirmed":
        return locked
    _refuse_unless_offered(locked)
    if at > locked.confirm_by:
        raise Refused(
            f"This had to be confirmed by {local(locked.confirm_by)}.",
            remedy="Write to your therapist: they can keep it open or offer another time.",
        )
    return confirmed(locked, by=by, reason="", at=at)


@transaction.atomic
def confirm_by_joining(appointment: Appointment, *, by, at: dt.datetime | None = None) -> Appointment:
    """Confirm an offer because the patient came before it lapsed at its start (APPT-5)."""
    at = at or timezone.now()
    locked = lock(appointment)
    if locked.status == "confirmed":
        return locked
    _refuse_unless_offered(locked)
    if at > locked.starts_at:
        raise Refused("This offer lapsed at its start.", remedy="Write to your therapist for another time.")
    if at < locked.room_opens_at:
        raise Refused(f"The room opens at {local_clock(locked.room_opens_at)}.", remedy="Come back then.")
    return confirmed(locked, by=by, reason="by joining", at=at)


def confirmed(
    locked: Appointment, *, by, reason: str, at: dt.datetime, notice: str = "appointment_confirmed"
) -> Appointment:
    """Turn a locked offer into a confirmed appointment, tell the clinician by `notice`, start its clocks.

    With an empty `notice` the caller tells them.
    """
    locked.confirmed_at = at
    turn(locked, "confirmed", by=by, reason=reason, at=at, fields=["confirmed_at"])
    ref, case_ref, clinician = str(locked.ref), locked.case.ref, locked.clinician.user
    settle(locked, "confirmed", met=("confirm",), at=at)
    deadlines.open_deadline(
        "outcome",
        ref,
        due_at=locked.ends_at + LEFT_OPEN_AFTER,
        owner=clinician,
        case_ref=case_ref,
        opened_by="appointment confirmed",
        at=at,
    )
    deadlines.open_deadline(
        "clinician_missed",
        ref,
        due_at=locked.starts_at + rules.CLINICIAN_MISSED_AFTER,
        case_ref=case_ref,
        opened_by="appointment confirmed",
        at=at,
    )
    reminders.remind_of_start(locked, at=at)
    if notice:
        telling.tell_clinician(locked, notice, at=at)
    return locked


@transaction.atomic
def decline(appointment: Appointment, *, by, reason: str = "", at: dt.datetime | None = None) -> Appointment:
    """Decline an offer, which frees its time (APPT-4, APPT-5); declining again changes nothing."""
    at = at or timezone.now()
    locked = lock(appointment)
    if locked.status == "declined":
        return locked
    _refuse_unless_offered(locked)
    turn(locked, "declined", by=by, reason=reason, at=at)
    settle(locked, "declined", met=("confirm",), at=at)
    telling.tell_clinician(locked, "appointment_declined", at=at)
    return locked


def _refuse_unless_offered(locked: Appointment) -> None:
    if locked.status != "offered":
        raise Refused(f"This appointment is {locked.get_status_display().lower()} already.", remedy=RELOAD)


@transaction.atomic
def keep_open(appointment: Appointment, *, by, at: dt.datetime | None = None) -> Appointment:
    """Let an offer be confirmed until its start after all (APPT-6)."""
    at = at or timezone.now()
    locked = lock(appointment)
    _refuse_unless_offered(locked)
    if at > locked.starts_at:
        raise Refused("This appointment's start is past.", remedy="Offer another time.")
    if locked.confirm_by != locked.starts_at:
        locked.confirm_by = locked.starts_at
        locked.save(update_fields=["confirm_by"])
        write_down(locked, "kept open", by=by, at=at)
        deadlines.meet("confirm", str(locked.ref), closed_by="kept open", at=at)
        reminders.remind_of_limit(locked, at=at, occasion="kept-open")
        telling.tell_patient(locked, "appointment_offered", at=at, again="kept-open")
    return locked


@transaction.atomic
def lapse(appointment: Appointment, *, at: dt.datetime | None = None) -> Appointment:
    """Let an unconfirmed offer go at its start, which frees its time and tells both (APPT-6)."""
    at = at or timezone.now()
    locked = lock(appointment)
    if locked.status != "offered":
        return locked
    if at < locked.starts_at:
        raise Refused("An offer lapses at its start, not before.", remedy="Cancel it to free the time now.")
    turn(locked, "lapsed", by=None, reason="not confirmed", at=at)
    settle(locked, "lapsed", at=at)
    telling.tell_patient(locked, "appointment_lapsed", at=at)
    telling.tell_clinician(locked, "appointment_lapsed", at=at)
    return locked


# --- cancelling and ending ----------------------------------------------------------------------


@transaction.atomic
def cancel(
    appointment: Appointment,
    *,
    by,
    reason: str = "",
    side: str = "",
    quietly: bool = False,
    at: dt.datetime | None = None,
) -> Appointment:
    """Cancel an appointment and store the rule's verdict on it (APPT-12, APPT-13, APPT-18).

    `side` is "patient" or "clinician"; without it the side is that of `by`. Cancelling again changes nothing. Whoever
    gives up waiting for a clinician who has not come has not cancelled: that is the clinician's cancellation.
    `quietly`: the caller tells the other side itself (APPT-11).
    Raises Refused for one that is over or was answered otherwise.
    """
    at = at or timezone.now()
    locked = lock(appointment)
    if hasattr(locked, "cancellation"):
        return locked
    wished_by = side or ("patient" if by.pk == locked.patient.user_id else "clinician")
    waited = left_waiting(locked, at)
    side = "clinician" if waited else wished_by
    _refuse_unless_open(locked, side, at)
    verdict = rules.Verdict(False, rules.CLINICIAN_MISSED) if waited else _verdict(locked, side, at)
    Cancellation.objects.create(
        appointment=locked,
        by=by,
        side=side,
        late=verdict.late,
        was_confirmed=locked.status == "confirmed",
        reason=reason,
        rule=verdict.reason,
        at=at,
    )
    was_confirmed = locked.status == "confirmed"
    turn(locked, rules.cancelled_status(side, late=verdict.late), by=by, reason=reason, at=at)
    settle(locked, "cancelled", at=at)
    _close_room(locked, by=by, at=at)
    if verdict.late:
        open_note(locked, at)
    if was_confirmed:
        followup.open_for(locked, at)
    if not quietly:
        telling.tell_cancelled(locked, wished_by, at=at)
    return locked


def _verdict(locked: Appointment, side: str, at: dt.datetime) -> rules.Verdict:
    verdict = rules.judge_cancellation(side, locked.status, locked.starts_at, at, locked.cancellation_notice)
    return rules.Verdict(False, rules.SPOILT) if verdict.late and facts_of(locked, at).is_spoilt else verdict


def left_waiting(appointment: Appointment, at: dt.datetime) -> bool:
    """Tell whether a patient who gives up now was left waiting: the clinician cancelled it, not they (APPT-18)."""
    soon_enough = appointment.starts_at + rules.CLINICIAN_MISSED_AFTER <= at < appointment.ends_at
    return appointment.status == "confirmed" and soon_enough and clinician_missed(appointment)


def _refuse_unless_open(locked: Appointment, side: str, at: dt.datetime) -> None:
    """A clinician who missed the session is recorded as having cancelled also afterwards (APPT-18)."""
    if not locked.is_open:
        raise Refused(f"This appointment is {locked.get_status_display().lower()} already.", remedy=RELOAD)
    if at >= locked.ends_at and not (side == "clinician" and clinician_missed(locked)):
        raise Refused("This appointment's time is over.", remedy="The clinician ends it with its outcome.")


@transaction.atomic
def end(appointment: Appointment, outcome: str, *, by, reason: str = "", at: dt.datetime | None = None) -> Appointment:
    """End the session with its one outcome (APPT-19); the same outcome again changes nothing.

    Raises Refused for a second outcome and for one that the facts do not allow, such as DNA before the wait is over.
    """
    at = at or timezone.now()
    locked = lock(appointment)
    if hasattr(locked, "outcome") and locked.outcome.outcome == outcome:
        return locked
    if locked.status != "confirmed":
        raise Refused(f"This appointment is {locked.get_status_display().lower()}.", remedy=RELOAD)
    facts = facts_of(locked, at)
    if why_not := rules.why_not(outcome, facts, at=at, reason=reason):
        if outcome == "aborted" and at >= locked.starts_at:
            raise Refused(why_not, field="reason", remedy="Write it here: patient services read it.")
        raise Refused(why_not, field="outcome", remedy="Choose the outcome that fits, or come back later.")
    _keep_outcome(locked, outcome, facts, by=by, reason=reason, at=at)
    locked.during = DateTimeTZRange(*rules.held_time(locked.starts_at, locked.ends_at, at))
    turn(locked, outcome, by=by, reason=reason, at=at, fields=["during"])
    settle(locked, "session ended", met=("outcome", "outcome_overdue"), at=at)
    _close_room(locked, by=by, at=at)
    open_note(locked, at)
    if outcome in rules.HELD_STATUSES:
        reviews.session_held(locked, at)
        assessed.session_held(locked, at)
    else:
        followup.open_for(locked, at)
    return locked


def _keep_outcome(
    locked: Appointment, outcome: str, facts: rules.SessionFacts, *, by, reason: str, at: dt.datetime
) -> None:
    """Keep the outcome with what was measured; one that stands on a reason alone is shown to patient services."""
    lost = round(facts.connection.total.total_seconds()) if facts.connection else 0
    kept = {"outcome": outcome, "was_confirmed": True, "lost_seconds": lost, "by": by, "reason": reason, "at": at}
    Outcome.objects.create(appointment=locked, **kept)
    if outcome == "aborted" and not facts.reaches_limit:
        connection.report_abort(locked, reason, by=by, at=at)


def why_not_outcome(appointment: Appointment, outcome: str, *, reason: str = "", at: dt.datetime) -> str:
    """Return why a confirmed appointment cannot end so at this moment; empty where it can (APPT-14 to APPT-19)."""
    return rules.why_not(outcome, facts_of(appointment, at), at=at, reason=reason)


def facts_of(appointment: Appointment, at: dt.datetime) -> rules.SessionFacts:
    """Return what is known of a confirmed appointment at a moment, the measured connection with it."""
    return rules.SessionFacts(
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        patient_joined_at=patient_joined_at(appointment),
        wait=dt.timedelta(minutes=appointment.case.policy.wait_for(appointment.case.step_or_provisional)),
        cancellation_notice=appointment.cancellation_notice,
        connection=measured.record_of(appointment, at),
        clinician_missed=clinician_missed(appointment),
    )


def patient_joined_at(appointment: Appointment) -> dt.datetime | None:
    """Return when the patient first came into the room, or None."""
    session = getattr(appointment, "session", None)
    return _came_at(session, session.patient_user_id) if session else None


def clinician_missed(appointment: Appointment) -> bool:
    """Tell whether the clinician did not come into the room before the planned end (APPT-18)."""
    session = getattr(appointment, "session", None)
    came = _came_at(session, session.clinician_user_id) if session else None
    return came is None or came >= measured.planned_end(appointment)


def _came_at(session, user_id: int) -> dt.datetime | None:
    return session.presences.filter(user=user_id).values_list("joined_at", flat=True).first()


def _close_room(locked: Appointment, *, by, at: dt.datetime) -> None:
    session = getattr(locked, "session", None)
    if session is not None and session.close(by=by, at=at):
        doorbell.ring(f"session.{session.ref.hex}", {"seq": session.head})


def open_note(locked: Appointment, at: dt.datetime) -> None:
    """Start the clock of the clinical note (TIME-6), also of sessions that did not take place (NOTE-1)."""
    deadlines.open_deadline(
        "note",
        str(locked.ref),
        due_at=at + dt.timedelta(hours=locked.case.policy.note_hours),
        owner=locked.clinician.user,
        case_ref=locked.case.ref,
        opened_by=f"session {locked.get_status_display().lower()}",
        at=at,
    )
