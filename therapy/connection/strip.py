"""The drawing of a measured connection: one strip a side over the time of the session (APPT-17)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from therapy.connection import rules
from therapy.connection.rules import Record, Side, Span

WIDTH, LABEL_WIDTH, ROW, TOP = 640, 0, 34, 6
TICK_EVERY = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Block:
    """One coloured part of a strip, in the drawing's own units."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True)
class Strip:
    """One side's strip and what it says in words."""

    name: str
    y: int
    blocks: list[Block]
    words: str


@dataclass(frozen=True)
class Tick:
    x: float
    minute: int
    anchor: str


@dataclass(frozen=True)
class Stretch:
    """One time without connection or away as a row of the table: whose, from when to when, how long, why."""

    who: str
    begins: dt.datetime
    ends: dt.datetime
    length: str
    why: str


@dataclass(frozen=True)
class Drawing:
    """All that a page needs to show a record; moments are aware."""

    record: Record
    strips: list[Strip]
    ticks: list[Tick]
    rows: list[Stretch]
    height: int
    width: int
    total: str
    sentence: str
    away: list[str]


def drawing_of(record: Record, names: dict[str, str]) -> Drawing:
    """Return the drawing of a record; `names` says what each side is called."""
    strips = [_strip(record, side, names[side.name], TOP + n * ROW) for n, side in enumerate(record.sides)]
    rows = [row for side in record.sides for row in _rows(record, side, names[side.name])]
    rows.sort(key=lambda row: row.begins)
    measured = rules.in_minutes(record.total)
    height = TOP + len(strips) * ROW + 24
    away = [_away(side, names[side.name]) for side in record.sides if side.left]
    return Drawing(record, strips, _ticks(record), rows, height, WIDTH, measured, _sentence(record), away)


def _away(side: Side, name: str) -> str:
    length = rules.in_minutes(rules.total(side.left))
    return f"{name} left the room for {length}: that is no loss of connection and does not count."


def _sentence(record: Record) -> str:
    if not record.lost:
        return "No loss of connection was measured."
    limit = "The limit of 10 minutes is reached." if record.reaches_limit else "That is less than 10 minutes."
    return f"{rules.in_minutes(record.total)} without connection in all. {limit}"


def _x(record: Record, moment: dt.datetime) -> float:
    return round((moment - record.window.begins) / record.window.length * WIDTH, 1)


def _block(record: Record, span: Span, kind: str) -> Block:
    x = _x(record, span.begins)
    return Block(x, max(1.0, round(_x(record, span.ends) - x, 1)), kind)


def _strip(record: Record, side: Side, name: str, y: int) -> Strip:
    blocks = [_block(record, span, "on") for span in side.connected]
    blocks += [_block(record, span, "off") for span in side.lost]
    blocks += [_block(record, span, "left") for span in side.left]
    blocks += [_block(record, span, "down") for span in record.outages]
    return Strip(name, y, blocks, _words(side))


def _words(side: Side) -> str:
    if side.came is None:
        return "never came in"
    parts = [(side.lost, "lost"), (side.left, "away from the room")]
    words = [f"{rules.in_minutes(rules.total(spans))} {what}" for spans, what in parts if spans]
    return ", ".join(words) or "connected throughout"


def _rows(record: Record, side: Side, name: str) -> list[Stretch]:
    found = [(span, _why(record, span)) for span in side.lost] + [(span, "Left the room") for span in side.left]
    return [Stretch(name, span.begins, span.ends, rules.in_minutes(span.length), why) for span, why in found]


def _why(record: Record, span: Span) -> str:
    down = rules.total(rules.within(record.outages, span.begins, span.ends))
    if not down:
        return "Connection lost"
    return "The service was down" if down == span.length else "Connection lost, in part because the service was down"


def _ticks(record: Record) -> list[Tick]:
    count = int(record.window.length / TICK_EVERY)
    last = record.window.length
    anchors = {0: "start"}
    return [
        Tick(
            _x(record, record.window.begins + n * TICK_EVERY),
            n * 10,
            anchors.get(n, "end" if n * TICK_EVERY == last else "middle"),
        )
        for n in range(count + 1)
    ]
