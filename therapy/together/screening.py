"""What a patient wrote into a session is looked through for signs of risk (RISK-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from therapy.appointments.models import Appointment
from therapy.messages.actions import PATIENT
from therapy.messages.prompts import look_for_new_risk
from therapy.sheets.models import SheetEntry
from therapy.together import rules
from therapy.together.models import AgendaPoint


def look_through(appointment: Appointment, *, lines: Iterable[str] = (), at: dt.datetime) -> None:
    """Look through a patient's points and what stands in the sheets of a session, and through `lines` of theirs.

    The same words raise one alert, however often and wherever in the session they stand; a text that is still being
    changed is left for later.
    """
    texts = [*_points(appointment), *_fields(appointment, at), *lines]
    look_for_new_risk(appointment.case, texts, source=f"session:{appointment.ref.hex}", at=at)


def _points(appointment: Appointment) -> list[str]:
    """What was taken off the agenda counts as well."""
    rows = AgendaPoint.objects.filter(appointment=appointment, side=PATIENT)
    return list(rows.values_list("text", flat=True))


def _fields(appointment: Appointment, at: dt.datetime) -> list[str]:
    """The patient's last version of each field, where it is at rest."""
    rows = SheetEntry.objects.filter(sheet__appointment=appointment, by=appointment.case.patient.user_id)
    newest = rows.order_by("sheet_id", "field", "-version").distinct("sheet_id", "field")
    return [row.text for row in newest if rules.is_at_rest(row.at, at)]
