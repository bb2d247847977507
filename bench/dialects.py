"""What each system under test is told and says: ours, its floor, and the tutorial as the control.

A line is known by the `cid` that the client gives it; `read` returns (what, cid, seq) of a frame, where `what` is
"ack", "line" or an empty string for a frame that is neither, and `seq` is 0 where lines have no number.
"""

from __future__ import annotations

import json
from typing import ClassVar, Protocol

TEXT = (
    "How has your week been since we last spoke, and did you get a chance to try the thought record "
    "we talked about when the worry came up on Tuesday evening?"
)
NOTHING = ("", "", 0)
Read = tuple[str, str, int]


class Dialect(Protocol):
    """How to speak with one system."""

    numbered: bool

    def hello(self, after: int) -> bytes | None: ...

    def send(self, cid: str) -> bytes: ...

    def read(self, raw: bytes) -> Read: ...

    def report(self, shown: int) -> bytes | None:
        """What a client says of how far it has read, if the system wants to know."""


class Room:
    """Our protocol (docs/room.md)."""

    numbered = True
    TAIL: ClassVar[str] = json.dumps(TEXT)

    def hello(self, after: int) -> bytes | None:
        return b'{"type": "hello", "after": %d}' % after

    def send(self, cid: str) -> bytes:
        return f'{{"type": "send", "cid": "{cid}", "text": {self.TAIL}}}'.encode()

    def read(self, raw: bytes) -> Read:
        frame = json.loads(raw)
        if frame["type"] not in ("ack", "line"):
            if frame["type"] in ("nack", "error", "bye"):
                raise RuntimeError(f"refused: {frame}")
            return NOTHING
        return frame["type"], frame["cid"], frame["seq"]

    def report(self, shown: int) -> bytes | None:
        return b'{"type": "ping", "after": %d}' % shown


class Floor:
    """The bare echo (bench/floor_app.py): the number goes in, comes back to the sender and goes to the other."""

    numbered = False

    def hello(self, after: int) -> bytes | None:
        return None

    def send(self, cid: str) -> bytes:
        return f"{cid} {TEXT}".encode()

    def read(self, raw: bytes) -> Read:
        what, _, rest = raw.partition(b" ")
        return what.decode(), rest.partition(b" ")[0].decode(), 0

    def report(self, shown: int) -> bytes | None:
        return None


class Tutorial:
    """The Channels tutorial: the message goes to both; the sender's own copy is all the answer there is."""

    numbered = False

    def hello(self, after: int) -> bytes | None:
        return None

    def send(self, cid: str) -> bytes:
        return json.dumps({"message": f"{cid} {TEXT}"}).encode()

    def read(self, raw: bytes) -> Read:
        return "line", json.loads(raw)["message"].partition(" ")[0], 0

    def report(self, shown: int) -> bytes | None:
        return None


DIALECTS: dict[str, type[Room] | type[Floor] | type[Tutorial]] = {"room": Room, "floor": Floor, "tutorial": Tutorial}
