"""The load client, a process of its own: `python -m bench.load SPEC.json` plays a scenario and prints one JSON object.

Open loop (pair, pairs): every time of sending is drawn before the start, nothing waits for an answer, and a latency
counts from the intended time. Closed loop (flat): each room sends its next line, from the other side, when the last was
delivered and acknowledged. `hold` opens sockets and keeps them until its standard input closes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import resource
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.dialects import DIALECTS
from bench.timing import Ticker, now, summary
from bench.wire import Socket

OPENED_AT_ONCE = 20
REPORT_EVERY = 150
GRACE_SECONDS = 15.0
LOST_AFTER_SECONDS = 20.0
PING_SECONDS = 15.0
Side = tuple[int, int]


class Load:
    """All sockets of one scenario, and what became of each line."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec, self.tag = spec, spec["tag"]
        self.dialect = DIALECTS[spec["dialect"]]()
        self.accounts: dict[Side, dict[str, Any]] = {(one["pair"], one["side"]): one for one in spec["accounts"]}
        self.sockets: dict[Side, Socket] = {}
        self.due: dict[str, float] = {}
        self.sent: dict[str, float] = {}
        self.owner: dict[str, Side] = {}
        self.acked: dict[str, float] = {}
        self.delivered: dict[str, float] = {}
        self.again = self.strays = 0
        self.transcripts: defaultdict[Side, list[tuple[str, str, int]]] = defaultdict(list)
        self.watching: Callable[[str], None] | None = None
        self.ticker = Ticker(asyncio.get_running_loop())

    async def open(self) -> None:
        """Open every socket, a few at a time, and say hello."""
        gate = asyncio.Semaphore(OPENED_AT_ONCE)

        async def one(where: Side) -> None:
            async with gate:
                account = self.accounts[where]
                heard = partial(self.heard, where)
                self.sockets[where] = await Socket.open(account["url"], account["headers"], heard)
                if hello := self.dialect.hello(0):
                    self.sockets[where].send(hello)

        await asyncio.gather(*(one(where) for where in self.accounts))
        self.pinging = asyncio.create_task(self._ping())
        await asyncio.sleep(1.0)

    async def close(self) -> None:
        self.pinging.cancel()
        for socket in self.sockets.values():
            socket.close()
        await asyncio.sleep(0.3)
        self.ticker.close()

    async def _ping(self) -> None:
        """The heartbeat of each client, spread over its period."""
        while True:
            for where in list(self.sockets):
                await asyncio.sleep(PING_SECONDS / len(self.sockets))
                self._report(where)

    def _report(self, where: Side) -> None:
        shown = max((seq for _, _, seq in self.transcripts[where][-REPORT_EVERY:]), default=0)
        if report := self.dialect.report(shown):
            self.sockets[where].send(report)

    def heard(self, where: Side, raw: bytes) -> None:
        """A frame came: note when, for whom, and in which order."""
        at = now()
        what, cid, seq = self.dialect.read(raw)
        if not what:
            return
        if self.dialect.numbered:
            transcript = self.transcripts[where]
            transcript.append((what, cid, seq))
            if len(transcript) % REPORT_EVERY == 0:
                self._report(where)
        owner = self.owner.get(cid)
        if owner is None:
            return
        if owner == where:
            self.acked.setdefault(cid, at)
        elif owner[0] != where[0]:
            self.strays += 1
        elif cid in self.delivered:
            self.again += 1
        else:
            self.delivered[cid] = at
        if self.watching:
            self.watching(cid)

    def send(self, where: Side, due: float | None = None) -> str:
        cid = f"{self.tag}.{len(self.due)}"
        at = now()
        self.owner[cid], self.due[cid], self.sent[cid] = where, due or at, at
        self.sockets[where].send(self.dialect.send(cid))
        return cid

    def is_through(self, cid: str) -> bool:
        return cid in self.delivered and cid in self.acked

    async def open_loop(self, schedule: list[tuple[float, Side]]) -> dict[str, float]:
        """Send each at its time (seconds from the start)."""
        start = now() + 0.2
        for offset, where in schedule:
            self.ticker.at(start + offset, self.send, where, start + offset)
        await asyncio.sleep(0.2 + max(offset for offset, _ in schedule))
        limit = now() + GRACE_SECONDS
        while now() < limit and not all(self.is_through(cid) for cid in self.due):
            await asyncio.sleep(0.1)
        return {}

    async def closed_loop(self, pairs: int, count: int, seconds: float) -> dict[str, float]:
        """Keep one line in flight in each room until `count` are through or the time is up; lines a second."""
        through, flying = 0, dict[str, Side]()
        done = asyncio.get_running_loop().create_future()
        started = last = now()

        def go(pair: int, side: int) -> None:
            if through + len(flying) < count and now() - started < seconds:
                cid = self.send((pair, side))
                flying[cid] = (pair, 1 - side)
            elif not flying and not done.done():
                done.set_result(None)

        def watch(cid: str) -> None:
            nonlocal through, last
            if cid in flying and self.is_through(cid):
                through, last = through + 1, now()
                go(*flying.pop(cid))

        self.watching = watch
        for pair in range(pairs):
            go(pair, 0)
        await asyncio.wait([done], timeout=seconds + LOST_AFTER_SECONDS)
        self.watching = None
        return {"rate": round(through / (last - started), 1)}


def schedule_of(spec: dict[str, Any], pairs: int) -> list[tuple[float, Side]]:
    """The times of sending: one direction at a rate, or each side of each pair once a period from a drawn moment on."""
    if spec["scenario"] == "pair":
        return [(number / spec["rate"], (0, 0)) for number in range(int(spec["seconds"] * spec["rate"]))]
    drawn = random.Random(spec["seed"])
    times = []
    for where in [(pair, side) for pair in range(pairs) for side in (0, 1)]:
        at = drawn.random() * spec["period"]
        while at < spec["seconds"]:
            times.append((at, where))
            at += spec["period"]
    return sorted(times)


async def measured(load: Load, spec: dict[str, Any]) -> dict[str, Any]:
    """Warm up, forget that, then play the scenario; what counts are only the lines of the second part."""
    pairs = len(spec["accounts"]) // 2
    await load.closed_loop(pairs, max(spec["warm"], 2 * pairs), 30)
    before = len(load.due)
    await asyncio.sleep(0.5)
    gc.collect()
    gc.freeze()
    gc.disable()
    print(json.dumps({"measuring": True}), flush=True)
    if spec["scenario"] == "flat":
        more = await load.closed_loop(pairs, spec["count"], spec["seconds"])
    else:
        more = await load.open_loop(schedule_of(spec, pairs))
    gc.enable()
    counted = list(load.due)[before:]
    through = [cid for cid in counted if load.is_through(cid)]
    return more | {
        "sent": len(counted),
        "unanswered": len(counted) - len(through),
        "delivery": summary([load.delivered[cid] - load.due[cid] for cid in through]),
        "ack": summary([load.acked[cid] - load.due[cid] for cid in through]),
        "late": summary([load.sent[cid] - load.due[cid] for cid in counted]),
    }


async def play(spec: dict[str, Any]) -> None:
    load, began = Load(spec), now()
    await load.open()
    if spec["scenario"] == "hold":
        print(json.dumps({"open": len(load.sockets), "seconds": round(now() - began, 1)}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        result: dict[str, Any] = {"closed_early": sum(1 for socket in load.sockets.values() if socket.closed)}
    else:
        result = await measured(load, spec)
        await asyncio.sleep(0.5)
        # The clients' transcripts go beside the specification, to be compared with the table.
        kept = {f"{pair}.{side}": lines for (pair, side), lines in load.transcripts.items()}
        Path(spec["transcripts"]).write_text(json.dumps(kept))
    broken = [socket.closed for socket in load.sockets.values() if socket.closed]
    result |= {"again": load.again, "strays": load.strays, "broken": broken}
    await load.close()
    print(json.dumps(result), flush=True)


def main() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(play(json.loads(Path(sys.argv[1]).read_text())))


if __name__ == "__main__":
    main()
