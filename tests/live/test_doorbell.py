"""The doorbell over Redis: after the commit, never an error, and by the clock while Redis is gone."""

import asyncio
import time

import pytest
from django.db import transaction
from django.test import override_settings

from ieso import embedded, processes
from live import doorbell
from live.hub import hub
from tests.harness import environment
from tests.live.conftest import elsewhere, run

PATIENCE_SECONDS = 20


@pytest.fixture
def own_redis():
    """A Redis server that this test may kill: a function that starts it, and one that ends it."""
    home = environment.folder() / "doorbell"
    home.mkdir(exist_ok=True)
    socket = home / "redis.sock"
    servers = []

    def start() -> None:
        socket.unlink(missing_ok=True)
        command = [embedded.redis_binary(), "--port", "0", "--unixsocket", socket, "--save", "", "--dir", home]
        servers.append(processes.spawn(command, log=(home / "log").open("w")))
        limit = time.monotonic() + PATIENCE_SECONDS
        while not socket.exists() and time.monotonic() < limit:
            time.sleep(0.02)

    def stop() -> None:
        processes.stop(servers.pop())

    layer = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": f"unix://{socket}", "socket_timeout": None}]},
    }
    with override_settings(CHANNEL_LAYERS={"default": layer}):
        yield start, stop
    for server in servers:
        processes.stop(server)


async def heard(condition, seconds: float = PATIENCE_SECONDS) -> bool:
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        await asyncio.sleep(0.02)
    return condition()


def test_a_ring_is_heard_by_the_group_and_by_nobody_else(own_redis):
    own_redis[0]()

    async def play():
        mine, others = [], []
        listen_mine, listen_others = (lambda g, p: mine.append(p)), (lambda g, p: others.append(p))
        await hub().join("user.1", listen_mine)
        await hub().join("user.2", listen_others)
        assert await heard(lambda: not hub().deaf and len(hub().subscribed) == 2)
        assert await doorbell.publish("user.1", {"changed": "messages"})
        assert await heard(lambda: {"changed": "messages"} in mine)
        assert {"changed": "messages"} not in others
        await hub().leave("user.1", listen_mine)
        await hub().leave("user.2", listen_others)

    run(play())


def test_idle_for_twelve_seconds_then_heard(own_redis):
    """redis-py closes idle sockets after five seconds unless told otherwise."""
    own_redis[0]()

    async def play():
        rings = []
        listen = lambda g, p: rings.append(p)  # noqa: E731
        await hub().join("user.1", listen)
        assert await heard(lambda: "user.1" in hub().subscribed)
        await asyncio.sleep(12)
        rings.clear()
        await doorbell.publish("user.1", {"n": 1})
        assert await heard(lambda: rings == [{"n": 1}])
        await hub().leave("user.1", listen)

    run(play())


def test_without_redis_it_rings_by_the_clock_and_afterwards_hears_again(own_redis):
    start, stop = own_redis
    start()

    async def play():
        rings = []
        listen = lambda g, p: rings.append(p)  # noqa: E731
        await hub().join("user.1", listen)
        assert await heard(lambda: not hub().deaf)
        stop()
        rings.clear()
        assert not await doorbell.publish("user.1", {"n": 1})
        assert await heard(lambda: rings.count({}) >= 2), "rung by the clock"
        start()
        assert await heard(lambda: not hub().deaf)

        async def hears() -> bool:
            await doorbell.publish("user.1", {"n": 2})
            return await heard(lambda: {"n": 2} in rings, 1)

        assert any([await hears() for _ in range(5)])
        await hub().leave("user.1", listen)

    run(play())


@pytest.mark.django_db(transaction=True)
def test_a_ring_that_fails_is_counted_and_raises_nothing(own_redis):
    before = doorbell.Counter.failures
    began = time.monotonic()
    elsewhere(doorbell.ring, "user.1", {"changed": "messages"})
    assert doorbell.Counter.failures == before + 1
    assert time.monotonic() - began < 2


@pytest.mark.django_db(transaction=True)
def test_it_rings_after_the_commit_and_not_after_a_rollback(monkeypatch):
    rung = []

    async def heard_by_nobody(group, payload):
        rung.append(group)

    monkeypatch.setattr(doorbell, "publish", heard_by_nobody)

    def commit_and_roll_back() -> None:
        with transaction.atomic():
            doorbell.ring("user.1")
            assert rung == []
        assert rung == ["user.1"]
        with pytest.raises(RuntimeError), transaction.atomic():
            doorbell.ring("user.2")
            raise RuntimeError

    elsewhere(commit_and_roll_back)
    assert rung == ["user.1"]


@pytest.mark.django_db(transaction=True)
def test_it_rings_in_a_thread_whose_event_loop_runs(monkeypatch):
    rung = []

    async def heard_by_nobody(group, payload):
        rung.append(group)

    monkeypatch.setattr(doorbell, "publish", heard_by_nobody)

    async def verb():
        doorbell._ring_now("user.1", {})

    run(verb())
    assert rung == ["user.1"]
