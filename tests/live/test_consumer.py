"""The base of all sockets: errors are frames, clean-up is certain, floods and giants are shown out."""

import asyncio

import pytest
from autobahn.exception import Disconnected

from live.consumers import LEFT, SLOW_DOWN, TOO_LARGE, UNREAD, Closing, Consumer
from live.hub import hub
from live.limits import MAX_FRAME_BYTES
from tests.live.conftest import run
from ui.errors import Refused


class Echo(Consumer):
    """Answers, fails, refuses and leaves as it is told."""

    gone = went_with = 0

    async def opened(self):
        await self.join("echo")
        await self.frame("welcome")

    async def on_say(self, frame):
        await self.frame("said", words=frame["words"])

    async def on_fail(self, frame):
        raise RuntimeError("something clinical that nobody may read")

    async def on_refuse(self, frame):
        raise Refused("Not now.", remedy="Try tomorrow.")

    async def on_go(self, frame):
        raise Closing(4403)

    async def rung(self, group, payload):
        if payload:  # without one it only rang perhaps, as it does when the hub begins to listen
            await self.frame("rung", group=group, payload=payload)

    async def left(self):
        type(self).gone += 1
        type(self).went_with = self.client_code


def test_a_handler_answers(wire):
    async def play():
        async with wire(Echo) as end:
            assert (await end.hear())["type"] == "welcome"
            await end.say({"type": "say", "words": "hello"})
            assert await end.hear() == {"type": "said", "words": "hello"}

    run(play())


def test_an_exception_is_a_frame_and_the_socket_lives(wire):
    async def play():
        async with wire(Echo) as end:
            await end.hear()
            await end.say({"type": "fail", "cid": "abc"})
            assert await end.hear() == {"type": "error", "code": "failed", "cid": "abc"}
            await end.say({"type": "refuse"})
            assert await end.hear() == {"type": "error", "code": "refused", "message": "Not now. Try tomorrow."}
            await end.say({"type": "say", "words": "still here"})
            assert (await end.hear())["words"] == "still here"

    run(play())


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("not json", "malformed"),
        ("[1, 2]", "malformed"),
        ('{"words": "no type"}', "malformed"),
        ('{"type": "_receive"}', "unknown"),
        ('{"type": "a b"}', "malformed"),
        ('{"type": 7}', "malformed"),
        ('{"type": "nothing"}', "unknown"),
        ("", "malformed"),
    ],
)
def test_nonsense_is_answered(wire, sent, code):
    async def play():
        async with wire(Echo) as end:
            await end.hear()
            await end.say(sent)
            assert await end.hear() == {"type": "error", "code": code}

    run(play())


def test_a_handler_can_end_the_socket(wire):
    async def play():
        async with wire(Echo) as end:
            await end.hear()
            await end.say({"type": "go"})
            assert await end.hear() == {"type": "bye", "code": 4403}
            assert await end.hear() == {"closed": 4403}
            await end.say({"type": "say", "words": "too late"})
            assert await end.silent()

    run(play())


def test_giants_and_floods_are_shown_out(wire):
    async def play():
        async with wire(Echo) as end:
            await end.hear()
            await end.say('{"type": "say", "words": "' + "x" * MAX_FRAME_BYTES + '"}')
            assert (await end.hear())["code"] == TOO_LARGE
        async with wire(Echo) as end:
            await end.hear()
            for _ in range(400):
                await end.say({"type": "say", "words": ""})
            heard = [await end.hear() for _ in range(201)]
            while heard[-1]["type"] == "said":
                heard.append(await end.hear())
            assert heard[-1]["code"] == SLOW_DOWN

    run(play())


def test_it_cleans_up_however_it_ends(wire):
    async def play():
        Echo.gone = 0
        async with wire(Echo) as end:
            await end.hear()
            assert hub().listeners
        assert (Echo.gone, dict(hub().listeners), hub().tasks) == (1, {}, [])
        async with wire(Echo) as end:
            await end.hear()
            end.task.cancel()
            await asyncio.wait([end.task])
        assert (Echo.gone, dict(hub().listeners)) == (2, {})

    run(play())


def test_how_a_client_went_is_known_although_it_went_while_it_was_being_answered(wire):
    """Daphne refuses what is sent after the client's last word, and hands that word over only then."""

    async def play():
        events = [
            {"type": "websocket.connect"},
            {"type": "websocket.receive", "text": '{"type": "say", "words": "hello"}'},
            {"type": "websocket.disconnect", "code": LEFT},
        ]

        async def receive():
            return events.pop(0)

        refused = []

        async def send(message):
            if "said" in message.get("text", ""):
                refused.append(message)
                raise Disconnected("Attempt to send on a closed protocol")

        Echo.went_with = 0
        await Echo()({"type": "websocket"}, receive, send)
        assert (Echo.went_with, events, len(refused)) == (LEFT, [], 1)

    run(play())


def test_a_full_queue_of_rings_loses_rings_and_nothing_else(wire):
    async def play():
        async with wire(Echo) as end:
            await end.hear()
            for number in range(500):
                hub().ring("echo", {"number": number})
            await end.say({"type": "say", "words": "hello"})
            kinds = [(await end.hear())["type"] for _ in range(50)]
            assert "rung" in kinds

    run(play())


def test_a_client_that_is_silent_for_long_is_let_go(wire, monkeypatch):
    monkeypatch.setattr("live.consumers.QUIET_SECONDS", 0.3)

    async def play():
        async with wire(Echo) as end:
            assert (await end.hear())["type"] == "welcome"
            for _ in range(4):
                await asyncio.sleep(0.1)
                await end.say({"type": "say", "words": ""})
                assert (await end.hear())["type"] == "said"
            assert await end.hear() == {"type": "bye", "code": UNREAD}

    run(play())
