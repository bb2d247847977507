"""The base of every websocket consumer of the platform.

    class RoomConsumer(Consumer):
        async def opened(self):                  # self.user is signed in; authorise, then join
            self.session = await run_db(find)(self.user, self.kwargs["session"])
            if self.session is None:
                raise Closing(4404)
            await self.join(f"session.{self.session.ref.hex}")

        async def on_send(self, frame): ...      # a frame {"type": "send", ...} of the client
        async def rung(self, group, payload): ... # something may have changed: read it from Postgres
        async def left(self): ...                # clean-up, always called once

Frames are JSON objects with a "type". Queries go through `run_db`, never through Channels' one shared thread.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar

import structlog
from autobahn.exception import Disconnected
from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer

from accounts.access import Declaration
from live.codes import CLOSED, LEFT, NOT_A_PARTICIPANT, NOT_FOUND, RESTART, SIGNED_OUT, SLOW_DOWN, TOO_LARGE, UNREAD
from live.handshake import Caller, who_is
from live.hub import hub
from live.limits import ASK_AGAIN_SECONDS, MAX_FRAME_BYTES, QUIET_SECONDS, Bucket
from ui.errors import Refused

__all__ = [
    "CLOSED",
    "LEFT",
    "NOT_A_PARTICIPANT",
    "NOT_FOUND",
    "RESTART",
    "SIGNED_OUT",
    "SLOW_DOWN",
    "TOO_LARGE",
    "UNREAD",
    "Closing",
    "Consumer",
    "run_db",
]

run_db = partial(database_sync_to_async, thread_sensitive=False)

WAITING_RINGS = 100

log = structlog.get_logger(__name__)


class Closing(Exception):
    """Raised by a handler to close the socket with a code, after a `bye` frame."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Consumer(AsyncConsumer):
    """A signed-in person's socket. One event at a time; an exception in a handler never kills the socket."""

    user: Any
    kwargs: dict[str, Any]
    closing: bool
    closed_with: int
    # The code with which the client closed; 1006 where it went without a word.
    client_code: int
    # Whom the socket is for (ACC-4); the matrix of all doors fails for a consumer that does not say.
    access: ClassVar[Declaration | None] = None

    # --- to be overridden -----------------------------------------------------------------------

    async def opened(self) -> None:
        """The socket is accepted and the person is known: authorise and join groups. May raise Closing."""

    async def rung(self, group: str, payload: dict[str, Any]) -> None:
        """A group rang, or rang perhaps (an empty payload): read from Postgres what lies after what was sent."""

    async def left(self) -> None:
        """The socket is gone, however it went. Called once."""

    # --- for handlers -----------------------------------------------------------------------------

    async def frame(self, kind: str, **values: Any) -> None:
        """Send one frame to the client."""
        await self.base_send({"type": "websocket.send", "text": json.dumps({"type": kind, **values})})

    async def join(self, group: str) -> None:
        """Hear a group from now on. Join first, then read: what rings in between is heard."""
        self.joined.add(group)
        await hub().join(group, self._ring)

    async def leave(self, group: str) -> None:
        self.joined.discard(group)
        await hub().leave(group, self._ring)

    async def close(self, code: int) -> None:
        """Say `bye` and close; does nothing the second time."""
        if not self.closing:
            self.closing, self.closed_with = True, code
            await self.frame("bye", code=code)
            await self.base_send({"type": "websocket.close", "code": code})

    # --- machinery ----------------------------------------------------------------------------------

    async def __call__(self, scope, receive, send) -> None:
        """Serves one socket; unlike Channels' own it needs no channel layer and makes no task for each event."""
        self.scope, self.base_send = scope, send
        self.kwargs = scope.get("url_route", {}).get("kwargs", {})
        self.rings: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.overheard = False
        self.turn = asyncio.Lock()
        self.joined: set[str] = set()
        self.closing, self.accepted, self.closed_with, self.client_code = False, False, 0, 0
        self.bucket, self.heard_at = Bucket(), time.monotonic()
        self.asked_at, self.locks_at = self.heard_at, math.inf
        self._watch()
        ears = asyncio.create_task(self._listen())
        try:
            while True:
                await self._in_turn(await receive())
        except StopConsumer:
            pass
        finally:
            ears.cancel()
            self.watch.cancel()
            await self._clean_up()

    async def _in_turn(self, message: dict[str, Any]) -> None:
        """One event at a time, whether it comes from the client or from the doorbell."""
        async with self.turn:
            await self.dispatch(message)

    async def _listen(self) -> None:
        """Takes the rings. Where there were too many, it rings once more for those that were dropped."""
        while True:
            message = await self.rings.get()
            try:
                await self._in_turn(message)
                if self.overheard and self.rings.empty():
                    self.overheard = False
                    await self._in_turn({"type": "rung", "group": message.get("group", ""), "payload": {}})
            except Exception as error:  # the client is gone: its own loop hears of it
                self._report("rung", error)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """One event. Channels' own would first pass through the one thread that all sockets share."""
        kind = message["type"]
        if kind == "websocket.disconnect":
            self.client_code = message.get("code") or 0
            raise StopConsumer
        if self.closing:
            return
        with suppress(Disconnected):  # the client is gone, and how it went is the next event
            try:
                await self._handle(kind, message)
            except Closing as closing:
                await self.close(closing.code)

    async def _handle(self, kind: str, message: dict[str, Any]) -> None:
        if kind == "websocket.connect":
            await self._connect()
        elif kind == "websocket.receive":
            await self._stay_unlocked()
            await self._receive(message)
        elif kind == "rung":
            if "close" not in message["payload"]:
                await self._stay_unlocked()
            await self._guarded(self._rung(message["group"], message["payload"]))
        elif kind == "watch":
            await self._stay_unlocked()
        elif kind == "quiet":
            raise Closing(UNREAD)

    async def _connect(self) -> None:
        """Accepts before it refuses: a browser sees a close code only on a socket that was open."""
        await self.base_send({"type": "websocket.accept"})
        self.accepted = True
        try:
            caller = await self._who()
            self.user = caller.user
            await self.join(f"user.{self.user.pk}")
            await self.join(caller.login)
            await self.opened()
        except Closing:
            raise
        except Exception as error:
            self._report("opened", error)
            raise Closing(RESTART) from error

    async def _receive(self, message: dict[str, Any]) -> None:
        text = message.get("text") or ""
        self.heard_at = time.monotonic()
        if len(text) > MAX_FRAME_BYTES or (not text.isascii() and len(text.encode()) > MAX_FRAME_BYTES):
            raise Closing(TOO_LARGE)
        if not self.bucket.take():
            raise Closing(SLOW_DOWN)
        frame = _parsed(text)
        handler = getattr(self, f"on_{frame['type']}", None) if frame else None
        if frame is None or handler is None:
            await self.frame("error", code="malformed" if frame is None else "unknown")
            return
        await self._guarded(handler(frame), frame)

    async def _guarded(self, effort, frame: dict[str, Any] | None = None) -> None:
        """Runs a handler; what goes wrong becomes a frame that carries back the client's `cid`."""
        cid = {"cid": frame["cid"]} if frame and isinstance(frame.get("cid"), str) else {}
        try:
            await effort
        except (Closing, Disconnected):
            raise
        except Refused as refused:
            await self.frame("error", code="refused", message=str(refused), **cid)
        except Exception as error:
            self._report(frame["type"] if frame else "rung", error)
            await self.frame("error", code="failed", **cid)

    async def _rung(self, group: str, payload: dict[str, Any]) -> None:
        code = payload.get("close")
        if code:
            raise Closing(int(code))
        if not payload:
            await self._ask_again()
        if group in self.joined:
            await self.rung(group, payload)

    async def _ask_again(self) -> None:
        """Something may have been missed, perhaps that this person signed out: close with 4401 where it was so."""
        if time.monotonic() - self.asked_at > ASK_AGAIN_SECONDS:
            self.asked_at = time.monotonic()
            await self._who()

    async def _who(self) -> Caller:
        """Return who is behind the socket; closes it where nobody may be any more, and notes until when this holds."""
        caller = await run_db(who_is)(self.scope)
        if caller.user is None:
            raise Closing(caller.code)
        self.locks_at = caller.locks_at
        return caller

    async def _stay_unlocked(self) -> None:
        """Nothing goes in or out once the sign-in is locked; somebody may have touched the page meanwhile (ACC-3)."""
        if time.time() < self.locks_at:
            return
        try:
            await self._who()
        except Closing:
            raise
        except Exception as error:  # who cannot be asked about is let in by nobody
            self._report("lock", error)
            raise Closing(RESTART) from error

    def _ring(self, group: str, payload: dict[str, Any]) -> None:
        """Called by the hub. Of too many rings all but a closing are dropped, and made good for by one that says so."""
        if self.rings.qsize() < WAITING_RINGS or "close" in payload:
            self.rings.put_nowait({"type": "rung", "group": group, "payload": payload})
        else:
            self.overheard = True

    def _watch(self) -> None:
        """A client pings; one that has been silent for long is gone, or reads nothing."""
        if time.monotonic() - self.heard_at > QUIET_SECONDS:
            self.rings.put_nowait({"type": "quiet"})
        elif time.time() >= self.locks_at:
            self.rings.put_nowait({"type": "watch"})
        self.watch = asyncio.get_running_loop().call_later(QUIET_SECONDS / 3, self._watch)

    async def _clean_up(self) -> None:
        for group in list(self.joined):
            await self.leave(group)
        if self.accepted:
            try:
                await self.left()
            except Exception as error:
                self._report("left", error)

    def _report(self, kind: str, error: Exception) -> None:
        log.error("socket_handler_failed", kind=kind, error=type(error).__name__, exc_info=error)


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = isinstance(frame, dict) and isinstance(frame.get("type"), str) and frame["type"].isidentifier()
    return frame if known else None
