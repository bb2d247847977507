"""Whether what the clients saw is what the table holds: nothing lost, nothing doubled, nothing out of place."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg

LINES = """
    SELECT s.ref::text, l.seq, l.cid FROM therapy_line l JOIN therapy_session s ON s.id = l.session_id
    WHERE s.ref = ANY(%s::uuid[]) ORDER BY s.ref, l.seq
"""


@dataclass
class Findings:
    """What was wrong, over all rooms and both of their clients."""

    lost: int = 0
    doubled: int = 0
    misplaced: int = 0

    def __iadd__(self, other: Findings) -> Findings:
        self.lost += other.lost
        self.doubled += other.doubled
        self.misplaced += other.misplaced
        return self

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.misplaced)

    def __str__(self) -> str:
        return f"lost {self.lost} doubled {self.doubled} misplaced {self.misplaced}"


def compare_client(seen: list[tuple[str, str, int]], table: list[tuple[int, str]]) -> Findings:
    """Compare one client's frames (what, cid, seq) with its session's rows (seq, cid), of which it asked for all.

    An acknowledgement places one's own line, a line frame anybody's. Lost: a number of the table that never came, or an
    acknowledged line that the table lacks. Doubled: a number sent twice as a line. Misplaced: a number with another
    line than the table's, or lines that came in another order than that of their numbers.
    """
    lines = [seq for what, _, seq in seen if what == "line"]
    shown = {seq: cid for _, cid, seq in seen}
    held = dict(table)
    missing = held.keys() - shown.keys()
    unknown = shown.keys() - held.keys()
    wrong = sum(1 for _, cid, seq in seen if seq in held and held[seq] != cid)
    backwards = sum(1 for earlier, later in pairwise(lines) if later < earlier)
    return Findings(len(missing) + len(unknown), len(lines) - len(set(lines)), wrong + backwards)


def compare_table(table: list[tuple[int, str]]) -> Findings:
    """The table itself: 1, 2, 3 without gaps, and each `cid` once (here each line is sent by one person)."""
    cids = Counter(cid for _, cid in table if not cid.startswith("event:"))
    gaps = sum(1 for place, (seq, _) in enumerate(table, 1) if seq != place)
    return Findings(0, sum(count - 1 for count in cids.values()), gaps)


def compare(url: str, accounts: list[dict[str, Any]], transcripts: Path) -> Findings:
    """Compare every client's transcript with the rows of its session."""
    seen = json.loads(transcripts.read_text())
    refs = sorted({one["ref"] for one in accounts})
    tables: dict[str, list[tuple[int, str]]] = {ref: [] for ref in refs}
    with psycopg.connect(url) as connection:
        for ref, seq, cid in connection.execute(LINES, [refs]):
            tables[ref].append((seq, cid))
    found = Findings()
    for ref in refs:
        found += compare_table(tables[ref])
    for one in accounts:
        found += compare_client(seen.get(f"{one['pair']}.{one['side']}", []), tables[one["ref"]])
    return found
