"""The other half of the drill, in a process of its own: the cutting proxy and everybody's tabs.

python -m bench.drill.load PLAN RESULT     two JSON files
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from bench.drill.cutter import Cutter
from bench.drill.seat import Seat

SETTLE_SECONDS = 90.0
COME_IN_SECONDS = 15.0
# After everything is acknowledged, what was committed at the very end still travels to the other side.
LAST_LINES_SECONDS = 3.0


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Let everybody write for `seconds` through the proxy, then wait until all is settled; return what they saw."""
    cutter = Cutter(plan["backends"], plan["cut_every"])
    await cutter.serve(plan["port"])
    base = f"http://127.0.0.1:{plan['port']}"
    seats = [
        Seat(base, room["session"], side, room[side], resume=plan["resume"])
        for room in plan["rooms"]
        for side in ("patient", "clinician")
    ]
    staying: list[asyncio.Future[Any]] = [asyncio.create_task(seat.stay()) for seat in seats]
    await until(lambda: all(seat.protocol.open for seat in seats), COME_IN_SECONDS)
    print("writing", flush=True)
    end = time.monotonic() + plan["seconds"]
    writing = asyncio.gather(*(seat.write(plan["rate"] / 2, end) for seat in seats))
    efforts: set[asyncio.Future[Any]] = {writing, *staying}
    done, _ = await asyncio.wait(efforts, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    cutter.cutting = False
    print("settling", flush=True)
    began = time.monotonic()
    await until(lambda: all(seat.is_settled for seat in seats), SETTLE_SECONDS)
    settled = time.monotonic() - began
    await asyncio.sleep(LAST_LINES_SECONDS)
    for task in staying:
        task.cancel()
    return {"cuts": cutter.cuts, "settle_seconds": settled, "seats": [told(seat) for seat in seats]}


async def until(condition, seconds: float) -> None:
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        await asyncio.sleep(0.05)


def told(seat: Seat) -> dict[str, Any]:
    """What one tab has to say, as JSON."""
    one = seat.transcript()
    return {
        "session": seat.session,
        "side": seat.side,
        "written": one.written,
        "acks": one.acks,
        "twins": one.twins,
        "shown": one.shown,
        "waiting": len(seat.protocol.outbox),
        "refused": seat.protocol.refused,
        "sockets": seat.sockets,
        "posts": seat.posts,
        "closes": seat.closes,
        "ack_seconds": seat.protocol.ack_seconds,
        "back_seconds": seat.back_seconds,
    }


if __name__ == "__main__":
    given, wanted = Path(sys.argv[1]), Path(sys.argv[2])
    wanted.write_text(json.dumps(asyncio.run(run(json.loads(given.read_text())))))
