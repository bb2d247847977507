"""Compares what both clients were shown with the table: the judgement of the drill. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple


class Row(NamedTuple):
    """A line as the table keeps it or as a client was shown it."""

    seq: int
    cid: str
    side: str
    text: str


@dataclass
class Transcript:
    """What one client wrote (ids in order), was told to be kept (id to number), and was shown (in order).

    `twins` are acknowledgements of lines that went by both roads, as the other road gave them.
    """

    side: str
    written: list[str]
    acks: dict[str, int]
    twins: dict[str, int]
    shown: list[Row]


@dataclass
class Verdict:
    """What went wrong; `notes` names the first of each kind."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    misplaced: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.misplaced)

    def add(self, kind: str, what: Iterable[object], where: str) -> None:
        found = list(what)
        setattr(self, kind, getattr(self, kind) + len(found))
        if found:
            self.notes.append(f"{kind} {len(found)} {where}, first: {found[0]}")


def judge(table: list[Row], transcripts: list[Transcript], room: str, verdict: Verdict) -> None:
    """Add to the verdict what differs between one session's table and what its clients wrote and saw.

    lost: acknowledged and not in the table, or in the table and never shown to a client. doubled: kept or shown twice.
    misplaced: a gap or disorder of numbers, another number than acknowledged, another order than that of writing, or
    shown elsewhere or otherwise than kept.
    """
    verdict.add("misplaced", [row for place, row in enumerate(table, 1) if row.seq != place], f"{room} numbers")
    verdict.add("doubled", twice((row.side, row.text) for row in table if row.text), f"{room} table")
    for one in transcripts:
        where = f"{room} {one.side}"
        kept = {row.cid: row.seq for row in table if row.side == one.side}
        verdict.acknowledged += len(one.acks)
        verdict.add(
            "lost",
            [cid for cid in one.acks.keys() | one.twins.keys() if cid not in kept],
            f"{where}: acknowledged, not kept",
        )
        told = [*one.acks.items(), *one.twins.items()]
        wrong = [cid for cid, seq in told if kept.get(cid, seq) != seq]
        verdict.add("misplaced", wrong, f"{where}: other number than acknowledged")
        order = [kept[cid] for cid in one.written if cid in kept]
        verdict.add("misplaced", descents(order), f"{where}: other order than written")
        _judge_shown(table, one, where, verdict)


def _judge_shown(table: list[Row], one: Transcript, where: str, verdict: Verdict) -> None:
    rows = {row.seq: row for row in table}
    shown = {row.seq for row in one.shown}
    verdict.add("lost", [seq for seq in rows if seq not in shown], f"{where}: kept, never shown")
    verdict.add("doubled", twice(row.seq for row in one.shown), f"{where}: shown twice")
    verdict.add("misplaced", descents([row.seq for row in one.shown]), f"{where}: shown out of order")
    verdict.add("misplaced", [row for row in one.shown if rows.get(row.seq) != row], f"{where}: shown otherwise")


def twice(things: Iterable[object]) -> list[object]:
    """Return each thing once for every time that it comes again."""
    return [thing for thing, times in Counter(things).items() for _ in range(times - 1)]


def descents(numbers: list[int]) -> list[tuple[int, int]]:
    """Return the neighbours of which the second is smaller; equal ones are doubled, not misplaced."""
    return [(a, b) for a, b in pairwise(numbers) if b < a]
