"""Consumers in this process, without a server: for what depends on the consumer alone."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest
from django.db import connection

from live import consumers
from live.handshake import Caller


def elsewhere(function, *arguments) -> None:
    """Call in a thread of its own: the browser tests keep an event loop running on the main one."""

    def call() -> None:
        try:
            function(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(call).result()


def run(coroutine) -> None:
    elsewhere(asyncio.run, coroutine)


class Wire:
    """The client's end of a consumer: frames in, frames out."""

    def __init__(self, consumer: type[consumers.Consumer], scope: dict) -> None:
        self.to_server: asyncio.Queue = asyncio.Queue()
        self.from_server: asyncio.Queue = asyncio.Queue()
        self.task = asyncio.create_task(consumer.as_asgi()(scope, self.to_server.get, self.from_server.put))

    async def say(self, frame: dict | str) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self.to_server.put({"type": "websocket.receive", "text": text})

    async def hear(self, seconds: float = 20.0) -> dict:
        """The next frame as a dict, or {"closed": code}."""
        event = await asyncio.wait_for(self.from_server.get(), seconds)
        if event["type"] == "websocket.close":
            return {"closed": event["code"]}
        return json.loads(event["text"]) if event["type"] == "websocket.send" else await self.hear(seconds)

    async def silent(self, seconds: float = 0.2) -> bool:
        await asyncio.sleep(seconds)
        return self.from_server.empty()

    async def hang_up(self) -> None:
        await self.to_server.put({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(self.task, 20)


@pytest.fixture
def wire(monkeypatch):
    """An async context manager: `async with wire(SomeConsumer) as end:`, as somebody signed in with the id 7."""

    class Somebody:
        pk = 7

    monkeypatch.setattr(consumers, "who_is", lambda scope: Caller(Somebody(), login="login.test"))

    @asynccontextmanager
    async def connect(consumer: type[consumers.Consumer], **scope):
        end = Wire(consumer, {"type": "websocket", "headers": [], **scope})
        await end.to_server.put({"type": "websocket.connect"})
        try:
            yield end
        finally:
            if not end.task.done():
                await end.hang_up()

    return connect
