"""One ear a process for all its sockets: knows who wants to hear which group, and notices when it is deaf.

The Redis layer resubscribes after a restart without a word of what was missed, and it raises while Redis is gone.
So the hub sends itself a canary every second; while none comes back it rings every group once a second, which makes
the consumers read from Postgres: slower, never wrong.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from channels.layers import get_channel_layer

from live.doorbell import PERSON
from live.outward import Outward

CANARY_EVERY_SECONDS = 1.0
DEAF_AFTER_SECONDS = 3.0
PATIENCE_SECONDS = 1.0

Listener = Callable[[str, dict[str, Any]], None]

log = structlog.get_logger(__name__)


class Hub:
    """The subscriptions of one event loop. `join` never fails: without Redis the listeners are rung by the clock."""

    def __init__(self) -> None:
        self.listeners: dict[str, set[Listener]] = defaultdict(set)
        self.subscribed: set[str] = set()
        self.channel = ""
        self.heard_at = 0.0
        self.tasks: list[asyncio.Task] = []
        self.outward = Outward()

    @property
    def deaf(self) -> bool:
        return time.monotonic() - self.heard_at > DEAF_AFTER_SECONDS

    async def join(self, group: str, listener: Listener) -> None:
        """Call `listener(group, payload)` for every ring of the group from now on; it must not block."""
        self.listeners[group].add(listener)
        self._start()
        if self.channel and not await self._try(self._subscribe(group)):
            self.heard_at = 0.0

    async def leave(self, group: str, listener: Listener) -> None:
        """Stop calling the listener for the group."""
        self.listeners[group].discard(listener)
        if self.listeners[group]:
            return
        del self.listeners[group]
        if group in self.subscribed:
            self.subscribed.discard(group)
            await self._try(get_channel_layer().group_discard(group, self.channel))
        if not self.listeners:
            await self._stop()

    def ring(self, group: str, payload: dict[str, Any], but: Listener | None = None) -> None:
        """Call every listener of the group in this process, except one."""
        for listener in list(self.listeners.get(group, ())):
            if listener != but:
                listener(group, payload)

    def tell(self, group: str, payload: dict[str, Any], *, but: Listener, lasting: bool = True, **here: Any) -> None:
        """Ring after a commit: in this process at once, with what only it can be handed, elsewhere through Redis.

        `lasting` is False for what is worth nothing a second later.
        """
        self.ring(group, payload | here, but)
        self.outward.say(group, payload, lasting=lasting)

    def ring_all(self) -> None:
        """Ring every listener, once, however many groups it hears: each of them reads from Postgres."""
        heard = {listener: group for group, listeners in self.listeners.items() for listener in listeners}
        for listener, group in heard.items():
            listener(group, {})

    def close_all(self, code: int) -> None:
        """Close every socket of this process; each of them hears its person's group."""
        for group in list(self.listeners):
            if group.startswith(PERSON):
                self.ring(group, {"close": code})

    def _start(self) -> None:
        if not self.tasks:
            self.tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._watch())]

    async def _stop(self) -> None:
        tasks, self.tasks = self.tasks, []
        self.channel, self.heard_at = "", 0.0
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.outward.close()

    async def _listen(self) -> None:
        """Takes what arrives; on any failure begins again with a new channel."""
        while True:
            try:
                await self._open()
                while True:
                    self._heard(await get_channel_layer().receive(self.channel))
            except Exception as error:
                log.warning("doorbell_deaf", error=type(error).__name__)
                await asyncio.sleep(CANARY_EVERY_SECONDS)

    async def _open(self) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            self.channel = await get_channel_layer().new_channel()
        self.subscribed = set()
        for group in list(self.listeners):
            await self._subscribe(group)
        # What rang before the subscription stood was not heard.
        self.heard_at = time.monotonic()
        self.ring_all()

    async def _subscribe(self, group: str) -> None:
        if group not in self.subscribed:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await get_channel_layer().group_add(group, self.channel)
            self.subscribed.add(group)

    def _heard(self, event: dict[str, Any]) -> None:
        was_deaf, self.heard_at = self.deaf, time.monotonic()
        if was_deaf:
            self.ring_all()
        if event["type"] == "doorbell":
            self._rang(event["group"], event["payload"])

    def _rang(self, group: str, payload: dict[str, Any]) -> None:
        """A ring came through Redis; this process's own were heard here before they left."""
        if payload.get("sender") != self.outward.sender:
            self.outward.heard(group)
            self.ring(group, payload)

    async def _watch(self) -> None:
        """The canary; while it does not come back, rings every group once a second. Rings kept back leave."""
        while True:
            await asyncio.sleep(CANARY_EVERY_SECONDS)
            if self.channel:
                await self._try(get_channel_layer().send(self.channel, {"type": "canary"}))
            await self.outward.look_around(deaf=self.deaf)
            if self.deaf:
                self.ring_all()

    async def _try(self, effort) -> bool:
        with suppress(Exception):
            await asyncio.wait_for(effort, PATIENCE_SECONDS)
            return True
        return False


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """Return the hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
