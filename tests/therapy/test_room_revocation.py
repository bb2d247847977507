"""Who may not stay is shown out within a second, without Redis within thirty, and writes nothing meanwhile (ROOM-4)."""

import signal
import time
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from live import doorbell
from patients.cases import actions as patients
from tests import cast
from tests.harness import environment
from tests.therapy.sockets import Tab, tab
from therapy.room import actions as room
from therapy.room.frames import Nack
from therapy.room.models import Line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
AT_ONCE_SECONDS, WITHOUT_REDIS_SECONDS = 1.0, 30.0


def sign_out(world, session, client) -> None:
    client.post("/accounts/logout/")


def suspend(world, session, client) -> None:
    user = world.amara.user
    user.is_active = False
    user.save(update_fields=["is_active"])


def reallocate(world, session, client) -> None:
    patients.assign(world.alice_case, world.piet, by=world.olu)


def end(world, session, client) -> None:
    by = world.amara.user
    room.end_session(session, "aborted", by=by, reason="Power cut", at=session.appointment.ends_at)


WAYS = [
    (sign_out, 4401, "forbidden"),
    (suspend, 4401, "forbidden"),
    (reallocate, 4403, "forbidden"),
    (end, 4410, "closed"),
]
each_way = pytest.mark.parametrize(("way", "code", "refusal"), WAYS, ids=[way.__name__ for way, *_ in WAYS])


@pytest.fixture
def amara(live_service, world, session):
    """Amara's tab in the room, and the client of the same browser session."""
    client = cast.signed_in(world.amara)
    live_service.cookies = lambda who: {"session": client.cookies["session"].value}
    try:
        with tab(live_service, world.amara, session) as opened:
            yield opened, client
    finally:
        del live_service.cookies


def late_write_is_refused(session, who, client, refusal: str) -> None:
    with pytest.raises(Nack, match=refusal):
        room.write(session.ref, who.user, "late", "Too late", login=client.cookies["session"].value)
    assert not Line.objects.filter(session=session, cid="late").exists()


@pytest.mark.rule("ROOM-4c")
@pytest.mark.rule("ROOM-4d")
@each_way
def test_it_is_closed_within_a_second_and_nothing_more_is_written(amara, world, session, way, code, refusal):
    opened, client = amara
    opened.say("early", "In time").wait("ack")
    login = client.cookies["session"].value
    way(world, session, client)
    began = time.monotonic()
    assert opened.closes() == code
    assert time.monotonic() - began < AT_ONCE_SECONDS
    client.cookies["session"] = login
    late_write_is_refused(session, world.amara, client, refusal)


@pytest.mark.rule("ROOM-4c")
@pytest.mark.rule("ROOM-4d")
@each_way
def test_without_redis_it_is_closed_within_thirty(amara, world, session, request, way, code, refusal):
    opened, client = amara
    login = client.cookies["session"].value
    redis = request.config.stash[environment.REDIS]
    redis.send_signal(signal.SIGSTOP)
    try:
        way(world, session, client)
        began = time.monotonic()
        assert opened.closes(within=WITHOUT_REDIS_SECONDS) == code
        assert time.monotonic() - began < WITHOUT_REDIS_SECONDS
    finally:
        redis.send_signal(signal.SIGCONT)
    client.cookies["session"] = login
    late_write_is_refused(session, world.amara, client, refusal)


@pytest.mark.rule("ROOM-4c")
def test_the_personal_socket_of_somebody_signed_out_is_closed_without_redis_too(live_service, world, request):
    redis = request.config.stash[environment.REDIS]
    with live_service.socket("/ws/me/", world.alice) as socket:
        opened = Tab(socket)
        opened.wait("welcome")
        redis.send_signal(signal.SIGSTOP)
        try:
            world.alice.user.is_active = False
            world.alice.user.save()
            assert opened.closes(within=WITHOUT_REDIS_SECONDS) == 4401
        finally:
            redis.send_signal(signal.SIGCONT)


@pytest.fixture
def doorbell_is_lost(monkeypatch):
    """Nobody hears what this process rings, as on a bad day of Redis."""
    monkeypatch.setattr(doorbell, "_ring_now", lambda group, payload: None)


@pytest.mark.rule("ROOM-4d")
def test_a_late_frame_on_a_socket_not_yet_closed_is_refused_and_given_back(
    doorbell_is_lost, live_service, world, session
):
    # A tab that has not said hello is shown out by the doorbell alone, never by the clock: it stays open as long as
    # nothing rings, however busy the machine is.
    with tab(live_service, world.amara, session, hello=False) as opened:
        opened.say("kept", "In time").wait("ack")
        reallocate(world, session, None)
        opened.say("late", "Too late")
        assert opened.wait("nack", cid="late")["retry"] is None
        assert opened.closes() == 4403
    assert not Line.objects.filter(session=session, cid="late").exists()


@pytest.mark.rule("ROOM-2c")
def test_a_line_that_is_kept_is_acknowledged_also_to_whoever_may_write_no_more(world, session):
    first = room.write(session.ref, world.amara.user, "kept", "In time")
    reallocate(world, session, None)
    assert room.write(session.ref, world.amara.user, "kept", "In time").seq == first.seq


@pytest.mark.rule("ROOM-4a")
def test_in_the_session_of_somebody_else_nothing_is_read_and_nothing_written(live_service, world, session, open_room):
    other = open_room(case=world.bob_case, minutes=60)
    for who in (world.alice, world.amara, world.sunniva, world.olu):
        with tab(live_service, who, other, hello=False) as stranger:
            # The server may have closed before the second is on its way: then it is as good as refused.
            with suppress(ConnectionClosed):
                stranger.send("hello", after=0).say("forced", "Into another room")
            assert stranger.closes() == 4404
            assert [frame["type"] for frame in stranger.frames] == ["bye"]
    assert not other.lines.exists()
