"""How long after the network's return a client is back and has everything: `python -m bench.cut SPEC.json`.

One side of each room loses the network for two seconds, without a word to it or from it, while the other side goes on
writing. It comes back as static/js/room/protocol.js does: after 0 to 300 ms, doubling, at random; and, where the
browser says `online`, at once. Back means: the lines up to the head that its welcome names are there.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path
from typing import Any

from bench.dialects import Room
from bench.timing import now, summary
from bench.wire import Socket

OUTAGE_SECONDS = 2.0
WRITE_EVERY_SECONDS = 0.5
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.3, 30.0
PATIENCE_SECONDS = 40.0


class Client:
    """A client that knows up to where it has everything."""

    def __init__(self, account: dict[str, Any]) -> None:
        self.account, self.shown, self.head = account, 0, -1
        self.there = asyncio.Event()

    async def connect(self) -> None:
        self.there.clear()
        self.head = -1
        self.socket = await Socket.open(self.account["url"], self.account["headers"], self.heard)
        self.socket.send(Room().hello(self.shown) or b"")

    def heard(self, raw: bytes) -> None:
        frame = json.loads(raw)
        if frame["type"] == "welcome":
            self.head = frame["head"]
        elif frame["type"] in ("line", "ack"):
            assert frame["seq"] <= self.shown + 1, "a gap"
            self.shown = max(self.shown, frame["seq"])
        if 0 <= self.head <= self.shown:
            self.there.set()

    async def come_back(self, returns_at: float, *, online: bool) -> float:
        """Try again and again until the network is there and everything has come; the seconds since its return."""
        attempt = 0
        while True:
            wait = random.random() * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt)
            attempt += 1
            if online and now() + wait > returns_at:
                wait = max(0.0, returns_at - now())
            await asyncio.sleep(wait)
            if now() >= returns_at:
                break
        await self.connect()
        await asyncio.wait_for(self.there.wait(), PATIENCE_SECONDS)
        return now() - returns_at


async def write_on(clients: list[Client], tag: str) -> None:
    """The other sides go on writing."""
    number = 0
    while True:
        for client in clients:
            client.socket.send(Room().send(f"{tag}.{number}"))
        number += 1
        await asyncio.sleep(WRITE_EVERY_SECONDS)


async def cuts(away: list[Client], count: int, *, online: bool) -> list[float]:
    found: list[float] = []
    for _ in range(count):
        await asyncio.sleep(1.0)
        for client in away:
            client.socket.cut()
        returns_at = now() + OUTAGE_SECONDS
        found += await asyncio.gather(*(client.come_back(returns_at, online=online) for client in away))
    return found


async def play(spec: dict[str, Any]) -> None:
    clients = [Client(account) for account in spec["accounts"]]
    for client in clients:
        await client.connect()
    away = [client for client in clients if client.account["side"] == 1]
    writing = asyncio.create_task(write_on([c for c in clients if c not in away], spec["tag"]))
    online = await cuts(away, spec["cuts"], online=True)
    alone = await cuts(away, spec["cuts"], online=False)
    writing.cancel()
    print(json.dumps({"online": summary(online), "alone": summary(alone)}), flush=True)


if __name__ == "__main__":
    asyncio.run(play(json.loads(Path(sys.argv[1]).read_text())))
