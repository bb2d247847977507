"""What rows look like in the frames of the protocol, and what became of a line that was sent."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from therapy.room import rules


@dataclass(frozen=True)
class Ack:
    """The line is committed, for good, under this number."""

    cid: str
    seq: int
    at: dt.datetime
    # False where the line had been written before: then only the table knows its text.
    new: bool = True

    def frame(self) -> dict[str, Any]:
        return {"type": "ack", "cid": self.cid, "seq": self.seq, "at": iso(self.at)}

    def line(self, side: str, text: str) -> str:
        """Return the text of the frame in which the others get this line, as it reads out of the table."""
        return json.dumps(line_frame((self.seq, self.cid, "line", text, self.at, side)))


class Nack(Exception):
    """The line was not taken: `retry` is the seconds after which to try again, None where it is refused for good."""

    def __init__(self, cid: object, code: str, retry: float | None = None) -> None:
        super().__init__(code)
        self.cid = cid if isinstance(cid, str) else ""
        self.code, self.retry = code, retry

    def frame(self) -> dict[str, Any]:
        return {"type": "nack", "cid": self.cid, "code": self.code, "retry": self.retry}


@dataclass(frozen=True)
class State:
    """Where a session stands for one of its two people."""

    head: int
    ended: bool
    allowed: bool
    other_heard_at: dt.datetime | None
    other_seen: int
    other_left: bool = False

    def away(self, now: dt.datetime) -> str:
        """Why the other person does not count as present, an empty string where they do."""
        return rules.away(self.other_heard_at, self.other_left, now)

    def presence(self, now: dt.datetime) -> dict[str, Any]:
        """Return whether the other person is here, and if not how they went, as a frame says it (ROOM-3)."""
        away = self.away(now)
        return {"here": not away, "away": away}


def number(value: Any) -> int:
    """Return a sequence number that a client told; anything else counts as none, 0."""
    valid = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return value if valid else 0


def iso(moment: dt.datetime) -> str:
    """Return a moment as the protocol writes it, in UTC."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def line_frame(row: tuple) -> dict[str, Any]:
    """Return the frame of one row of LINES."""
    seq, cid, kind, text, at, side = row
    return {"type": "line", "seq": seq, "cid": cid, "kind": kind, "from": side, "text": text, "at": iso(at)}


def state_of(row: tuple) -> State:
    """Return the state of one row of BEAT."""
    head, ended, allowed, heard_at, seen, left = row
    return State(head, ended, allowed, heard_at, seen or 0, left)


def verdict(cid: str, row: tuple | None) -> Ack:
    """Return the acknowledgement of a line found by LOOK_UP; raises Nack with why it was not taken."""
    if row is None:
        raise Nack(cid, "forbidden")
    seq, at, ended, too_early, allowed = row
    # What is kept is acknowledged to its writer also where nothing more would be taken: to say no would be untrue.
    if seq is not None:
        return Ack(cid, seq, at, new=False)
    if not allowed:
        raise Nack(cid, "forbidden")
    if ended:
        raise Nack(cid, "closed")
    if too_early:
        raise Nack(cid, "not_open")
    # Nothing stands against it: it lost a race that is over by now.
    raise Nack(cid, "busy", rules.RETRY_SECONDS)


def limits() -> dict[str, Any]:
    """What a client is told about limits when it is welcomed."""
    return {"text": rules.LONGEST_TEXT, "heartbeat": rules.HEARTBEAT.total_seconds()}
