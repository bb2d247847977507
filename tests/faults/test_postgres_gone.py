"""Postgres dies under the room and comes back: everybody waits a moment, nobody is refused, nothing needs a restart."""

import time
from contextlib import ExitStack

import httpx
import pytest
from websockets.sync.client import connect

from bench.drill.service import Service
from tests.harness.servers_folder import servers_folder
from tests.therapy.sockets import Tab

pytestmark = pytest.mark.timeout(180)
BACK_SECONDS = 8.0


@pytest.fixture(scope="module")
def drill():
    """A web server on a Postgres of its own, with one room; `room` holds the session and both sides' cookies."""
    from tests.harness.served import free_port

    with servers_folder() as folder:
        service = Service(folder, free_port(), web=1)
        service.base = f"http://127.0.0.1:{service.ports[0]}"
        service.env["IESO_SITE_URL"] = service.base
        try:
            service.room = service.start(rooms=1)[0]
            yield service
        finally:
            service.stop()


@pytest.fixture
def tab(drill):
    """A function: an open tab of one side, welcomed unless told otherwise."""
    address = f"{drill.base.replace('http', 'ws', 1)}/ws/sessions/{drill.room['session']}/"
    with ExitStack() as opened:

        def make(side: str = "patient", *, hello: bool = True) -> Tab:
            headers = {"Cookie": f"session={drill.room[side]}"}
            made = Tab(
                opened.enter_context(connect(address, origin=drill.base, additional_headers=headers, proxy=None))
            )
            if hello:
                made.hello()
            return made

        yield make


@pytest.fixture
def browser(drill):
    """The patient's plain requests, as the page makes them where sockets are blocked."""
    token = "t" * 32
    headers = {"Cookie": f"session={drill.room['patient']}; csrf={token}", "X-CSRFToken": token, "Origin": drill.base}
    with httpx.Client(base_url=drill.base, headers=headers, timeout=20) as client:
        yield client


def lines_url(drill) -> str:
    return f"/sessions/{drill.room['session']}/lines/"


def acknowledged(tab: Tab, cid: str) -> float:
    """Send a line as the client does, again and again under the same id; return after how long it was taken."""
    began = time.monotonic()
    while time.monotonic() - began < 30:
        tab.say(cid)
        answer = tab.wait("ack", "nack", "error", within=20)
        if answer["type"] == "ack":
            return time.monotonic() - began
        assert answer.get("retry", 1) is not None, answer
        time.sleep(0.5)
    raise AssertionError("never acknowledged")


@pytest.mark.rule("ROOM-2a")
@pytest.mark.parametrize("times", [1, 2])
def test_a_socket_survives_and_writes_on_as_soon_as_postgres_is_back(drill, tab, times):
    alice, amara = tab("patient"), tab("clinician")
    alice.say(f"before-{times}").wait("ack")
    drill.kill("postgres")  # the first time its first process alone, the second time all of them
    drill.revive()
    assert acknowledged(alice, f"after-{times}") < BACK_SECONDS
    seq = alice.passed[-1]["seq"]
    assert amara.wait("line", seq=seq)["seq"] == seq


@pytest.mark.rule("ROOM-2g")
def test_while_it_is_gone_a_line_is_to_be_tried_again_and_a_page_says_so_in_words(drill, tab, browser):
    alice = tab()
    drill.kill("postgres")
    alice.say("meanwhile")
    posted = browser.post(
        lines_url(drill), json={"cid": "posted", "text": "By hand"}, headers={"Accept": "application/json"}
    )
    assert (posted.status_code, posted.json()["code"], posted.headers["Retry-After"]) == (503, "busy", "2")
    page = browser.get(f"/sessions/{drill.room['session']}/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "We will be back in a moment" in page.text
    late = tab(hello=False)
    assert late.closes(within=15) == 1012
    drill.revive()
    assert acknowledged(alice, "meanwhile") < BACK_SECONDS
    assert browser.post(lines_url(drill), json={"cid": "posted", "text": "By hand"}).json()["type"] == "ack"
    tab().say("posted-2").wait("ack")


def test_without_redis_killed_and_back_the_doorbell_rings_again(drill, tab):
    alice, amara = tab("patient"), tab("clinician")
    drill.kill("redis")
    seq = alice.say("no-redis").wait("ack", within=5)["seq"]
    assert amara.wait("line", seq=seq, within=8)
    drill.revive()
    seq = alice.say("redis-again").wait("ack", within=5)["seq"]
    assert amara.wait("line", seq=seq, within=8)
