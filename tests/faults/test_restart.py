"""A deploy in mid-session: the server ends in order, everybody is sent to its successor, nothing is lost (ROOM-10)."""

import re
import signal
import time

import pytest

from tests.therapy.sockets import Tab, tab
from therapy.room.models import Line, Presence

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
RESTART = 1012


def texts(session) -> list[str]:
    return list(Line.objects.filter(session=session, kind="line").order_by("seq").values_list("text", flat=True))


@pytest.fixture
def ending(live_service):
    """A function that asks the server to end, as a deploy does; its successor serves after the test."""
    yield live_service.process.send_signal
    live_service.process.wait(15)
    live_service.start()


@pytest.mark.rule("ROOM-10a")
@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_every_socket_hears_that_the_server_restarts(live_service, ending, world, session, sig):
    with tab(live_service, world.alice, session) as alice, live_service.socket("/ws/me/", world.amara) as other:
        amara = Tab(other)
        amara.wait("welcome")
        alice.say("one", "Kept").wait("ack")
        ending(sig)
        assert alice.wait("bye")["code"] == RESTART
        assert alice.closes() == RESTART
        assert amara.closes() == RESTART
        assert live_service.process.wait(5) == 0
    assert texts(session) == ["Kept"]


@pytest.mark.rule("ROOM-10a")
def test_nobody_is_said_to_have_left_by_a_restart(live_service, ending, world, session):
    with tab(live_service, world.alice, session) as alice:
        before = Presence.objects.get(session=session, user=world.alice.user).heard_at
        ending(signal.SIGTERM)
        assert alice.closes() == RESTART
    assert Presence.objects.get(session=session, user=world.alice.user).heard_at >= before


@pytest.mark.rule("ROOM-10a")
def test_a_deploy_in_mid_session_costs_two_browsers_nothing_but_a_moment(page_as, live_service, world, session):
    visitors = page_as(world.alice), page_as(world.amara)
    for visitor in visitors:
        visitor.expect("ERR_CONNECTION_REFUSED", "WebSocket", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET")
    alice, amara = (enter(visitor, session) for visitor in visitors)
    say(alice, "Before")
    amara.get_by_text("Before", exact=True).wait_for()
    live_service.process.send_signal(signal.SIGTERM)
    live_service.process.wait(15)
    say(alice, "While it was gone")
    say(amara, "On the other side too")
    live_service.start()
    began = time.monotonic()
    for page in (alice, amara):
        page.get_by_text("Connected", exact=True).wait_for(timeout=10_000)
        page.get_by_text("While it was gone", exact=True).wait_for(timeout=10_000)
        page.get_by_text("On the other side too", exact=True).wait_for(timeout=10_000)
    assert time.monotonic() - began < 10
    shown = [page.locator(".talk__line .talk__text").all_inner_texts() for page in (alice, amara)]
    assert shown == [texts(session)] * 2
    assert sorted(texts(session)) == ["Before", "On the other side too", "While it was gone"]


def enter(visitor, session):
    visitor.visit(f"/sessions/{session.ref}/")
    visitor.page.get_by_text(re.compile("^Connected$")).wait_for()
    return visitor.page


def say(page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Send").click()
