"""The room's hot path for sockets: the same statements as the pages', natively asynchronous on a pool of their own.

Every statement may be repeated: a write is known by its id, the rest only sets what is so. So a connection that died
(a restart of Postgres) costs one more try and nothing else.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from live.silence import AsyncConnection
from therapy.room import statements
from therapy.room.frames import Ack, Nack, State, line_frame, state_of, verdict
from therapy.room.writer import Writer

POOL_MIN, POOL_MAX = 4, 8
PATIENCE_SECONDS = 5.0
TRIES = 3
LINES_A_READ = 200
# Django's names of what libpq calls otherwise; what else libpq needs stands in OPTIONS.
NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
NOT_LIBPQ = {"pool", "server_side_binding", "isolation_level", "assume_role", "context"}

_writers: WeakKeyDictionary[asyncio.AbstractEventLoop, Writer] = WeakKeyDictionary()
_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncConnectionPool] = WeakKeyDictionary()


def conninfo() -> str:
    """Return how libpq reaches the database that Django uses."""
    database = settings.DATABASES["default"]
    named = {libpq: database[name] for name, libpq in NAMES.items() if database.get(name)}
    options = {key: value for key, value in database["OPTIONS"].items() if key not in NOT_LIBPQ}
    return make_conninfo("", **(named | options))


async def _plan_once(connection: psycopg.AsyncConnection) -> None:
    """A statement of ours is planned once a connection: planned anew each time, planning is half of what it costs."""
    await connection.execute("SET plan_cache_mode = force_generic_plan")


async def pool() -> AsyncConnectionPool:
    """Return the pool of the running event loop, opened at its first use."""
    loop = asyncio.get_running_loop()
    if loop not in _pools:
        _pools[loop] = AsyncConnectionPool(
            conninfo(),
            connection_class=AsyncConnection,
            min_size=POOL_MIN,
            max_size=POOL_MAX,
            timeout=PATIENCE_SECONDS,
            reconnect_timeout=settings.POOL_RECONNECT_SECONDS,
            kwargs={"autocommit": True, "prepare_threshold": 0},
            configure=_plan_once,
            open=False,
        )
        await _pools[loop].open()
    return _pools[loop]


class Lent:
    """Connections lent by the pool for good, the one used last first: it is warm, and the pool would take turns."""

    def __init__(self) -> None:
        self.idle: list[psycopg.AsyncConnection] = []
        self.turns = asyncio.Semaphore(POOL_MAX)

    async def rows(self, statement: str, values: dict[str, Any]) -> list[tuple]:
        """Run one statement in its own transaction; a connection that died takes the idle ones with it."""
        async with self.turns:
            lender = await pool()
            connection = self.idle.pop() if self.idle else await lender.getconn()
            try:
                cursor = await connection.execute(statement, values)
                rows = await cursor.fetchall() if cursor.description else []
            except BaseException as error:
                await lender.putconn(connection)
                if isinstance(error, psycopg.OperationalError):
                    await self.give_back(close=True)
                raise
            self.idle.append(connection)
            return rows

    async def give_back(self, *, close: bool = False) -> None:
        """Return what is idle; the pool makes new ones for those that are closed."""
        idle, self.idle = self.idle, []
        for connection in idle:
            if close:
                await connection.close()
            await (await pool()).putconn(connection)

    async def close(self) -> None:
        await self.give_back()
        await (await pool()).close()


_lent: WeakKeyDictionary[asyncio.AbstractEventLoop, Lent] = WeakKeyDictionary()


def lent() -> Lent:
    """Return the connections of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _lent:
        _lent[loop] = Lent()
    return _lent[loop]


async def _rows(statement: str, values: dict[str, Any]) -> list[tuple]:
    """Run one statement in its own transaction and return its rows; a dead connection is replaced and tried again."""
    for tries in range(TRIES):
        try:
            return await lent().rows(statement, values)
        except psycopg.OperationalError:
            if tries == TRIES - 1:
                raise
    return []


async def write(values: dict[str, Any]) -> Ack:
    """Write one line and return its acknowledgement, after the commit (ROOM-2).

    `values`: session, user, login, cid, text, at. Raises Nack where the line is not taken. Idempotent by `cid`.
    """
    loop = asyncio.get_running_loop()
    if loop not in _writers:
        _writers[loop] = Writer(_rows, write_alone)
    return await _writers[loop].write(values)


async def write_alone(values: dict[str, Any]) -> Ack:
    """The same in a statement and a commit of its own."""
    try:
        written = await _rows(statements.WRITE, values)
    except psycopg.errors.UniqueViolation:
        written = []
    if written:
        return Ack(values["cid"], *written[0])
    found = await _rows(statements.LOOK_UP, values)
    return verdict(values["cid"], found[0] if found else None)


async def lines(session: Any, after: int, reader: int) -> list[dict[str, Any]]:
    """Return frames of the next lines after a number as this user reads them, in order, at most LINES_A_READ."""
    values = {"session": session, "after": after, "reader": reader, "most": LINES_A_READ}
    return [line_frame(row) for row in await _rows(statements.LINES, values)]


async def beat(values: dict[str, Any]) -> State:
    """Note that a person was heard of, and return where the session stands. `values`: session, user, login, at."""
    found = await _rows(statements.BEAT, values)
    return state_of(found[0]) if found else State(0, True, False, None, 0)


async def seen(session: Any, user: int, seq: int) -> int:
    """Keep the newest line a person has seen; returns it where it is news, else 0."""
    found = await _rows(statements.SEEN, {"session": session, "user": user, "seq": seq})
    return found[0][0] if found else 0


async def draft(values: dict[str, Any]) -> int:
    """Keep what a person is typing; return its version, 0 where it was not taken.

    `values`: session, user, login, text, version, page, at.
    """
    rows = await _rows(statements.DRAFT, values)
    return rows[0][0] if rows else 0


async def gone(session: Any, user: int, at: dt.datetime, *, left: bool = False) -> None:
    """Note that a person is gone, so that nobody waits for the heartbeat to expire; `left`: by their own word."""
    await _rows(statements.GONE, {"session": session, "user": user, "at": at, "left": left})


__all__ = ["Ack", "Nack", "State", "beat", "draft", "gone", "lines", "seen", "write"]
