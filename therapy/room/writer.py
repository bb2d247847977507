"""Group commit: lines of several rooms that wait at the same moment go into one statement and one commit (ROOM-2).

A line that finds a free road goes at once and alone. Only when WRITERS commits are on their way does it wait for one of
them, and then with whatever else waits. What the common statement does not write (a refused line, one sent before, a
room whose row is held) is written or refused alone, so nobody's line depends on anybody else's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from therapy.room import statements
from therapy.room.frames import Ack

WRITERS = 2
LINES_A_COMMIT = 64
COLUMNS = ("session", "user", "login", "cid", "text", "at")

Values = dict[str, Any]
Query = Callable[[str, Values], Awaitable[list[tuple]]]
Waiting = tuple[Values, asyncio.Future]


class Writer:
    """The lines of one event loop. `query` runs a statement in its own transaction, `alone` writes one line."""

    def __init__(self, query: Query, alone: Callable[[Values], Awaitable[Ack]]) -> None:
        self.query, self.alone = query, alone
        self.waiting: deque[Waiting] = deque()
        self.busy = 0
        self.tasks: set[asyncio.Task] = set()

    async def write(self, values: Values) -> Ack:
        """Return the acknowledgement of a line after its commit; raises Nack where it is not taken."""
        if self.busy >= WRITERS:
            answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
            self.waiting.append((values, answer))
            return await answer
        self.busy += 1
        try:
            return await self.alone(values)
        finally:
            self._next()

    def _next(self) -> None:
        """A road is free: whoever waits takes it over."""
        if not self.waiting:
            self.busy -= 1
            return
        task = asyncio.create_task(self._together(self._take()))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _take(self) -> list[Waiting]:
        """The next lines for one commit, one of each room; a room's further lines keep their order and wait."""
        taken: dict[Any, Waiting] = {}
        left: list[Waiting] = []
        while self.waiting and len(taken) < LINES_A_COMMIT:
            one = self.waiting.popleft()
            if one[0]["session"] in taken:
                left.append(one)
            else:
                taken[one[0]["session"]] = one
        self.waiting.extendleft(reversed(left))
        return list(taken.values())

    async def _together(self, lines: list[Waiting]) -> None:
        try:
            written = await self._written(lines) if len(lines) > 1 else {}
            rest = []
            for place, (values, answer) in enumerate(lines, 1):
                if place not in written:
                    rest.append(self._answer(values, answer))
                elif not answer.done():
                    answer.set_result(Ack(values["cid"], written[place], values["at"]))
            await asyncio.gather(*rest)
        finally:
            self._next()

    async def _written(self, lines: list[Waiting]) -> dict[int, int]:
        """The numbers of the lines that were written, by their place; none where the statement failed as a whole."""
        values = {name: [one[name] for one, _ in lines] for name in COLUMNS}
        try:
            return dict(await self.query(statements.WRITE_SEVERAL, values))
        except Exception:  # whatever it was, each line finds out alone
            return {}

    async def _answer(self, values: Values, answer: asyncio.Future) -> None:
        try:
            ack = await self.alone(values)
        except Exception as error:
            if not answer.done():
                answer.set_exception(error)
        else:
            if not answer.done():
                answer.set_result(ack)
