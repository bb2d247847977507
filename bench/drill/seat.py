"""One person's tab in the drill: writes lines at a steady rate, whatever becomes of the network."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import Iterable
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from bench.drill.protocol import Dropped, Frame, Protocol
from bench.drill.verdict import Row, Transcript

TICK_SECONDS = 0.1
POLL_SECONDS = 2.0
HTTP_PATIENCE_SECONDS = 8.0
# Every so many lines one goes over the socket and is posted as well: the same id by both roads is one line.
TWIN_EVERY = 50
TEXT = "{side} {number}: I think it is a little better than it was a week ago, all in all."


class Seat:
    """`base` is where the service seems to be (the proxy), `cookie` the browser session of the person."""

    def __init__(self, base: str, session: str, side: str, cookie: str, *, resume: bool) -> None:
        self.base, self.session, self.side = base, session, side
        token = secrets.token_hex(16)
        self.headers = {"Cookie": f"session={cookie}; csrf={token}", "X-CSRFToken": token, "Origin": base}
        self.protocol = Protocol(side, resume=resume)
        self.socket: ClientConnection | None = None
        self.written: list[str] = []
        self.sockets = self.posts = 0
        self.twins: dict[str, int] = {}
        self.away_since: float | None = None
        self.back_seconds: list[float] = []
        self.closes: dict[int, int] = {}
        self.tasks: set[asyncio.Task] = set()

    async def write(self, lines_a_second: float, until: float) -> None:
        """Write one line after the other, open loop: what cannot be sent waits in the outbox."""
        due = time.monotonic() + (secrets.randbelow(1000) / 1000) / lines_a_second
        while due < until:
            await asyncio.sleep(max(0, due - time.monotonic()))
            number = len(self.written) + 1
            cid = f"{self.side[0]}-{number}"
            self.written.append(cid)
            text = TEXT.format(side=self.side, number=number)
            await self._send(self.protocol.compose(cid, text, time.monotonic()))
            if number % TWIN_EVERY == 0 and self.protocol.resume:
                self._later(self._post_twin(cid, text))
            due += 1 / lines_a_second

    async def stay(self) -> None:
        """Keep a socket open for ever, coming back as the browser's client does."""
        async with httpx.AsyncClient(base_url=self.base, headers=self.headers, timeout=HTTP_PATIENCE_SECONDS) as http:
            self.http = http
            polling = asyncio.create_task(self._poll())
            try:
                while True:
                    code = await self._one_socket()
                    self.closes[code] = self.closes.get(code, 0) + 1
                    self.away_since = self.away_since or time.monotonic()
                    await asyncio.sleep(self.protocol.lost(code, time.monotonic()))
            finally:
                polling.cancel()

    def transcript(self) -> Transcript:
        """Return what this side wrote and saw."""
        shown = [Row(line["seq"], line["cid"], line["from"], line["text"]) for line in self.protocol.shown]
        return Transcript(self.side, self.written, self.protocol.acks, self.twins, shown)

    @property
    def is_settled(self) -> bool:
        return not self.protocol.outbox and self.protocol.open

    # --- the socket -------------------------------------------------------------------------------------

    async def _one_socket(self) -> int:
        """Serve one socket until it is gone and return its code."""
        address = f"{self.base.replace('http', 'ws', 1)}/ws/sessions/{self.session}/"
        headers = {"Cookie": self.headers["Cookie"]}
        ticking: asyncio.Task | None = None
        try:
            async with connect(
                address, origin=Origin(self.base), additional_headers=headers, compression=None, proxy=None,
                ping_interval=None, open_timeout=10, close_timeout=1,
            ) as self.socket:  # fmt: skip
                self.sockets += 1
                await self._send(self.protocol.opened(time.monotonic()))
                ticking = asyncio.create_task(self._tick(self.socket))
                async for raw in self.socket:
                    await self._hear(json.loads(raw))
                return self.socket.close_code or 1006
        except WebSocketException:
            return (self.socket and self.socket.close_code) or 1006
        except (OSError, TimeoutError):
            return 1006
        finally:
            self.socket = None
            if ticking:
                ticking.cancel()

    async def _hear(self, frame: Frame) -> None:
        if frame["type"] == "welcome" and self.away_since is not None:
            self.back_seconds.append(time.monotonic() - self.away_since)
            self.away_since = None
        await self._send(self.protocol.received(frame, time.monotonic()))

    async def _send(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            if self.socket is not None:
                with contextlib.suppress(WebSocketException, OSError):
                    await self.socket.send(json.dumps(frame))

    async def _tick(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self._send(self.protocol.tick(time.monotonic()))
            except Dropped:
                socket.transport.abort()
                return

    # --- the road without a socket ----------------------------------------------------------------------

    async def _poll(self) -> None:
        """While sockets fail: one line posted at a time, and every two seconds what is new."""
        asked = 0.0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if not self.protocol.http:
                continue
            if (entry := self.protocol.next_entry(time.monotonic())) is not None:
                answer = await self._post(entry.cid, entry.text)
                if answer is None:
                    entry.sent_at, entry.retry_at = None, time.monotonic() + POLL_SECONDS
                else:
                    await self._hear(answer)
            elif time.monotonic() - asked > POLL_SECONDS:
                asked = time.monotonic()
                await self._fetch()

    async def _post(self, cid: str, text: str) -> Frame | None:
        self.posts += 1
        answer = await self._ask("POST", {"cid": cid, "text": text})
        return answer if answer and "type" in answer else None

    async def _fetch(self) -> None:
        answer = await self._ask("GET")
        for line in (answer or {}).get("lines", []):
            await self._send(self.protocol.received(line, time.monotonic()))

    async def _post_twin(self, cid: str, text: str) -> None:
        """Post what the socket sends as well, once it is this line's turn: earlier would overtake others."""
        while self.protocol.outbox and self.protocol.outbox[0].cid != cid and cid not in self.protocol.acks:
            await asyncio.sleep(0.01)
        answer = await self._post(cid, text)
        if answer and answer["type"] == "ack":
            self.twins[cid] = answer["seq"]

    async def _ask(self, method: str, body: Any = None) -> Any:
        """Return the answer's JSON, or None where none came; a page of an outage is no answer."""
        url = f"/sessions/{self.session}/lines/"
        try:
            answer = await self.http.request(method, url, json=body, params={"after": self.protocol.head})
            return answer.json()
        except (httpx.HTTPError, ValueError):
            return None

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
