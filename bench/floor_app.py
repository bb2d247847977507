"""The floor: the least that a committed line over a websocket can cost on this server, with nothing of ours in it.

A text frame comes in, one row is inserted and committed, one message is published through Redis, then the frame goes
to the other socket of the pair and an acknowledgement to its sender. No session, no rights, no numbers, no JSON.
Commit and publish are on the way of each line, one after the other, as in any room that may run in two processes.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import Any

import psycopg
import redis.asyncio as redis
from psycopg_pool import AsyncConnectionPool

INSERT = "INSERT INTO bench_floor (room, cid, text) VALUES (%s, %s, %s)"
TABLE = "CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, room text, cid text, text text)"
POOL = 8


class Floor:
    """The pairs of sockets, the pool of connections and the one to Redis."""

    def __init__(self) -> None:
        self.pairs: defaultdict[str, list[Any]] = defaultdict(list)
        self.pool: AsyncConnectionPool | None = None

    async def open(self) -> None:
        if self.pool is None:
            self.pool = AsyncConnectionPool(
                os.environ["BENCH_DATABASE"], min_size=POOL, max_size=POOL, open=False, kwargs={"autocommit": True}
            )
            self.redis = redis.from_url(os.environ["BENCH_REDIS"])
            await self.pool.open()

    async def line(self, path: str, text: str, send: Any) -> None:
        cid = text.partition(" ")[0]
        assert self.pool is not None
        async with self.pool.connection() as connection:
            await connection.execute(INSERT, (path, cid, text))
        await self.redis.publish(path, cid)
        for other in self.pairs[path]:
            if other is not send:
                await other({"type": "websocket.send", "text": f"line {text}"})
        await send({"type": "websocket.send", "text": f"ack {cid}"})


floor = Floor()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve one websocket; two with the same path are a pair."""
    if scope["type"] != "websocket":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    await floor.open()
    path = scope["path"]
    while (event := await receive())["type"] != "websocket.disconnect":
        if event["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
            floor.pairs[path].append(send)
        else:
            await floor.line(path, event["text"], send)
    floor.pairs[path].remove(send)


def make_table(url: str) -> None:
    """Make the floor's one table, as a superuser who lets everybody write."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLE)
        connection.execute("GRANT ALL ON bench_floor, bench_floor_id_seq TO PUBLIC")
