"""The whole record of a session as staff and patient read it, with nothing left for the template to work out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from accounts.models import User
from therapy.enclosures.presenting import in_lines
from therapy.enclosures.registry import Shown
from therapy.room.models import Line, Session
from therapy.room.rules import SENT_IN_ERROR
from therapy.templatetags.written import written
from ui.templatetags.ui import iso
from ui.words import clock, day

EVENTS = {
    "ended": "The session ended",
    "joined": "{} came in",
    "looking": "{}, supervisor, is reading along",
    "looked": "{}, supervisor, is no longer reading along",
}
FIELDS = ("pk", "seq", "kind", "text", "at", "sender_id", "sent_in_error__pk")
OWN, OTHERS = SafeString("talk__line talk__line--own"), SafeString("talk__line")
NOBODY, NOTHING = SafeString(""), ()


@dataclass(slots=True)
class Row:
    """One line on the page; `day` only where a new one begins, `event` in words where it is none of the talk.

    A session has hundreds of lines: what is safe to show as it stands says so (`SafeString`), `is_plain` spares
    the template its questions on all but a few.
    """

    seq: SafeString
    who: SafeString
    at: SafeString
    clock: SafeString
    day: str = ""
    event: str = ""
    text: SafeString | str = ""
    classes: str = OTHERS
    is_plain: bool = True
    is_of_reader: bool = False
    is_mistake: bool = False
    is_hidden: bool = False
    items: Sequence[Shown] = NOTHING


def rows_of(session: Session, reader) -> list[Row]:
    """Return every line of a session in order, in a fixed number of queries; a mark of a mistake stands on its line.

    What the clinician marked as sent by mistake the patient does not read (ROOM-8); staff do.
    """
    lines = list(session.lines.values_list(*FIELDS, named=True))
    carried = in_lines([line for line in lines if line.kind == Line.FILE], reader)
    names = _names(session, {line.sender_id for line in lines})
    side, rows, today = session.side_of(reader), [], None
    own = reader.pk if side else session.clinician_user_id
    for line in lines:
        if line.kind == Line.EVENT and line.text.startswith(SENT_IN_ERROR):
            continue
        at = timezone.localtime(line.at)
        row = _row(line, at, names.get(line.sender_id, NOBODY))
        row.classes, row.is_of_reader = OWN if line.sender_id == own else OTHERS, line.sender_id == reader.pk
        row.is_hidden = row.is_mistake and side == "patient" and not row.is_of_reader
        row.items = carried.get(line.pk, NOTHING)
        row.is_plain = not (row.event or row.is_mistake or row.items)
        if today != (today := at.date()):
            row.day = day(today)
        rows.append(row)
    return rows


def _names(session: Session, senders: set[int | None]) -> dict[int | None, SafeString]:
    """Return how each sender is called here: the patient as they wish, everybody else by their name."""
    people = User.objects.filter(pk__in=[pk for pk in senders if pk is not None]).values_list("pk", "name")
    called = {session.patient_user_id: session.appointment.patient.called}
    return {pk: escape(name) for pk, name in (dict(people) | called).items()}


def _row(line, at: dt.datetime, who: SafeString) -> Row:
    row = Row(SafeString(line.seq), who, SafeString(iso(line.at)), SafeString(clock(at)))
    if line.kind == Line.EVENT:
        row.event = format_html(EVENTS.get(line.text, "{} came in"), who)
    else:
        row.text, row.is_mistake = written(line.text), line.sent_in_error__pk is not None
    return row
