"""The answer to an offer: confirmed, declined, kept open, or lapsed without one."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.utils import timezone

from deadlines import actions as deadlines
from therapy.appointments import reminders, rules, telling
from therapy.appointments.history import local, local_clock, lock, settle, turn, write_down
from therapy.appointments.models import Appointment
from ui.errors import Refused

LEFT_OPEN_AFTER = dt.timedelta(minutes=30)
RELOAD = "Reload the page to see where it stands now."


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
    settle(locked, "confirmed", met=("confirm",), at=at)
    start = partial(
        deadlines.open_deadline, key=str(locked.ref), case_ref=locked.case.ref, opened_by="appointment confirmed", at=at
    )
    start("outcome", due_at=locked.ends_at + LEFT_OPEN_AFTER, owner=locked.clinician.user)
    start("clinician_missed", due_at=locked.starts_at + rules.CLINICIAN_MISSED_AFTER)
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
