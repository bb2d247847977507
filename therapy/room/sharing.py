"""A file as a line of the session: with its number, once a `cid`, by the statement that writes lines (ROOM-11)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from files import rules as file_rules
from live import doorbell
from therapy.enclosures import files
from therapy.enclosures.actions import FILE, enclose, hand_in
from therapy.enclosures.models import Enclosure
from therapy.room import frames, rules, statements
from therapy.room.actions import group_of, rows_of, values_of
from therapy.room.frames import Ack, Nack
from therapy.room.models import Line, Session

WRITE_FILE = statements.WRITE.replace("'line', %(text)s", "'file', %(text)s")


class _NotWrittenError(Exception):
    """Takes back what was handed in: the line beside it was not written."""


def share(session: Session, user, content: bytes, cid: Any, *, login: str = "", at: dt.datetime | None = None) -> Ack:
    """Put a file into the session as a line and return its acknowledgement; the same `cid` again returns the same.

    Raises Refused where the file is not taken, and Nack with a code where the line is not.
    """
    if wrong := rules.why_not_text(cid, FILE):
        raise Nack(cid, wrong)
    values = values_of(session.ref, user, login, at or timezone.now(), cid=cid)
    if known := _known(values):
        return known
    try:
        seq, written_at = _write(session, user, content, values)
    except (_NotWrittenError, IntegrityError):
        found = rows_of(statements.LOOK_UP, values)
        return frames.verdict(cid, found[0] if found else None)
    doorbell.ring(group_of(session.ref), {"seq": seq})
    return Ack(cid, seq, written_at)


def _known(values: dict[str, Any]) -> Ack | None:
    """The acknowledgement of a line that is there already; raises Nack for somebody who may not write."""
    found = rows_of(statements.LOOK_UP, values)
    try:
        return frames.verdict(values["cid"], found[0] if found else None)
    except Nack as nack:
        if nack.code == "busy":
            return None
        raise


@transaction.atomic
def _write(session: Session, user, content: bytes, values: dict[str, Any]) -> tuple[int, dt.datetime]:
    """Take the file in and write its line, both or neither; the session is locked by the line alone, at the end."""
    file = hand_in(session.case, content, by=user, cid=values["cid"], at=values["at"])
    label = file_rules.label_of(file.upload.kind, file.upload.size)
    written = rows_of(WRITE_FILE, values | {"text": label})
    if not written:
        raise _NotWrittenError
    enclose(FILE, file.ref, line=Line.objects.get(session=session, seq=written[0][0]), at=values["at"])
    return written[0]


def shared_files(session: Session, viewer) -> list[dict[str, Any]]:
    """Return the files of a session by their lines, as the room shows them: where each stands and where it leads."""
    rows = Enclosure.objects.filter(kind=FILE, line__session=session).values_list("ref", "line__seq")
    seqs = dict(rows)
    known = files.resolve(list(seqs), viewer) if seqs else {}
    return [{"seq": seqs[ref], **files.as_json(item)} for ref, item in known.items()]
