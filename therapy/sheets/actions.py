"""Handing out worksheets, writing in them field by field, and sending them back (MSG-4, ROOM-12)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines import watching
from patients.cases.actions import lock as lock_case
from patients.models import Case
from therapy.appointments.models import Appointment
from therapy.messages import actions as messages
from therapy.messages import prompts
from therapy.messages.actions import CLINICIAN, PATIENT, side_of
from therapy.sheets import library
from therapy.sheets.models import Sheet, SheetEntry, SheetReturn
from therapy.together import actions as together
from ui.errors import Refused
from ui.saving import Saved, refuse_overtaken
from ui.service import patient_services_phone

KIND = "worksheet"
SHEETS = "sheets"
TEXT = "text"
LONGEST = 4000


def hand_out(case: Case, slug: str, *, by, at: dt.datetime) -> Sheet:
    """Make a worksheet for a patient, to be enclosed in a message. KeyError for one that is not in the library."""
    made = Sheet.objects.create(case=case, slug=slug, version=library.current(slug).version, by=by, at=at)
    watching.changed([case.patient.user_id])
    record_change("worksheet sent", by=by, case_ref=case.ref, object_ref=str(made.ref), at=at)
    return made


@transaction.atomic
def begin(appointment: Appointment, slug: str, *, by, at: dt.datetime | None = None) -> Sheet:
    """Put a sheet between the two in a session; the same sheet again is the one that is there (ROOM-12).

    Raises Refused for anybody but the clinician, after the end, and for a sheet that is not made for two.
    """
    at, locked = at or timezone.now(), together.lock(appointment)
    if known := Sheet.objects.filter(appointment=locked, slug=slug).first():
        return known
    if together.side_who_may(locked, by) != CLINICIAN:
        raise Refused("The therapist begins a sheet; you both write in it.")
    if slug not in {blank.id for blank in library.blanks(together=True)}:
        raise Refused("There is no such sheet.", field="slug", remedy="Choose one from the list.")
    version = library.current(slug).version
    made = Sheet.objects.create(case=locked.case, appointment=locked, slug=slug, version=version, by=by, at=at)
    record_change("sheet begun", by=by, case_ref=locked.case.ref, object_ref=str(made.ref), at=at)
    together.ring(locked, SHEETS)
    return made


def is_returned(sheet: Sheet) -> bool:
    return SheetReturn.objects.filter(sheet=sheet).exists()


def may_read(sheet: Sheet, user) -> bool:
    """Whether somebody who may see the case's sheets reads this one: a patient's own is theirs until sent back."""
    return sheet.is_shared or side_of(sheet.case, user) == PATIENT or is_returned(sheet)


def may_write(sheet: Sheet, user) -> bool:
    """Whether a person may write in a sheet at this moment."""
    if sheet.appointment is not None:
        return together.may_change(sheet.appointment, user)
    return side_of(sheet.case, user) == PATIENT and not is_returned(sheet)


def newest(sheet: Sheet) -> dict[str, SheetEntry]:
    """Return what stands in each field that was written in."""
    rows = SheetEntry.objects.filter(sheet=sheet).order_by("field", "-version").distinct("field")
    return {row.field: row for row in rows.select_related("by")}


def saved_of(sheet: Sheet, field: str) -> Saved:
    """Return what stands in one field, and its version; 0 where nothing does."""
    row = SheetEntry.objects.filter(sheet=sheet, field=field).order_by("-version").first()
    return Saved({TEXT: row.text}, row.version, row.at) if row else Saved({})


@transaction.atomic
def write(sheet: Sheet, field: str, text: str, version: int, *, by, at: dt.datetime | None = None) -> Saved:
    """Write in one field; `version` is the one that the writer saw last, and every version is kept (MSG-9, ROOM-12).

    The same text again changes nothing. Raises ui.saving.Overtaken where somebody wrote there since, and Refused for
    a field that is not there, for who may not write, and once the session is over or the sheet was sent back.
    """
    at = at or timezone.now()
    _lock(sheet)
    if field not in sheet.blank.names:
        raise Refused("There is no such field in this sheet.", remedy="Reload the page.")
    if not may_write(sheet, by):
        raise Refused("This sheet can only be read now, so this was not kept.", remedy="Copy it into a message.")
    tidied = text.replace("\r\n", "\n").rstrip()
    if len(tidied) > LONGEST:
        raise Refused(f"This is longer than {LONGEST:,} characters.", remedy="Shorten it.")
    kept = saved_of(sheet, field)
    if not refuse_overtaken(kept, {TEXT: tidied}, version):
        return kept
    if sheet.appointment is not None:
        _shared_written(sheet, sheet.appointment, by, at)
    made = SheetEntry.objects.create(sheet=sheet, field=field, version=kept.version + 1, text=tidied, by=by, at=at)
    return Saved({TEXT: made.text}, made.version, made.at)


def _shared_written(sheet: Sheet, appointment: Appointment, by, at: dt.datetime) -> None:
    """What a change of a shared sheet sets going. Every version stays with who and when, so the audit has who wrote in
    the sheet, once; of what a patient writes for themselves it has the sending back."""
    if not SheetEntry.objects.filter(sheet=sheet, by=by).exists():
        record_change("sheet written in", by=by, case_ref=sheet.case.ref, object_ref=str(sheet.ref), at=at)
    if side_of(sheet.case, by) == PATIENT:
        together.have_looked_through(appointment, at=at)
    together.ring(appointment, f"sheet {sheet.ref}")


def _lock(sheet: Sheet) -> None:
    """Two changes of one sheet come one after the other, and none after its end."""
    if sheet.appointment is not None:
        sheet.appointment = together.lock(sheet.appointment)
        sheet.case = sheet.appointment.case
    else:
        sheet.case = lock_case(sheet.case)


def say_writing(sheet: Sheet, field: str, *, by) -> bool:
    """Tell the other side that one is writing in a field; nothing is kept. False where one may not write."""
    if sheet.appointment is None or field not in sheet.blank.names or not may_write(sheet, by):
        return False
    together.ring(sheet.appointment, f"writing {sheet.ref} {field} {side_of(sheet.case, by)}")
    return True


@transaction.atomic
def send_back(sheet: Sheet, *, by, at: dt.datetime | None = None) -> SheetReturn:
    """The patient sends a worksheet back: the therapist reads it from now on, and gets a message that says so (MSG-4).

    Sent back again it is the same. What was written is looked through for signs of risk as a message is (RISK-2).
    Raises Refused for anybody but the patient, for an empty sheet, and once the conversation is closed (MSG-6).
    """
    at = at or timezone.now()
    _lock(sheet)
    if sheet.is_shared or side_of(sheet.case, by) != PATIENT:
        raise Refused("Only the patient sends this worksheet back.")
    if known := SheetReturn.objects.filter(sheet=sheet).first():
        return known
    if not messages.is_open_to(sheet.case, by):
        phone = f"What you wrote is kept. Please phone patient services on {patient_services_phone()}."
        raise Refused("This conversation is closed, so the worksheet was not sent.", remedy=phone)
    written = [row.text for row in newest(sheet).values() if row.text.strip()]
    if not written:
        raise Refused("Nothing is written in it yet.", remedy="Write something, however short. Then send it back.")
    made = SheetReturn.objects.create(sheet=sheet, by=by, at=at)
    watching.changed([sheet.case.patient.user_id])
    record_change("worksheet sent back", by=by, case_ref=sheet.case.ref, object_ref=str(sheet.ref), at=at)
    prompts.look_for_risk(sheet.case, "\n\n".join(written), source=f"worksheet:{sheet.ref.hex}", at=at)
    words = f"I have filled in the worksheet: {sheet.blank.title}."
    key = f"worksheet:{sheet.ref.hex}"
    messages.send(sheet.case, words, by=by, client_key=key, carries=[(KIND, sheet.ref)], at=at)
    return made
