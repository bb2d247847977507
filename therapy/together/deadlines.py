"""When what a patient wrote into a session is looked through (RISK-2)."""

from __future__ import annotations

import datetime as dt

from deadlines import actions as deadlines
from deadlines import registry
from deadlines.models import Deadline
from therapy.appointments.models import Appointment
from therapy.together.actions import LOOK_THROUGH
from therapy.together.screening import look_through


def come_to_rest(deadline: Deadline, at: dt.datetime) -> None:
    """It has come to rest: a machine looks, and nobody owes anything unless it finds something."""
    ref, _, _ = deadline.key.partition(":")
    look_through(Appointment.objects.select_related("case__patient").get(ref=ref), at=at)
    deadlines.meet(deadline.kind, deadline.key, closed_by="looked through", at=at)


def register() -> None:
    """Say which clock the tools of a session have; called when the app is ready."""
    label = "Look through what the patient wrote"
    registry.register(LOOK_THROUGH, label=label, on_due=come_to_rest, stays_owed=False, movable=False)
