"""A client that reads nothing, or sends what no client should, is its own trouble and nobody else's."""

import json
import statistics
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed

from bench.timing import memory_kb
from ieso.web import MOST_UNREAD_BYTES
from tests.therapy.sockets import tab
from therapy.room import actions as room
from therapy.room.models import Line

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 20
# A busy machine answers late by itself; what is looked for here are seconds.
PATIENCE_SECONDS = 0.5


@pytest.fixture
def other(world, open_room):
    """Bob's room with Piet."""
    return open_room(case=world.bob_case, minutes=60)


def talk(service, world, other, name: str) -> list[float]:
    """Bob and Piet have a conversation; how long each line took to the other, in seconds."""
    took = []
    with tab(service, world.bob, other) as bob, tab(service, world.piet, other) as piet:
        for number in range(LINES):
            began = time.monotonic()
            seq = bob.say(f"{name}-{number}", f"{name} {number}").wait("ack")["seq"]
            assert piet.wait("line", seq=seq)["text"] == f"{name} {number}"
            took.append(time.monotonic() - began)
            time.sleep(0.1)
    return took


def hostile_frames(session, other, world):
    """For ever: malformed, unknown, binary, deep, for another session, in another's name, too large."""
    while True:
        yield "{"
        yield '{"type": "shout"}'
        yield b"\x00\xff" * 2000
        yield "[" * 60000
        yield json.dumps({"type": "send", "cid": "w", "text": "Elsewhere", "session": str(other.ref)})
        yield json.dumps({"type": "send", "cid": "f", "text": "Forged", "from": "clinician", "sender": world.amara.pk})
        yield '{"type": "hello", "after": -1}'
        yield "x" * 70000


@pytest.mark.rule("ROOM-5c")
@pytest.mark.rule("ROOM-4d")
def test_fifty_hostile_frames_a_second_change_nothing_for_others(live_service, world, session, other):
    stop, sent = threading.Event(), [0]

    def attack() -> None:
        frames = hostile_frames(session, other, world)
        while not stop.is_set():
            try:
                with tab(live_service, world.alice, session, hello=False, max_size=None) as alice:
                    while not stop.is_set():
                        alice.socket.send(next(frames))
                        sent[0] += 1
                        time.sleep(0.02)
            except (ConnectionClosed, OSError):
                continue  # shown out: the next one comes in

    calm = talk(live_service, world, other, "calm")
    attacker = threading.Thread(target=attack)
    attacker.start()
    try:
        stormy = talk(live_service, world, other, "stormy")
    finally:
        stop.set()
        attacker.join(10)
    assert sent[0] >= 40
    assert statistics.median(stormy) < 4 * statistics.median(calm) + PATIENCE_SECONDS
    rows = Line.objects.filter(session=other, kind="line").order_by("seq").values_list("text", flat=True)
    assert list(rows) == [f"{name} {number}" for name in ("calm", "stormy") for number in range(LINES)]
    assert set(session.lines.filter(kind="line").values_list("sender", flat=True)) <= {world.alice.user.pk}


@pytest.mark.rule("ROOM-5c")
def test_a_reader_that_reads_nothing_costs_a_bounded_buffer_and_disturbs_nobody(live_service, world, session, other):
    for number in range(150):
        room.write(session.ref, world.amara.user, f"long-{number}", "é" * 4000)
    calm = talk(live_service, world, other, "calm")
    before = memory_kb(live_service.process.pid)
    # The library stops reading when its queue is full; then the operating system's buffers fill, then the server's.
    with tab(live_service, world.alice, session, hello=False, max_queue=1, close_timeout=0.1) as alice:
        for _ in range(30):  # each asks for the whole history again, 3.6 MB of it
            alice.send("hello", after=0)
        stormy = talk(live_service, world, other, "stormy")
        grown = memory_kb(live_service.process.pid) - before
        assert grown < 20 * MOST_UNREAD_BYTES / 1024, f"grown by {grown} KB"
        with pytest.raises(ConnectionClosed):
            for _ in range(10_000):
                alice.socket.recv(timeout=5)
    assert statistics.median(stormy) < 4 * statistics.median(calm) + PATIENCE_SECONDS


@pytest.mark.rule("ROOM-5c")
def test_lines_wait_for_a_reader_that_does_not_say_it_read_them(live_service, world, session):
    """The window of lines that a client has not said it read: beyond it the server waits for its word."""
    with tab(live_service, world.alice, session) as alice:
        head = session.head
        for number in range(450):
            room.write(session.ref, world.amara.user, f"line-{number}", str(number))
        alice.wait("line", seq=head + 390, within=20)
        with pytest.raises(AssertionError, match="no frame"):
            alice.wait("line", seq=head + 450, within=1.5)
        alice.send("ping", after=head + 390)
        assert alice.wait("line", seq=head + 450, within=20)
