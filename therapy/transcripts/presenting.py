"""Transcripts as their patient reads them: the list, one of them, what was found, what was marked (ROOM-9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from therapy.enclosures.presenting import in_lines
from therapy.enclosures.registry import Shown
from therapy.room.models import Line, SentInError, Session
from therapy.room.record import EVENTS
from therapy.templatetags.written import written
from therapy.transcripts import rules
from therapy.transcripts.models import LineKey, LineMark, LineNote
from ui.words import clock, day

FIELDS = ("pk", "seq", "kind", "text", "at", "sender_id", "sent_in_error__pk")
HIDDEN = "This line was not meant for here."


@dataclass(frozen=True)
class Row:
    """One line of a transcript on its patient's screen."""

    seq: int
    day: dt.date
    who: str
    own: bool
    time: str
    text: SafeString | str
    is_event: bool = False
    mistaken: bool = False
    marked: bool = False
    note: str = ""
    items: list[Shown] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """A line in its surroundings."""

    line: Line
    who: str
    pieces: list[tuple[bool, str]]
    before: str = ""
    after: str = ""
    note: str = ""
    marked: bool = False


def sessions_of(rows: QuerySet) -> QuerySet:
    """Return the sessions in which something was written, newest first, with what the list shows of each."""
    held = rows.filter(head__gt=0).select_related("appointment__case", "clinician_user")
    counted = held.annotate(written=Count("lines", filter=~Q(lines__kind=Line.EVENT)))
    return counted.filter(written__gt=0).order_by("-appointment__during")


def hidden_from(user) -> Q:
    """Lines that somebody else marked as sent by mistake: the patient does not read them (ROOM-8)."""
    return Q(sent_in_error__isnull=False) & ~Q(sender=user)


def rows_of(session: Session, user) -> list[Row]:
    """Return a whole transcript in five queries, however long it is; in one more where a supervisor read along."""
    lines = list(session.lines.values_list(*FIELDS, named=True))
    marks = set(LineMark.objects.filter(user=user, line__session=session).values_list("line_id", flat=True))
    notes = dict(LineNote.objects.filter(user=user, line__session=session).values_list("line_id", "text"))
    carried = in_lines([line for line in lines if line.kind == Line.FILE], user)
    names = _names(session)
    names |= _others({line.sender_id for line in lines} - {None, *names})
    return [_row(line, user, names, marks, notes, carried) for line in lines]


def by_days(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return the lines of a transcript day by day."""
    return [(day(date), list(lines)) for date, lines in groupby(rows, key=lambda row: row.day)]


def _names(session: Session) -> dict[int | None, str]:
    return {session.patient_user_id: "You", session.clinician_user_id: session.clinician_user.name}


def _others(senders: set[int]) -> dict[int | None, str]:
    """The names of those who came to a session of two, which the patient is to see afterwards too (ROOM-1)."""
    return dict(User.objects.filter(pk__in=senders).values_list("pk", "name")) if senders else {}


def _row(line, user, names, marks, notes, carried) -> Row:
    mistaken = line.sent_in_error__pk is not None
    hidden = mistaken and line.sender_id != user.pk
    who, at = names.get(line.sender_id, ""), timezone.localtime(line.at)
    return Row(
        seq=line.seq,
        day=at.date(),
        who=who,
        own=line.sender_id == user.pk,
        time=clock(at),
        text=HIDDEN if hidden else _event(line, who) if line.kind == Line.EVENT else written(line.text),
        is_event=line.kind == Line.EVENT,
        mistaken=mistaken,
        marked=line.pk in marks,
        note=notes.get(line.pk, ""),
        items=[] if hidden else carried.get(line.pk, []),
    )


def _event(line, who: str) -> str:
    """The words of an event; empty for one that shows elsewhere, such as the mark of a mistake."""
    return EVENTS.get(line.text, "").format(who)


def search(sessions: QuerySet, user, query: str) -> list[Found]:
    """Return the lines that hold all words of a query, newest session first, one more than MOST_FOUND at most."""
    words = rules.words_of(query)
    if not words:
        return []
    keys = LineKey.objects.filter(session__in=sessions.values("pk"))
    for word in words:
        keys = keys.filter(text__contains=word)
    hidden = SentInError.objects.filter(line__session__in=sessions.values("pk")).exclude(line__sender=user)
    keys = keys.exclude(pk__in=list(hidden.values_list("line_id", flat=True)))
    # Within a session lines are kept in their order, and sessions in that of their rooms: no table more is asked.
    newest = keys.order_by("-session_id", "pk").values_list("pk", flat=True)[: rules.MOST_FOUND + 1]
    lines = Line.objects.filter(pk__in=[*newest, *_in_fresh(sessions, words)]).exclude(hidden_from(user))
    return found_in(_newest_first(lines)[: rules.MOST_FOUND + 1], user, words)


def _in_fresh(sessions: QuerySet, words: list[str]) -> list[int]:
    """The lines with all words in sessions that have no search keys yet: they are going on, or ended a moment ago."""
    fresh = Line.objects.filter(session__in=sessions.filter(index__isnull=True, head__gt=0), kind=Line.LINE)
    keys = ((pk, rules.search_key(text)) for pk, text in fresh.values_list("pk", "text"))
    return [pk for pk, key in keys if all(word in key for word in words)]


def marked_by(sessions: QuerySet, user) -> list[Found]:
    """Return the lines that a person marked or noted something on, newest session first."""
    kept = Q(pk__in=LineMark.objects.filter(user=user).values("line"))
    kept |= Q(pk__in=LineNote.objects.filter(user=user).exclude(text="").values("line"))
    lines = Line.objects.filter(kept, session__in=sessions.values("pk")).exclude(hidden_from(user))
    return found_in(_newest_first(lines), user, [])


def _newest_first(lines: QuerySet) -> QuerySet:
    return lines.select_related("session__clinician_user").order_by("-session__opens_at", "-session_id", "seq")


def found_in(lines: Iterable[Line], user, words: list[str]) -> list[Found]:
    """Return lines with their neighbours, the words marked in them, and what the person noted on them."""
    shown = list(lines)
    around = _around(shown, user)
    notes = dict(LineNote.objects.filter(user=user, line__in=shown).values_list("line_id", "text"))
    marked = set(LineMark.objects.filter(user=user, line__in=shown).values_list("line_id", flat=True))
    return [
        Found(
            line=line,
            who=_names(line.session).get(line.sender_id, ""),
            pieces=rules.pieces(line.text, words),
            before=around.get((line.session_id, line.seq - 1), ""),
            after=around.get((line.session_id, line.seq + 1), ""),
            note=notes.get(line.pk, ""),
            marked=line.pk in marked,
        )
        for line in shown
    ]


def _around(lines: list[Line], user) -> dict[tuple[int, int], str]:
    wanted = Q(pk__in=[])
    for session in {line.session_id for line in lines}:
        seqs = {line.seq + step for line in lines if line.session_id == session for step in (-1, 1)}
        wanted |= Q(session_id=session, seq__in=seqs)
    near = Line.objects.filter(wanted, kind=Line.LINE).exclude(hidden_from(user))
    return {(session, seq): text for session, seq, text in near.values_list("session_id", "seq", "text")}


def listed(sessions: QuerySet, user) -> list[Session]:
    """Return the sessions of the list, each with `written` and `marked`, its numbers of lines."""
    marked = _marked(sessions, user)
    shown = list(sessions_of(sessions))
    for session in shown:
        session.marked = marked.get(session.pk, 0)
    return shown


def _marked(sessions: QuerySet, user) -> dict[int, int]:
    """Return how many lines of each session a person marked."""
    rows = LineMark.objects.filter(user=user, line__session__in=sessions.values("pk"))
    counted = rows.values(session=F("line__session")).annotate(number=Count("pk"))
    return {row["session"]: row["number"] for row in counted}


def as_text(session: Session, rows: list[Row], lines: dict[int, str]) -> str:
    """Return a transcript as plain text: who, when and the words as they were typed. `lines`: texts by number."""
    parts = [f"Conversation, {day(rows[0].day) if rows else ''}", "Kept as it was written.", ""]
    for row in rows:
        if row.is_event:
            parts += [f"[{row.time}] {row.text}"] if row.text else []
        else:
            words = HIDDEN if row.text == HIDDEN else lines[row.seq]
            parts += ["", f"[{row.time}] {row.who}:", words]
    return "\n".join(parts) + "\n"
