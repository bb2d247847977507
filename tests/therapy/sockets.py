"""A client of the room's socket for tests: sends frames, waits for frames, remembers what came."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager

from websockets.exceptions import ConnectionClosed

PATIENCE_SECONDS = 20.0


class Tab:
    """One open tab: `lines` holds what it was sent, in the order of arrival."""

    def __init__(self, socket) -> None:
        self.socket = socket
        self.frames: list[dict] = []
        self.passed: list[dict] = []

    def send(self, kind: str, **values) -> Tab:
        self.socket.send(json.dumps({"type": kind, **values}))
        return self

    def say(self, cid: str, text: str = "Hello") -> Tab:
        return self.send("send", cid=cid, text=text)

    def hello(self, after: int = 0) -> dict:
        self.send("hello", after=after)
        return self.wait("welcome")

    def wait(self, *kinds: str, within: float = PATIENCE_SECONDS, **values) -> dict:
        """Return the next frame of one of these kinds with those values; everything on the way is remembered."""
        limit = time.monotonic() + within
        looked_at = 0
        while True:
            for frame in self.frames[looked_at:]:
                if frame["type"] in kinds and all(frame.get(key) == value for key, value in values.items()):
                    self.frames.remove(frame)
                    self.passed.append(frame)
                    return frame
            looked_at = len(self.frames)
            self._receive(max(0.01, limit - time.monotonic()), f"{kinds} {values}")

    def _receive(self, timeout: float, wanted: str) -> None:
        try:
            self.frames.append(json.loads(self.socket.recv(timeout=timeout)))
        except TimeoutError:
            raise AssertionError(f"no frame {wanted}; there were {self.frames}") from None
        except ConnectionClosed as closed:
            raise AssertionError(f"closed with {closed.rcvd and closed.rcvd.code} before {wanted}") from None

    def closes(self, within: float = PATIENCE_SECONDS) -> int:
        """Return the code with which the server closes."""
        limit = time.monotonic() + within
        try:
            while True:
                self.frames.append(json.loads(self.socket.recv(timeout=max(0.01, limit - time.monotonic()))))
        except ConnectionClosed as closed:
            return closed.rcvd.code

    def lines(self, head: int, within: float = PATIENCE_SECONDS) -> list[tuple[int, str]]:
        """Return (seq, text) of all lines that came, in order, once the one numbered `head` is there."""
        if not any(frame["type"] == "line" and frame["seq"] >= head for frame in self.everything):
            self.wait("line", within=within, seq=head)
        return [(frame["seq"], frame["text"]) for frame in self.everything if frame["type"] == "line"]

    @property
    def everything(self) -> list[dict]:
        return sorted(self.passed + self.frames, key=lambda frame: frame.get("seq") or 0)


@contextmanager
def tab(service, who, session, *, hello: bool = True, **options):
    """An open tab of somebody in the room of a session."""
    with service.socket(f"/ws/sessions/{session.ref}/", who, **options) as socket:
        opened = Tab(socket)
        if hello:
            opened.hello()
        yield opened
