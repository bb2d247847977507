"""What this process tells the others over Redis: the newest of each kind, and at once only where somebody listens.

Once a second Redis is asked which groups only this process hears; a ring of such a group is kept back and leaves with
the next tick. So whatever the answer was worth (a process that joined meanwhile, a Redis that restarted), every ring
leaves within a second; and whoever joins another process's group is noticed by what it rings there.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from contextlib import suppress
from typing import Any

import redis.asyncio as redis
from channels.layers import get_channel_layer
from django.conf import settings

from live import doorbell

# Groups that were rung within this time are asked about.
ACTIVE_SECONDS = 60.0
PATIENCE_SECONDS = 1.0

Payload = dict[str, Any]


class Outward:
    """The rings of one hub on their way out; `sender` marks them, so that the hub knows its own."""

    def __init__(self) -> None:
        self.waiting: dict[str, dict[tuple, Payload]] = {}
        self.rung_at: dict[str, float] = {}
        self.alone: set[str] = set()
        self.sender = uuid.uuid4().hex
        self.task: asyncio.Task | None = None
        self.client: redis.Redis | None = None

    def say(self, group: str, payload: Payload, *, lasting: bool = True) -> None:
        """Ring the group in other processes; of rings that differ by their numbers alone the newest stands for all."""
        self.rung_at[group] = time.monotonic()
        if lasting or group not in self.alone:
            self.waiting.setdefault(group, {})[_kind(payload)] = payload
        if group not in self.alone:
            self._go()

    def heard(self, group: str) -> None:
        """Somebody else rang there: so perhaps they hear it as well."""
        if group in self.alone:
            self.alone.discard(group)
            self._go()

    async def look_around(self, *, deaf: bool) -> None:
        """Once a second: send what was kept back, and find out which groups nobody else hears."""
        recent = time.monotonic() - ACTIVE_SECONDS
        self.rung_at = {group: at for group, at in self.rung_at.items() if at > recent}
        self.alone = set()
        self._go()
        if not deaf and self.rung_at:
            with suppress(Exception):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    self.alone = await self._only_here(list(self.rung_at))

    async def close(self) -> None:
        """Nobody is here any more: send what was kept back, and end."""
        self.alone, self.rung_at = set(), {}
        self._go()
        if self.task:
            await asyncio.wait({self.task}, timeout=PATIENCE_SECONDS)
            self.task.cancel()
        client, self.client = self.client, None
        if client:
            with suppress(Exception):
                await client.aclose()

    def _go(self) -> None:
        if self.waiting and (self.task is None or self.task.done()):
            self.task = asyncio.create_task(self._send())

    async def _send(self) -> None:
        """One after the other; what is said meanwhile replaces what still waits."""
        while group := next((group for group in self.waiting if group not in self.alone), None):
            for payload in self.waiting.pop(group).values():
                await doorbell.publish(group, payload | {"sender": self.sender})

    async def _only_here(self, groups: list[str]) -> set[str]:
        """Of these groups those with one subscription, ours; a group with none at all is one we do not understand."""
        if self.client is None:
            layer: Any = settings.CHANNEL_LAYERS["default"]
            self.client = redis.from_url(layer["CONFIG"]["hosts"][0]["address"])
        prefix = f"{get_channel_layer().prefix}__group__"
        counts: Any = await self.client.pubsub_numsub(*(prefix + group for group in groups))
        return {channel.decode().removeprefix(prefix) for channel, count in counts if count == 1}


def _kind(payload: Payload) -> tuple:
    """What of a ring must not be coalesced: everything but its numbers, which only grow."""
    return tuple(key if isinstance(value, int) else (key, value) for key, value in payload.items())
