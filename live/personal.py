"""The socket that any page may open: says that something of its person's changed, so that the page asks what."""

from __future__ import annotations

from typing import Any

from accounts.access import Declaration
from live.consumers import Consumer


class PersonalConsumer(Consumer):
    """client -> `ping`; server -> `welcome`, `changed {changed, case}`, `pong`, `bye {code}`."""

    access = Declaration("signed_in")

    async def opened(self) -> None:
        await self.frame("welcome")

    async def on_ping(self, frame: dict[str, Any]) -> None:
        await self.frame("pong")

    async def rung(self, group: str, payload: dict[str, Any]) -> None:
        hints = {name: payload[name] for name in ("changed", "case") if name in payload}
        await self.frame("changed", **hints)
