"""What the state machine of the delivery protocol is made of: the real client in a node process, and a model server.

The server's half is written down once more here, from docs/room.md and not from the code: rows in a list, one counter.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field

from django.conf import settings

from tests.ui.test_scripts import node

RESTART, SIGNED_OUT, ENDED = 1012, 4401, 4410


class Tab:
    """protocol.js of one open tab; what it wants done is carried out by whoever calls."""

    process: subprocess.Popen | None = None

    def __init__(self, name: str, side: str) -> None:
        self.name, self.side = name, side
        self.lines: list[dict] = []
        self.given_back: list[str] = []
        self.written: list[str] = []
        self.acknowledged: dict[str, int] = {}
        self.wants: list[dict] = []
        self.link, self.waiting = "connecting", []
        self.call("create", side)

    @classmethod
    def ask(cls, room: str, verb: str, *args) -> dict:
        if cls.process is None or cls.process.poll() is not None:
            script = settings.BASE_DIR / "static/js/tests/room_driver.mjs"
            cls.process = subprocess.Popen([*node(), script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.process.stdin.write(json.dumps({"room": room, "verb": verb, "args": args}) + "\n")
        cls.process.stdin.flush()
        return json.loads(cls.process.stdout.readline())

    def call(self, verb: str, *args) -> None:
        answer = self.ask(self.name, verb, *args)
        self.link, self.waiting = answer["link"], answer["waiting"]
        for effect in answer["effects"]:
            if effect["do"] == "line":
                self.lines.append(effect["line"])
            elif effect["do"] == "failed":
                self.given_back.append(effect["entry"]["text"])
            elif effect["do"] in ("send", "connect", "close", "post", "fetch"):
                self.wants.append(effect)

    @property
    def is_over(self) -> bool:
        return self.link in ("ended", "signed-out", "refused")


@dataclass
class Road:
    """One socket: frames on their way, and how far the server has sent."""

    up: list[dict] = field(default_factory=list)
    down: list[dict] = field(default_factory=list)
    delivered: int | None = None
    # The server closes after what is still on its way down, with this code.
    closing: int = 0
    # A frame was lost on the way: then the word that closes does not arrive either, since nothing overtakes.
    lossy: bool = False


class Server:
    """The table and the rules of writing."""

    def __init__(self) -> None:
        self.kept: list[dict] = []
        self.ended = False
        self.signed_out: set[str] = set()

    def answers(self, tab: Tab, road: Road, frame: dict) -> list[dict]:
        """Return what the server says to a frame of a socket."""
        head = len(self.kept)
        if frame["type"] == "hello":
            road.delivered = min(frame["after"], head)
            return [{"type": "welcome", "you": tab.side, "head": head, "seen": 0}, *self.lines_after(road)]
        if frame["type"] == "ping":
            return [{"type": "pong", "head": head, "seen": 0, "now": ""}, *self.lines_after(road)]
        if frame["type"] == "send":
            return [self._acknowledged(tab, road, frame)]
        return []

    def _acknowledged(self, tab: Tab, road: Road, frame: dict) -> dict:
        """An acknowledgement stands for the line where it is the next one of this socket."""
        answer = self.taken(tab, frame)
        if answer["type"] == "ack" and road.delivered is not None and answer["seq"] == road.delivered + 1:
            road.delivered = answer["seq"]
        return answer

    def taken(self, tab: Tab, frame: dict) -> dict:
        """One line, by whatever road: the same id is the same line; otherwise it is taken, or refused for good."""
        found = [line for line in self.kept if (line["from"], line["cid"]) == (tab.side, frame["cid"])]
        if not found and (self.ended or tab.name in self.signed_out):
            code = "closed" if self.ended else "forbidden"
            return {"type": "nack", "cid": frame["cid"], "code": code, "retry": None}
        line = found[0] if found else self.keep(tab.side, frame["cid"], frame["text"])
        return {"type": "ack", "cid": frame["cid"], "seq": line["seq"], "at": ""}

    def keep(self, side: str, cid: str, text: str, kind: str = "line") -> dict:
        line = {
            "type": "line",
            "seq": len(self.kept) + 1,
            "cid": cid,
            "kind": kind,
            "from": side,
            "text": text,
            "at": "",
        }
        self.kept.append(line)
        return line

    def lines_after(self, road: Road) -> list[dict]:
        """Return what lies after the last line sent; after the end the socket closes behind it."""
        if road.delivered is None:
            return []
        lines = self.kept[road.delivered :]
        road.delivered = len(self.kept)
        road.closing = road.closing or (ENDED if self.ended else 0)
        return lines
