"""The measured connection of an appointment, ready to be shown."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from therapy.connection import strip
from therapy.connection.measured import record_of
from therapy.connection.strip import Drawing


def drawing_for(appointment, at: dt.datetime) -> Drawing | None:
    """Return the drawing of an appointment's record, None before its start and where nobody ever came in."""
    session = getattr(appointment, "session", None)
    if session is None or at < appointment.starts_at or not session.head:
        return None
    names = {"patient": appointment.patient.called, "clinician": appointment.clinician.user.name}
    return strip.drawing_of(record_of(appointment, at), names)


def phone() -> dict[str, str]:
    """Return how people ring us, as a page says it and as a telephone dials it."""
    return {"phone": settings.SERVICE_PHONE, "dialled": settings.SERVICE_PHONE.replace(" ", "")}
