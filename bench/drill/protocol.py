"""The client's half of the delivery protocol, as `static/js/room/protocol.js` keeps it, for the drill.

No network and no clock: events go in with the time in seconds, frames to send come out. With `resume=False` it is the
control: after a cut it neither sends again what was not acknowledged nor asks for what it missed.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from typing import Any

UNANSWERED, PONG, WELCOME, ASK, HEARTBEAT = 3.0, 2.0, 5.0, 1.0, 15.0
FIRST_WAIT, LONGEST_WAIT, RESTART_WAITS, RESTARTING = 0.3, 30.0, 2, 30.0
ATTEMPTS_BEFORE_HTTP = 3
READ_REPORT = 150
RESTART = 1012
BEYOND_EVERY_LINE = 2**31 - 1

Frame = dict[str, Any]


@dataclass
class Entry:
    """A line that is not yet known to be kept."""

    cid: str
    text: str
    written_at: float
    sent_at: float | None = None
    retry_at: float = 0.0


class Dropped(Exception):
    """The socket is there and does not answer: away with it."""


class Protocol:
    """One tab of one side. `shown` is the transcript as it was shown; `acks` what was told to be kept, by its id."""

    def __init__(self, side: str, *, resume: bool = True) -> None:
        self.side, self.resume = side, resume
        self.outbox: deque[Entry] = deque()
        self.shown: list[Frame] = []
        self.head = 0
        self.early: dict[int, Frame] = {}
        self.acks: dict[str, int] = {}
        self.ack_seconds: list[float] = []
        self.refused: list[str] = []
        self.open = self.http = False
        self.attempts, self.restarting = 0, 0.0
        self.opened_at: float | None = None
        self.pong_by: float | None = None
        self.pinged_at = 0.0
        self.asked_at, self.reported = 0.0, 0

    # --- the person -----------------------------------------------------------------------------------

    def compose(self, cid: str, text: str, now: float) -> list[Frame]:
        self.outbox.append(Entry(cid, text, now))
        return self.flush(now)

    # --- the socket -----------------------------------------------------------------------------------

    def opened(self, now: float) -> list[Frame]:
        self.opened_at = now
        return [self._hello(now)]

    def lost(self, code: int, now: float) -> float:
        """Return the seconds to wait before the next attempt."""
        self.open, self.opened_at, self.pong_by = False, None, None
        self._unsend()
        if code == RESTART:
            self.restarting = now + RESTARTING
        attempts = min(self.attempts, RESTART_WAITS) if now < self.restarting else self.attempts
        self.attempts += 1
        self.http = self.attempts >= ATTEMPTS_BEFORE_HTTP and self.resume
        return random.random() * min(LONGEST_WAIT, FIRST_WAIT * 2**attempts)

    def received(self, frame: Frame, now: float) -> list[Frame]:
        handler = getattr(self, f"on_{frame['type']}", None)
        return handler(frame, now) if handler else []

    def on_welcome(self, frame: Frame, now: float) -> list[Frame]:
        self.open, self.http, self.attempts = True, False, 0
        self.pinged_at, self.pong_by = now, None
        self._unsend()
        return self.flush(now)

    def on_line(self, frame: Frame, now: float) -> list[Frame]:
        return self._show(frame, now)

    def on_ack(self, frame: Frame, now: float) -> list[Frame]:
        entry = self._take(frame["cid"])
        if entry is None:
            return []
        self._known(entry, frame["seq"], now)
        line = {"seq": frame["seq"], "cid": entry.cid, "from": self.side, "text": entry.text, "kind": "line"}
        return [*self._show(line, now), *self.flush(now)]

    def on_nack(self, frame: Frame, now: float) -> list[Frame]:
        entry = next((entry for entry in self.outbox if entry.cid == frame["cid"]), None)
        if entry is None:
            return []
        if frame["retry"] is None:
            self.outbox.remove(entry)
            self.refused.append(f"{entry.cid}: {frame['code']}")
        else:
            entry.sent_at, entry.retry_at = None, now + frame["retry"]
        return self.flush(now)

    def on_error(self, frame: Frame, now: float) -> list[Frame]:
        return self.on_nack({"cid": frame["cid"], "code": frame["code"], "retry": 1}, now) if "cid" in frame else []

    def on_pong(self, frame: Frame, now: float) -> list[Frame]:
        self.pong_by = None
        first = self.outbox[0] if self.outbox else None
        if self.resume and first and first.sent_at is not None and first.sent_at < self.pinged_at:
            first.sent_at = None
        behind = self.resume and frame["head"] > self.head and now - self.asked_at > 2 * ASK
        return [*([self._hello(now)] if behind else []), *self.flush(now)]

    # --- the clock --------------------------------------------------------------------------------------

    def tick(self, now: float) -> list[Frame]:
        """Return what is due; raises Dropped where the socket does not answer."""
        if not self.open:
            if self.opened_at is not None and now - self.opened_at > WELCOME:
                raise Dropped
            return []
        if self.pong_by is not None:
            if now > self.pong_by:
                raise Dropped
            return []
        first = self.outbox[0] if self.outbox else None
        unanswered = first and first.sent_at is not None and now - first.sent_at > UNANSWERED
        if unanswered or now - self.pinged_at >= HEARTBEAT:
            return [self._ping(now)]
        asked = [self._hello(now)] if self.early and now - self.asked_at > ASK else []
        return [*asked, *self.flush(now)]

    def flush(self, now: float) -> list[Frame]:
        """Return the one line that may be on its way now."""
        if not self.open:
            return []
        entry = self.next_entry(now)
        return [{"type": "send", "cid": entry.cid, "text": entry.text}] if entry else []

    def next_entry(self, now: float) -> Entry | None:
        """Return the first line where it is due, marked as sent: one line is on its way at a time."""
        first = self.outbox[0] if self.outbox else None
        if first is None or first.sent_at is not None or first.retry_at > now:
            return None
        first.sent_at = now
        return first

    def _unsend(self) -> None:
        if self.outbox and self.outbox[0].sent_at is not None:
            if self.resume:
                self.outbox[0].sent_at = None
            else:
                self.outbox.popleft()

    def _take(self, cid: str) -> Entry | None:
        entry = next((entry for entry in self.outbox if entry.cid == cid), None)
        if entry:
            self.outbox.remove(entry)
        return entry

    def _hello(self, now: float) -> Frame:
        self.asked_at, self.reported = now, self.head
        return {"type": "hello", "after": self.head if self.resume or not self.head else BEYOND_EVERY_LINE}

    def _ping(self, now: float) -> Frame:
        self.pinged_at, self.pong_by, self.reported = now, now + PONG, self.head
        return {"type": "ping", "after": self.head}

    def _show(self, line: Frame, now: float) -> list[Frame]:
        """Show what is next in order, and forget of the outbox what turns out to be kept."""
        if not self.resume:
            self._append(line, now)
            return self._report(now)
        if line["seq"] > self.head:
            self.early[line["seq"]] = line
        while self.head + 1 in self.early:
            self._append(self.early.pop(self.head + 1), now)
        return [*self._report(now), *self.flush(now)]

    def _append(self, line: Frame, now: float) -> None:
        if line["seq"] <= self.head and not self.resume:
            return
        self.shown.append(line)
        self.head = line["seq"]
        if line["from"] == self.side and (entry := self._take(line["cid"])):
            self._known(entry, line["seq"], now)

    def _known(self, entry: Entry, seq: int, now: float) -> None:
        """The server said that the line is kept, by an acknowledgement or by showing it."""
        self.acks[entry.cid] = seq
        self.ack_seconds.append(now - entry.written_at)

    def _report(self, now: float) -> list[Frame]:
        far = self.open and self.pong_by is None and self.head - self.reported >= READ_REPORT
        return [self._ping(now)] if far else []
