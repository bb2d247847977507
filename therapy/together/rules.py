"""What two people put on the agenda of a session, and the summary that is drafted from it (ROOM-12). Pure."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST_POINT = 200
MOST_POINTS = 20
UP, DOWN = "up", "down"
# What a patient writes is looked through in steps of so long, and only what nobody has changed for that long (RISK-2).
LOOK_EVERY = dt.timedelta(minutes=5)
AT_REST_AFTER = dt.timedelta(minutes=2)


@dataclass(frozen=True)
class Point:
    """One point of an agenda, as far as a summary needs it."""

    text: str
    is_done: bool


@dataclass(frozen=True)
class Task:
    """One piece of homework, as far as a summary needs it; `due` is the day in words, empty without one."""

    what: str
    why: str = ""
    due: str = ""


def in_new_order(refs: Sequence[str], ref: str, to: str) -> list[str]:
    """Return the references with one of them moved a place up or down; at the end of the list nothing moves."""
    order = list(refs)
    if ref not in order or to not in (UP, DOWN):
        return order
    here = order.index(ref)
    there = min(max(here + (-1 if to == UP else 1), 0), len(order) - 1)
    order.insert(there, order.pop(here))
    return order


def key_of_its_own(client_key: str, text: str) -> str:
    """Return the key of a text that comes under a key of another one: a form gone back to and changed is a new one."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{client_key} {text}").hex


def looked_through_at(written_at: dt.datetime) -> dt.datetime:
    """Return when that which was written at a moment is looked through: its step is over, and it has come to rest.

    One moment for all that is written within a step; what is written later has a later one.
    """
    begin = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    return begin + ((written_at - begin) // LOOK_EVERY + 1) * LOOK_EVERY + AT_REST_AFTER


def is_at_rest(written_at: dt.datetime, at: dt.datetime) -> bool:
    """Tell whether a text has stood for long enough to be no half sentence."""
    return written_at <= at - AT_REST_AFTER


def default_due(today: dt.date, next_session: dt.date | None) -> dt.date:
    """Return the day that is proposed for homework: that of the next session, or a week from today."""
    return next_session if next_session is not None and next_session > today else today + dt.timedelta(days=7)


def summary(points: Sequence[Point], tasks: Sequence[Task], *, patient: str, clinician: str) -> str:
    """Return the draft of the message that a patient gets after a session, in plain words."""
    what = " Here is what we did, so that you can look at it again." if points or tasks else ""
    parts = [f"Hello {patient},", f"Thank you for our session.{what}"]
    parts += _part("What we talked about:", [point.text for point in points if point.is_done])
    parts += _part("What we can come back to next time:", [point.text for point in points if not point.is_done])
    parts += _part("What you are going to try:", [task_words(task) for task in tasks])
    parts += ["If you remember something in another way, or if something is missing, please write to me.", clinician]
    return "\n\n".join(parts)


def _part(title: str, rows: Iterable[str]) -> list[str]:
    listed = "\n".join(f"- {row}" for row in rows)
    return [f"{title}\n{listed}"] if listed else []


def task_words(task: Task) -> str:
    """Return homework in one row: what, until when, and why."""
    due = f", by {task.due}" if task.due else ""
    return f"{task.what}{due}{f'. Why: {task.why}' if task.why else ''}"


def agenda_in_a_note(points: Sequence[Point]) -> str:
    """Return an agenda as it stands in a clinical note."""
    return "\n".join(f"- {point.text} ({'done' if point.is_done else 'not reached'})" for point in points)


def homework_in_a_note(tasks: Sequence[Task]) -> str:
    """Return homework as it stands in a clinical note."""
    return "\n".join(f"- Agreed: {task_words(task)}" for task in tasks)


def added_to(part: str, text: str) -> str:
    """Return a part of a note with a text beneath it; a text that stands in it already is not put in again."""
    if not text or text in part.replace("\r\n", "\n"):
        return part
    return f"{part.rstrip()}\n{text}" if part.strip() else text
