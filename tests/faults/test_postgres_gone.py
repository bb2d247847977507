"""Postgres dies under the room and comes back: everybody waits a moment, nobody is refused, nothing needs a restart."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import psycopg
import pytest
from websockets.sync.client import connect

from bench.drill.service import Service
from live.silence import AsyncConnection, Connection, patience
from tests.harness.served import collect_static, free_port
from tests.harness.servers_folder import servers_folder
from tests.therapy.sockets import Tab

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("postgres_gone")]
BACK_SECONDS = 8.0
BALANCER_SECONDS = 3.0  # deploy/proxy/Caddyfile
PAGE_SECONDS = 12.0
PAGE = {"Accept": "text/html"}
BY_HAND = {"cid": "posted", "text": "By hand"}


@pytest.fixture(scope="module")
def drill():
    """A web server on a Postgres of its own, with one room; `room` holds the session and both sides' cookies."""
    with servers_folder() as folder:
        service = Service(folder, free_port(1), web=1)
        service.base = f"http://127.0.0.1:{service.ports[0]}"
        service.env |= {"IESO_SITE_URL": service.base, "IESO_STATIC_ROOT": str(collect_static())}
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


@pytest.fixture
def balancer(drill):
    """Whoever asks for health: not signed in."""
    with httpx.Client(base_url=drill.base, timeout=20) as client:
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
    # Each of these waits some seconds for a connection before it gives up: they wait side by side.
    with ThreadPoolExecutor() as side_by_side:
        posting = side_by_side.submit(
            browser.post, lines_url(drill), json=BY_HAND, headers={"Accept": "application/json"}
        )
        getting = side_by_side.submit(
            browser.get, f"/sessions/{drill.room['session']}/", headers={"Accept": "text/html"}
        )
        assert tab(hello=False).closes(within=15) == 1012
    posted, page = posting.result(), getting.result()
    assert (posted.status_code, posted.json()["code"], posted.headers["Retry-After"]) == (503, "busy", "2")
    assert page.status_code == 503
    assert "We will be back in a moment" in page.text
    drill.revive()
    assert acknowledged(alice, "meanwhile") < BACK_SECONDS
    assert browser.post(lines_url(drill), json=BY_HAND).json()["type"] == "ack"
    tab().say("posted-2").wait("ack")


def test_without_redis_killed_and_back_the_doorbell_rings_again(drill, tab):
    alice, amara = tab("patient"), tab("clinician")
    drill.kill("redis")
    seq = alice.say("no-redis").wait("ack", within=5)["seq"]
    assert amara.wait("line", seq=seq, within=8)
    drill.revive()
    seq = alice.say("redis-again").wait("ack", within=5)["seq"]
    assert amara.wait("line", seq=seq, within=8)


@pytest.mark.rule("TIME-0k")
def test_while_it_hangs_the_health_pages_and_pages_answer_in_time_and_nobody_waits_for_ever(drill, browser, balancer):
    """It takes connections and questions and says nothing: no error comes, so whoever asks must stop waiting."""
    held = Connection.connect(drill.services.database_url, autocommit=True)
    held.execute("SELECT 1")
    asyncio.run(gives_up_where_it(drill.freeze_postgres, drill.services.database_url))
    try:
        with ThreadPoolExecutor() as side_by_side:
            page = side_by_side.submit(timed, browser, f"/sessions/{drill.room['session']}/")
            asked = [side_by_side.submit(timed, balancer, path) for path in ("/livez", "/healthz") * 3]
            with patience(0.3), pytest.raises(psycopg.OperationalError):
                held.execute("SELECT 1")
        assert held.closed, "the answer may still come, to the wrong question"
        for seconds, answer in (one.result() for one in asked):
            assert (answer.status_code, answer.json()["checks"]) == (503, {"postgres": "unreachable"})
            assert seconds < BALANCER_SECONDS
        seconds, answer = page.result()
        assert (answer.status_code, seconds < PAGE_SECONDS) == (503, True)
        assert "We will be back in a moment" in answer.text
    finally:
        drill.thaw_postgres()
    began = time.monotonic()
    while browser.get("/livez").status_code != 200:
        assert time.monotonic() - began < BACK_SECONDS
        time.sleep(0.1)
    assert browser.get(f"/sessions/{drill.room['session']}/", headers=PAGE).status_code == 200


def timed(browser, path: str) -> tuple[float, httpx.Response]:
    began = time.monotonic()
    answer = browser.get(path, headers=PAGE)
    return time.monotonic() - began, answer


async def gives_up_where_it(hangs, url: str) -> None:
    """As the room's sockets ask."""
    held = await AsyncConnection.connect(url, autocommit=True)
    await held.execute("SELECT 1")
    hangs()
    with patience(0.3), pytest.raises(psycopg.OperationalError):
        await held.execute("SELECT 1")
    assert held.closed
