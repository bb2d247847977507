"""A database that takes a question and never answers: whoever asked is let go again (TIME-0, ROOM-2).

Postgres ends by itself what takes longer than its role's `statement_timeout`. A server that hangs ends nothing, and the
kernel beneath it goes on answering, so no setting of TCP helps either: it is our side that stops waiting.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg

# Longer than the 30 s of the site's role: while the server still speaks, it is the one to end a statement.
SILENCE_SECONDS = 35.0
# The pool asks with an empty statement whether a connection still lives, before it hands it out.
ALIVE_SECONDS = 2.0

_patience: ContextVar[float] = ContextVar("patience", default=SILENCE_SECONDS)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Wait so long for each answer of the database within the block, and no longer."""
    before = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(before)


class Connection(psycopg.Connection[Any]):
    """A connection that gives a silent server up; it is closed then, since the answer may still come."""

    def wait(self, gen: Any, *args: Any, **how: Any) -> Any:
        how.setdefault("timeout", _patience.get())
        try:
            return super().wait(gen, *args, **how)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise

    def execute(self, query: Any, *args: Any, **how: Any) -> Any:
        if query:
            return super().execute(query, *args, **how)
        with patience(min(_patience.get(), ALIVE_SECONDS)):
            return super().execute(query, *args, **how)


class AsyncConnection(psycopg.AsyncConnection[Any]):
    """The same for the room's sockets."""

    async def wait(self, gen: Any, *args: Any, **how: Any) -> Any:
        how.setdefault("timeout", _patience.get())
        try:
            return await super().wait(gen, *args, **how)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise
