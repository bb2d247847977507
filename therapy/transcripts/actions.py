"""A patient's marks and notes on lines, and the making of what is searched (ROOM-9)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from therapy.room.models import Line, Session
from therapy.together.screening import look_through
from therapy.transcripts import rules
from therapy.transcripts.models import LineKey, LineMark, LineNote, TranscriptIndex
from ui.errors import Refused
from ui.saving import Saved, refuse_overtaken

SESSIONS_A_SWEEP = 20


def _refuse_others(line: Line, user) -> None:
    if line.session.patient_user_id != user.pk or line.kind == Line.EVENT:
        raise Refused("Only the patient of a session can do that.")


@transaction.atomic
def mark(line: Line, *, by, at: dt.datetime | None = None) -> None:
    """Mark a line of one's own transcript; marked twice it is marked. Raises Refused for anybody else's."""
    _refuse_others(line, by)
    LineMark.objects.get_or_create(line=line, user=by, defaults={"at": at or timezone.now()})


def unmark(line: Line, *, by) -> None:
    """Take a mark off again; nothing happens where there is none."""
    LineMark.objects.filter(line=line, user=by).delete()


def note_of(line: Line, user) -> Saved:
    """Return what a person noted on a line."""
    note = LineNote.objects.filter(line=line, user=user).first()
    return Saved({"text": note.text}, note.version, note.at) if note else Saved({"text": ""})


@transaction.atomic
def save_note(line: Line, text: str, version: int, *, by, at: dt.datetime | None = None) -> Saved:
    """Keep what a patient notes on a line. Raises Overtaken where another window saved since `version`."""
    _refuse_others(line, by)
    at = at or timezone.now()
    LineNote.objects.get_or_create(line=line, user=by, defaults={"at": at})
    note = LineNote.objects.select_for_update().get(line=line, user=by)
    kept = Saved({"text": note.text}, note.version, note.at)
    if not refuse_overtaken(kept, {"text": text}, version):
        return kept
    note.text, note.version, note.at = text, note.version + 1, at
    note.save()
    return Saved({"text": text}, note.version, at)


def make_searchable(sessions, *, at: dt.datetime | None = None) -> int:
    """Write the search keys of ended sessions that have none yet; returns how many sessions got theirs.

    With them, once, goes the look for signs of risk in what the patient wrote there (RISK-2).
    """
    waiting = sessions.filter(ended_at__isnull=False, index__isnull=True).order_by("pk")
    waiting = waiting.select_related("appointment__case__patient")
    return sum(_index(session, at or timezone.now()) for session in waiting)


@transaction.atomic
def _index(session: Session, at: dt.datetime) -> bool:
    _, new = TranscriptIndex.objects.get_or_create(session=session, defaults={"at": at})
    if new:
        lines = list(session.lines.filter(kind=Line.LINE).only("pk", "text", "sender"))
        LineKey.objects.bulk_create(
            (LineKey(line=line, session=session, text=rules.search_key(line.text)) for line in lines), batch_size=500
        )
        patients = [line.text for line in lines if line.sender_id == session.patient_user_id]
        look_through(session.appointment, lines=patients, at=at)
    return new


def index_due() -> int:
    """Make the newest ended sessions searchable, a few at a time."""
    waiting = Session.objects.filter(ended_at__isnull=False, index__isnull=True).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True)[:SESSIONS_A_SWEEP])
    return make_searchable(Session.objects.filter(pk__in=keys)) if keys else 0
