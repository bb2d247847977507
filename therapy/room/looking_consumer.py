"""The socket of a supervisor who looks in: lines out, nothing in (ROOM-1, ROOM-4)."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, ClassVar

from django.utils import timezone

from accounts.access import Declaration
from live.consumers import CLOSED, NOT_A_PARTICIPANT, NOT_FOUND, Closing, Consumer, run_db
from therapy.room import actions, looking, store
from therapy.room.frames import iso, number
from therapy.room.models import Session


class LookInConsumer(Consumer):
    """client -> `hello {after}`, `ping`; server -> `welcome {head}`, `line`, `pong {head}`, `bye {code}`."""

    access = Declaration("requires", "look_in", "watch")
    session: Session | None = None
    welcomed = False
    delivered = 0
    # How many tabs each supervisor has open on a session in this process: closing one of two is not leaving.
    tabs: ClassVar[Counter] = Counter()

    async def opened(self) -> None:
        """Only where both have agreed, and only while the room is open."""
        found = await run_db(looking.watched)(self.user, self.kwargs["session"])
        if found is None:
            raise Closing(NOT_FOUND)
        self.session = found
        self.tabs[found.ref, self.user.pk] += 1
        await self.join(actions.group_of(found.ref))
        await self.join(looking.group_of(found.ref))
        client = self.scope.get("client")
        await run_db(looking.come_in)(found, self.user, address=client[0] if client else None)

    async def on_hello(self, frame: dict[str, Any]) -> None:
        """Welcome, then everything after the last line that the page has."""
        self.delivered = number(frame.get("after"))
        self.welcomed = True
        head = await self._check()
        await self.frame("welcome", head=head, you="supervisor", now=iso(timezone.now()))
        await self._deliver()

    async def on_ping(self, frame: dict[str, Any]) -> None:
        """The heartbeat, which also notices that a word was taken back."""
        await self.frame("pong", head=await self._check(), now=iso(timezone.now()))
        await self._deliver()

    async def rung(self, group: str, payload: dict[str, Any]) -> None:
        """Something may have been written: read it from Postgres. Without Redis nobody tells of a word taken back."""
        if not self.welcomed or "typing" in payload:
            return
        if not payload:
            await self._check()
        await self._deliver()

    async def left(self) -> None:
        if self.session is None:
            return
        seat = self.session.ref, self.user.pk
        self.tabs[seat] -= 1
        if not self.tabs[seat]:
            del self.tabs[seat]
            await run_db(looking.go)(self.session, self.user)

    async def _check(self) -> int:
        state = await run_db(looking.beat)(self.session, self.user, timezone.now())
        if not state.allowed:
            raise Closing(NOT_A_PARTICIPANT)
        return state.head

    async def _deliver(self) -> None:
        """Send the lines after the last one sent, in order; the end of the session is the end of this."""
        if self.session is None:
            return
        while lines := await store.lines(self.session.ref, self.delivered, self.user.pk):
            for line in lines:
                await self.base_send({"type": "websocket.send", "text": json.dumps(line)})
                self.delivered = line["seq"]
                if line["kind"] == "event" and line["text"] == "ended":
                    raise Closing(CLOSED)
