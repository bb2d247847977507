"""A worksheet as one viewer sees it (MSG-4, ROOM-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from therapy.appointments.models import Appointment
from therapy.messages.actions import CLINICIAN, PATIENT, side_of
from therapy.sheets import actions, library
from therapy.sheets.forms import SheetForm
from therapy.sheets.models import Sheet, SheetEntry
from therapy.together.actions import may_change
from ui.saving import Saved


@dataclass(frozen=True)
class FieldShown:
    """One field to read: what stands in it, and who wrote it last."""

    label: str
    text: str
    who: str
    entry: SheetEntry | None


def sheet_of(sheet: Sheet, viewer, form: SheetForm | None = None) -> dict[str, Any]:
    """Return what a page or a panel needs of one worksheet: a form for who writes in it, its text for others."""
    writes = actions.may_write(sheet, viewer)
    entries = actions.newest(sheet)
    kept = {name: Saved({actions.TEXT: row.text}, row.version, row.at) for name, row in entries.items()}
    prefix = f"sheet-{sheet.ref.hex}-"
    return {
        "sheet": sheet,
        "blank": sheet.blank,
        "case": sheet.case,
        "writes": writes,
        # What was typed and refused stays in sight, also where the sheet can only be read by now.
        "form": form or (SheetForm(sheet.blank, kept=kept, prefix=prefix) if writes else None),
        "fields": fields_of(sheet, viewer, entries),
        "is_patient": side_of(sheet.case, viewer) == PATIENT,
        "side": side_of(sheet.case, viewer),
        "returned": getattr(sheet, "returned", None),
        "versions": sum(row.version for row in entries.values()),
    }


def fields_of(sheet: Sheet, viewer, entries: dict[str, SheetEntry]) -> list[FieldShown]:
    """Return the fields of a worksheet to read, in its order."""
    found = []
    for field in sheet.blank.fields:
        row = entries.get(field.name)
        found.append(FieldShown(field.label, row.text if row else "", who_of(sheet, row, viewer) if row else "", row))
    return found


def who_of(sheet: Sheet, entry: SheetEntry, viewer) -> str:
    """Return who wrote a version, as the viewer knows that person."""
    if entry.by_id == viewer.pk:
        return "you"
    return sheet.case.patient.called if entry.by_id == sheet.case.patient.user_id else entry.by.name


def sheets_of(appointment: Appointment, viewer) -> dict[str, Any]:
    """Return the sheets of a session, and those that the clinician may begin in it."""
    sheets = list(Sheet.objects.filter(appointment=appointment))
    begins = may_change(appointment, viewer) and side_of(appointment.case, viewer) == CLINICIAN
    begun = {sheet.slug for sheet in sheets}
    blanks = [blank for blank in library.blanks(together=True) if blank.id not in begun] if begins else []
    return {
        "sheets": sheets,
        "blanks": blanks,
        "appointment": appointment,
        "may_change": may_change(appointment, viewer),
    }


def history_of(sheet: Sheet, viewer) -> list[tuple[str, list[tuple[str, SheetEntry]]]]:
    """Return every version of every field that was written in, newest first, with who wrote it."""
    rows = SheetEntry.objects.filter(sheet=sheet).select_related("by").order_by("-version")
    by_field: dict[str, list[tuple[str, SheetEntry]]] = {}
    for row in rows:
        by_field.setdefault(row.field, []).append((who_of(sheet, row, viewer), row))
    return [(field.label, by_field[field.name]) for field in sheet.blank.fields if field.name in by_field]
