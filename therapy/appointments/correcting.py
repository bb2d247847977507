"""Correcting an outcome after the fact, by patient services, with a reason (APPT-21)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from deadlines import actions as deadlines
from therapy.appointments import actions, assessed, followup, reviews, rules, telling
from therapy.appointments.history import lock, turn
from therapy.appointments.models import Appointment, Correction
from therapy.engagement import actions as engagement
from ui.errors import Refused


@transaction.atomic
def correct(appointment: Appointment, after: str, reason: str, *, by, at: dt.datetime | None = None) -> Appointment:
    """Give an ended appointment the outcome that it should have had; what was recorded first stays legible (APPT-21).

    Breaches are counted anew, a note that is owed now is asked for, and pay follows: an open month by itself, an
    issued statement by an adjustment. Raises Refused without a reason, and for what cannot be an outcome.
    """
    at = at or timezone.now()
    locked = lock(appointment)
    if not rules.may_correct(locked.status, after):
        raise Refused("This cannot be the outcome of it.", field="after", remedy="Choose another one.")
    if not reason.strip():
        raise Refused("Say why it is corrected.", field="reason")
    before = locked.status
    Correction.objects.create(appointment=locked, before=before, after=after, reason=reason.strip(), by=by, at=at)
    _turned(locked, after, reason, by=by, at=at)
    engagement.corrected(locked, before, at)
    _leave_to_do(locked, before, at)
    telling.tell_clinician(locked, "outcome_corrected", at=at, again=at.isoformat())
    return locked


def _leave_to_do(locked: Appointment, before: str, at: dt.datetime) -> None:
    """What the outcome leaves the clinician to do is owed from now on, and what it does not is owed no longer."""
    if locked.status in rules.NOTED_STATUSES:
        actions.open_note(locked, at)
    if locked.status in rules.HELD_STATUSES:
        deadlines.cancel(followup.FOLLOW_UP, str(locked.ref), closed_by="outcome corrected", at=at)
        reviews.session_held(locked, at)
        assessed.session_held(locked, at)
    elif before in rules.HELD_STATUSES:
        assessed.not_held(locked, at)
        followup.open_for(locked, at)


def _turned(locked: Appointment, after: str, reason: str, *, by, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            turn(locked, after, by=by, reason=reason, at=at)
    except IntegrityError as error:
        if "one_at_a_time" not in str(error):
            raise
        raise Refused(
            "Another appointment holds this time.", field="after", remedy="Look at the appointments of both."
        ) from error
