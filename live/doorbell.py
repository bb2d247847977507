"""The doorbell: says that something may have changed and carries nothing that matters.

It may lose, repeat or reorder; whoever hears it reads from Postgres. So a failure is counted and swallowed.
"""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

PATIENCE_SECONDS = 1.0
# How the group of a person is called: every socket hears the one of its own.
PERSON = "user."

log = structlog.get_logger(__name__)


class Counter:
    """How often the doorbell could not be rung in this process."""

    failures = 0


def ring(group: str, payload: dict[str, Any] | None = None) -> None:
    """Ring after the commit, or at once outside a transaction. For code that is not async; never raises."""

    transaction.on_commit(lambda: _ring_now(group, payload), robust=True)


def _ring_now(group: str, payload: dict[str, Any] | None) -> None:
    """Where this thread runs an event loop, nothing in it can wait for a coroutine: another thread does."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        async_to_sync(publish)(group, payload)
        return
    ringer = Thread(target=async_to_sync(publish), args=(group, payload))
    ringer.start()
    ringer.join()


def _failed(group: str, error: Exception) -> None:
    Counter.failures += 1
    log.warning("doorbell_failed", kind=group.partition(".")[0], error=type(error).__name__)


async def publish(group: str, payload: dict[str, Any] | None = None) -> bool:
    """Ring at once: for consumers, after their write has committed. False when it could not be rung; never raises."""
    event = {"type": "doorbell", "group": group, "payload": payload or {}}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await get_channel_layer().group_send(group, event)
    except Exception as error:
        _failed(group, error)
        return False
    return True


def user_group(user_id: int) -> str:
    """The group that reaches every socket of a user."""
    return f"{PERSON}{user_id}"
