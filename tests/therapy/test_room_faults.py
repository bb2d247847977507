"""The room when something is gone: Redis stopped, the web server killed between commit and acknowledgement."""

import signal
import threading
import time

import pytest

from tests import cast
from tests.harness import environment
from tests.therapy.sockets import tab
from therapy.room.models import Line

pytestmark = pytest.mark.django_db(transaction=True)


def texts(session) -> list[str]:
    return list(Line.objects.filter(session=session, kind="line").order_by("seq").values_list("text", flat=True))


@pytest.fixture
def redis_stopped(request):
    """Redis as it is when its machine hangs: it holds its sockets and answers nothing."""
    server = request.config.stash[environment.REDIS]
    server.send_signal(signal.SIGSTOP)
    yield
    server.send_signal(signal.SIGCONT)


@pytest.mark.rule("ROOM-2f")
def test_lines_arrive_without_redis(live_service, world, session, request):
    server = request.config.stash[environment.REDIS]
    with tab(live_service, world.alice, session) as alice, tab(live_service, world.amara, session) as amara:
        server.send_signal(signal.SIGSTOP)
        try:
            seq = alice.say("one", "Without Redis").wait("ack", within=3)["seq"]
            assert amara.wait("line", seq=seq, within=6)["text"] == "Without Redis"
            client = cast.signed_in(world.alice)
            posted = client.post(
                f"/sessions/{session.ref}/lines/", {"cid": "two", "text": "By hand"}, "application/json"
            )
            assert amara.wait("line", seq=posted.json()["seq"], within=8)["text"] == "By hand"
        finally:
            server.send_signal(signal.SIGCONT)


@pytest.mark.rule("ROOM-2f")
def test_a_room_can_be_entered_without_redis(live_service, redis_stopped, world, session):
    with tab(live_service, world.alice, session) as alice:
        assert alice.say("one", "Hello").wait("ack")["seq"] == 3


@pytest.mark.rule("ROOM-2c")
@pytest.mark.rule("ROOM-2d")
def test_a_server_killed_under_load_loses_and_doubles_nothing(live_service, world, session):
    """A client that resends what was not acknowledged, in order, while the server dies again and again."""
    live_service.may_fail = True
    wanted, acknowledged = [f"line-{number}" for number in range(120)], []

    def write() -> None:
        while len(acknowledged) < len(wanted):
            try:
                with tab(live_service, world.alice, session) as alice:
                    while len(acknowledged) < len(wanted):
                        cid = wanted[len(acknowledged)]
                        alice.say(cid, cid).wait("ack", cid=cid, within=3)
                        acknowledged.append(cid)
            except Exception:  # whatever the death of a server looks like from outside
                time.sleep(0.1)

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(3):
        reached = len(acknowledged)
        while len(acknowledged) < min(reached + 15, len(wanted)):
            time.sleep(0.02)
        live_service.kill()
        live_service.start()
    writer.join(60)
    assert texts(session) == wanted
    assert list(session.lines.values_list("seq", flat=True)) == list(range(1, len(wanted) + 3))
