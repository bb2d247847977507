"""What a process tells the others: at once where they listen, within a second in any case, the newest only."""

import asyncio
import time

import msgpack
import redis.asyncio as redis
from django.conf import settings

from live.hub import hub
from live.outward import Outward
from tests.live.conftest import run
from tests.live.test_doorbell import heard, own_redis  # noqa: F401 - the fixture

GROUP = "session.one"


class Neighbour:
    """Another process's ear: what it heard of GROUP, as payloads."""

    def __init__(self) -> None:
        self.client = redis.from_url(settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["address"])
        self.ear = self.client.pubsub(ignore_subscribe_messages=True)
        self.rings: list[dict] = []

    async def listen(self) -> None:
        await self.ear.subscribe(f"asgi__group__{GROUP}")
        self.task = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        async for message in self.ear.listen():
            payload = msgpack.unpackb(message["data"])["payload"]
            payload.pop("sender")
            self.rings.append(payload)

    async def leave(self) -> None:
        self.task.cancel()
        await self.ear.unsubscribe()
        await self.client.aclose()


async def joined(listen) -> None:
    await hub().join(GROUP, listen)
    assert await heard(lambda: not hub().deaf and GROUP in hub().subscribed)


def test_at_once_where_somebody_listens_and_not_back_to_oneself(own_redis):  # noqa: F811
    own_redis[0]()

    async def play():
        own, neighbour = [], Neighbour()
        listen = lambda group, payload: own.append(payload)  # noqa: E731
        await joined(listen)
        await neighbour.listen()
        await asyncio.sleep(1.2)
        own.clear()
        hub().tell(GROUP, {"seq": 7}, but=None, line="handed")
        assert own == [{"seq": 7, "line": "handed"}]
        assert await heard(lambda: neighbour.rings == [{"seq": 7}], 0.5), "nothing of the line itself leaves"
        await asyncio.sleep(0.3)
        assert len([payload for payload in own if payload]) == 1
        await neighbour.leave()
        await hub().leave(GROUP, listen)

    run(play())


def test_alone_the_newest_leaves_within_a_second(own_redis):  # noqa: F811
    own_redis[0]()

    async def play():
        neighbour = Neighbour()
        listen = lambda group, payload: None  # noqa: E731
        await joined(listen)
        hub().tell(GROUP, {"seq": 1}, but=listen)
        assert await heard(lambda: GROUP in hub().outward.alone)
        await neighbour.listen()
        began = time.monotonic()
        for number in range(2, 50):
            hub().tell(GROUP, {"seq": number}, but=listen)
        hub().tell(GROUP, {"typing": "patient"}, but=listen, lasting=False)
        assert await heard(lambda: {"seq": 49} in neighbour.rings)
        assert time.monotonic() - began < 1.5
        assert len(neighbour.rings) <= 2
        await neighbour.leave()
        await hub().leave(GROUP, listen)

    run(play())


def test_a_newcomer_that_rings_is_told_at_once_what_was_kept_back(own_redis):  # noqa: F811
    own_redis[0]()

    async def play():
        neighbour = Neighbour()
        listen = lambda group, payload: None  # noqa: E731
        await joined(listen)
        hub().outward.alone = {GROUP}
        hub().tell(GROUP, {"seq": 3}, but=listen)
        await neighbour.listen()
        hub()._rang(GROUP, {"presence": "patient"})
        assert await heard(lambda: neighbour.rings == [{"seq": 3}], 0.5)
        await neighbour.leave()
        await hub().leave(GROUP, listen)

    run(play())


def test_the_last_to_leave_sends_what_was_kept_back(own_redis):  # noqa: F811
    own_redis[0]()

    async def play():
        neighbour = Neighbour()
        listen = lambda group, payload: None  # noqa: E731
        await joined(listen)
        hub().outward.alone = {GROUP}
        hub().tell(GROUP, {"seq": 3}, but=listen)
        await neighbour.listen()
        await hub().leave(GROUP, listen)
        assert await heard(lambda: neighbour.rings == [{"seq": 3}], 0.5)
        await neighbour.leave()

    run(play())


def test_what_waits_is_bounded_by_the_groups(monkeypatch):
    async def play():
        outward = Outward()
        monkeypatch.setattr(outward, "_go", lambda: None)
        for number in range(1000):
            outward.say(GROUP, {"seq": number})
            outward.say(GROUP, {"seen": number, "from": "patient"})
        assert list(outward.waiting[GROUP].values()) == [{"seq": 999}, {"seen": 999, "from": "patient"}]

    run(play())
