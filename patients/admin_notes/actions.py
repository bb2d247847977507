"""Writing into the general admin notes, and closing what an entry asked for."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines.actions import word_came
from patients.admin_notes.models import AdminNote, AdminNoteClosing
from patients.cases.actions import lock
from patients.cases.models import Case
from ui.errors import Refused

PRESSED_TWICE_WITHIN = dt.timedelta(minutes=1)


@transaction.atomic
def write_admin_note(
    case: Case,
    kind: str,
    text: str,
    *,
    by,
    corrects: AdminNote | None = None,
    asked: bool = False,
    reached: str = "",
    at: dt.datetime | None = None,
) -> AdminNote:
    """Add an entry to the general admin notes (NOTE-4).

    `corrects` is the earlier entry that this one puts right, `asked` makes it a task of patient services, `reached`
    says what a call came to: one in which somebody spoke with the patient is a word of theirs (ENG-4). Raises
    Refused when it is empty, for an entry of another case, and for a call without `reached`. The same again within
    a minute is the same entry: what was pressed twice would stand there twice for ever.
    """
    if not text.strip():
        raise Refused("The note is empty.", field="text", remedy="Write what happened.")
    if corrects is not None and corrects.case_id != case.pk:
        raise Refused("The entry to correct is not in this log.", remedy="Open the log and choose it again.")
    at = at or timezone.now()
    lock(case)
    reached = _reached(kind, reached)
    said = {"case": case, "kind": kind, "text": text, "corrects": corrects, "asked": asked, "by": by}
    said |= {"reached": reached}
    if known := AdminNote.objects.filter(**said, at__gt=at - PRESSED_TWICE_WITHIN).order_by("-pk").first():
        return known
    note = AdminNote.objects.create(**said, at=at)
    record_change("admin note", by=by, case_ref=case.ref, object_ref=str(note.ref), at=at)
    if note.is_word and not (corrects is not None and corrects.is_word):
        word_came(case.ref, closed_by="telephone call", at=at)
    return note


def _reached(kind: str, reached: str) -> str:
    """What a call came to; nothing for any other entry."""
    if kind != AdminNote.Kind.CALL:
        return ""
    if reached not in AdminNote.Reached.values:
        raise Refused("Say whether you spoke with the patient.", field="reached", remedy="Choose one of the three.")
    return reached


@transaction.atomic
def close_admin_task(note: AdminNote, text: str, *, by, at: dt.datetime | None = None) -> AdminNoteClosing:
    """Say what was done about an entry addressed to patient services; the same again is the same (NOTE-4).

    Raises Refused without a word, for an entry that asks for nothing, and where somebody else was first.
    """
    at, said = at or timezone.now(), text.strip()
    if not note.asked:
        raise Refused("This entry asks for nothing.", remedy="Write an entry of your own instead.")
    if not said:
        raise Refused("The word is missing.", field="text", remedy="Say what was done.")
    lock(note.case)
    done = AdminNoteClosing.objects.filter(note=note).select_related("by").first()
    if done is None:
        record_change("admin task closed", by=by, case_ref=note.case.ref, object_ref=str(note.ref), at=at)
        return AdminNoteClosing.objects.create(note=note, text=said, by=by, at=at)
    if (done.by_id, done.text) != (by.pk, said):
        raise Refused(f"{done.by.name} has closed this already.", remedy="Write an entry if there is more to say.")
    return done
