"""The verbs of a clinical note (NOTE-1, NOTE-2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines import actions as deadlines
from measures.models import Score
from patients.models import Case
from patients.wording.findings import NOTHING_FOUND, PointedOut, record
from therapy.appointments.models import Appointment
from therapy.notes import rules
from therapy.notes.models import Addendum, Note, NoteDraft
from ui.errors import Refused
from ui.saving import Saved, refuse_overtaken


@transaction.atomic
def save_draft(
    appointment: Appointment, parts: Mapping[str, str], version: int, *, by, at: dt.datetime | None = None
) -> NoteDraft:
    """Save the note as far as it is written; `version` is the one that the writer saw last (NOTE-2, MSG-9).

    Raises ui.saving.Overtaken where a newer version was saved elsewhere, Refused once the note is signed.
    """
    at = at or timezone.now()
    draft = _draft(appointment, by, at)
    texts = {name: parts.get(name, "")[: rules.PART_LENGTH] for name in rules.PARTS}
    if not refuse_overtaken(saved_of(draft), texts, version):
        return draft
    for name, text in texts.items():
        setattr(draft, name, text)
    draft.version, draft.by, draft.saved_at = draft.version + 1, by, at
    draft.save()
    return draft


def saved_of(draft: NoteDraft | None) -> Saved:
    """Return what is kept of a note that is being written; empty, version 0, where nothing is (MSG-9)."""
    texts = {name: getattr(draft, name) if draft else "" for name in rules.PARTS}
    return Saved(texts, draft.version, draft.saved_at) if draft else Saved(texts)


def _draft(appointment: Appointment, by, at: dt.datetime) -> NoteDraft:
    """Return the locked draft, begun if need be."""
    Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    _refuse_unfit(appointment)
    draft, _ = NoteDraft.objects.get_or_create(appointment=appointment, defaults={"by": by, "saved_at": at})
    return draft


def _refuse_unfit(appointment: Appointment) -> None:
    if Note.objects.filter(appointment=appointment).exists():
        raise Refused("This note is signed and never changes.", remedy="Write an addendum instead.")


@transaction.atomic
def sign(appointment: Appointment, *, by, despite: PointedOut = NOTHING_FOUND, at: dt.datetime | None = None) -> Note:
    """Sign the note: from now on it never changes (NOTE-2). It meets the deadline of TIME-6.

    `despite` is what was pointed out before, and is kept in the record of changes (NOTE-3). Signing again
    returns the same note. Raises Refused while the session has no outcome or a part is empty (NOTE-1).
    """
    at = at or timezone.now()
    locked = Appointment.objects.select_for_update(of=("self",)).select_related("case").get(pk=appointment.pk)
    if signed := Note.objects.filter(appointment=locked).first():
        return signed
    if not locked.note_is_owed:
        raise Refused("A note is signed once the session has its outcome.", remedy="End the session first.")
    draft = NoteDraft.objects.filter(appointment=locked).first()
    parts = {name: getattr(draft, name) if draft else "" for name in rules.PARTS}
    if empty := rules.empty_parts(parts):
        raise Refused(
            f"These parts are empty: {', '.join(empty)}.", remedy="Write at least why there is nothing to say."
        )
    note = Note.objects.create(appointment=locked, signed_by=by, signed_at=at, **parts)
    NoteDraft.objects.filter(appointment=locked).delete()
    deadlines.meet("note", str(locked.ref), closed_by="note signed", at=at)
    record_change("note signed", by=by, case_ref=locked.case.ref, object_ref=str(note.ref), at=at)
    record(despite, what="note signed", by=by, case=locked.case, object_ref=str(note.ref), at=at)
    return note


@transaction.atomic
def add_addendum(
    note: Note, text: str, *, by, despite: PointedOut = NOTHING_FOUND, at: dt.datetime | None = None
) -> Addendum:
    """Correct a signed note by adding to it, with name and time (NOTE-2); Refused when it is empty.

    `despite` is what was pointed out before (NOTE-3, NOTE-8). The newest addendum once more is the same addendum.
    """
    if not text.strip():
        raise Refused("The addendum is empty.", field="text", remedy="Write what should be added or corrected.")
    at, case = at or timezone.now(), note.appointment.case
    Appointment.objects.select_for_update(of=("self",)).get(pk=note.appointment_id)
    newest = Addendum.objects.filter(note=note).order_by("-pk").first()
    if newest is not None and (newest.by_id, newest.text) == (by.pk, text):
        return newest
    addendum = Addendum.objects.create(note=note, text=text, by=by, at=at)
    record_change("addendum", by=by, case_ref=case.ref, object_ref=str(note.ref), at=at)
    record(despite, what="addendum", by=by, case=case, object_ref=str(note.ref), at=at)
    return addendum


def item_9_of(case: Case) -> Score | None:
    """Return the newest PHQ-9 score of a case, whose item 9 belongs into the risk part (NOTE-1)."""
    return Score.objects.filter(case=case, item_9__isnull=False).order_by("-at", "-id").first()
