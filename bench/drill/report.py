"""What became of a run: the one line, and `docs/room-reliability.md` with the run and its control side by side."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

SIDES = {"run": "the run", "control": "control: resume off"}
ROWS = (
    ("command", "Command"),
    ("when", "When (UTC)"),
    ("machine", "Machine"),
    ("commit", "Commit"),
    ("minutes", "Minutes of writing"),
    ("rooms", "Rooms, two people in each"),
    ("rate", "Lines a second and room"),
    ("kills", "Processes killed with `kill -9`"),
    ("by_process", "of them"),
    ("deploys", "Deploys (both web servers ended and started in turn)"),
    ("cuts", "Connections cut by the proxy"),
    ("sockets", "Sockets opened"),
    ("posts", "Lines posted without a socket, or by both roads"),
    ("acknowledged", "**Acknowledged lines**"),
    ("lost", "**lost**"),
    ("doubled", "**doubled**"),
    ("misplaced", "**misplaced**"),
    ("waiting", "Written and at the end neither kept nor refused"),
    ("refused", "Refused for good"),
    ("ack", "From writing a line to its acknowledgement, with all cuts and kills: p50 / p95 / p99 / max"),
    ("back", "From losing a socket to the next welcome: p50 / p95 / p99 / max"),
    ("errors", "Errors that the web servers wrote down"),
    ("settled", "From the last line written to everything acknowledged"),
)
HEAD = """# How reliable the room is

Written by `bench/faults.py --report docs/room-reliability.md`; the figures are in `room-reliability.json` beside it.

Ten or more rooms, two people in each, everybody writing at a steady rate over a proxy that cuts each connection two seconds after it was
opened, throwing away what is on its way. Meanwhile web servers, worker, Redis and Postgres (by turns its first process alone and all of
them) are killed with `kill -9` in turn and started again at once, and in the middle both web servers are restarted as a deploy does it. Each
client keeps the protocol of `docs/room.md`; one line in fifty goes over the socket and is posted as well. Postgres runs with `fsync` and
`synchronous_commit` on.

When everybody has fallen silent, what each client wrote, was told and was shown is compared with the table. *Lost*: acknowledged and not in
the table, or in the table and never shown to one of the two. *Doubled*: kept or shown twice. *Misplaced*: a gap in the numbers, another number
than acknowledged, another order than that of writing, or shown elsewhere or otherwise than kept.

The control is the same drill with clients that, after a cut, neither send again what was not acknowledged nor ask for what they missed. It
shows that the harness sees loss where there is some; of its columns only the counts matter, for it is shorter and other work may go on beside it.

"""
TAIL = """
Not covered: a machine that loses its disk, a Postgres that fails over to a replica (asynchronous replication may lose what was acknowledged),
and several browsers' own faults, which `tests/faults/` and `tests/therapy/test_session_in_browser.py` try in Chromium.
"""


def spread(seconds: list[float]) -> str:
    """Return p50 / p95 / p99 / max in seconds."""
    if not seconds:
        return "-"
    ordered = sorted(seconds)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99)]
    return " / ".join(f"{value:.3f}" for value in [*at, ordered[-1]]) + " s"


def machine() -> str:
    """Return what the figures were taken on."""
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    return f"{cores} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def write(path: Path, name: str, figures: dict[str, Any]) -> None:
    """Put the figures of "run" or "control" into the report, beside those of the other."""
    kept = path.with_suffix(".json")
    both = json.loads(kept.read_text()) if kept.exists() else {}
    both[name] = figures
    kept.write_text(json.dumps(both, indent=2) + "\n")
    present = [side for side in SIDES if side in both]
    lines = [["", *(SIDES[side] for side in present)], ["---"] * (len(present) + 1)]
    for key, words in ROWS:
        lines.append([words, *(shown(both[side].get(key, "-")) for side in present)])
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    path.write_text(HEAD + table + "\n" + TAIL)


def shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
