"""The whole record of a session as staff and patient read it, with nothing left for the template to work out."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.safestring import SafeString

from therapy.enclosures.presenting import in_lines
from therapy.enclosures.registry import Shown
from therapy.room.models import Line, Session
from therapy.templatetags.written import written
from ui.templatetags.ui import iso
from ui.words import clock, day

EVENTS = {
    "ended": "The session ended",
    "joined": "{} came in",
    "looking": "{}, supervisor, is reading along",
    "looked": "{}, supervisor, is no longer reading along",
}


@dataclass(slots=True)
class Row:
    """One line on the page; `day` only where a new one begins, `event` in words where it is none of the talk."""

    seq: int
    who: str
    at: str
    clock: str
    day: str = ""
    event: str = ""
    text: SafeString | str = ""
    is_own: bool = False
    is_of_reader: bool = False
    is_mistake: bool = False
    is_hidden: bool = False
    items: list[Shown] = field(default_factory=list)


def rows_of(session: Session, reader) -> list[Row]:
    """Return every line of a session in order, in a fixed number of queries; a mark of a mistake stands on its line.

    What the clinician marked as sent by mistake the patient does not read (ROOM-8); staff do.
    """
    lines = list(session.lines.select_related("sent_in_error", "sender"))
    carried = in_lines([line for line in lines if line.kind == Line.FILE], reader)
    names: dict[int | None, str] = {session.patient_user_id: session.appointment.patient.called}
    side, rows, today = session.side_of(reader), [], ""
    own = reader.pk if side else session.clinician_user_id
    for line in lines:
        if line.marks_a_line:
            continue
        who = names.get(line.sender_id) or (line.sender.name if line.sender else "")
        row = _row(line, who)
        row.is_own, row.is_of_reader = line.sender_id == own, line.sender_id == reader.pk
        row.is_hidden = row.is_mistake and side == "patient" and not row.is_of_reader
        row.items = carried.get(line.pk, [])
        row.day, today = (row.day, row.day) if row.day != today else ("", today)
        rows.append(row)
    return rows


def _row(line: Line, who: str) -> Row:
    at = timezone.localtime(line.at)
    row = Row(seq=line.seq, who=who, at=iso(line.at), clock=clock(at), day=day(at.date()))
    if line.kind == Line.EVENT:
        row.event = EVENTS.get(line.text, "{} came in").format(who)
    else:
        row.text, row.is_mistake = written(line.text), hasattr(line, "sent_in_error")
    return row
