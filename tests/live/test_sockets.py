"""Sockets of the served site: who gets one, what it hears, and when it is taken away."""

import json
import time
from contextlib import suppress

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from live import doorbell
from live.actions import close_user
from live.handshake import session_key
from tests import cast

PATH = "/ws/me/"


def next_frame(socket, kind: str, seconds: float = 20) -> dict:
    limit = time.monotonic() + seconds
    while True:
        frame = json.loads(socket.recv(timeout=max(0.1, limit - time.monotonic())))
        if frame["type"] == kind:
            return frame


def socket_of(site, cookies: dict[str, str]):
    """A socket of one browser session."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    url = site.url.replace("http:", "ws:") + PATH
    return connect(url, origin=site.url, additional_headers=headers, proxy=None)


def code_of(socket) -> int:
    """The code with which the server closes."""
    with pytest.raises(ConnectionClosed):
        for _ in range(20):
            socket.recv(timeout=20)
    return socket.close_code


def ears_open(socket, user) -> dict:
    """Ring for somebody until the socket hears of it: what rings before its process listens is lost. The frame."""
    next_frame(socket, "welcome")
    for _ in range(100):
        doorbell.ring(doorbell.user_group(user.pk), {"changed": "messages", "case": "BCDFGHJ2"})
        with suppress(TimeoutError):
            while "case" not in (frame := next_frame(socket, "changed", 0.2)):
                continue
            return frame
    raise AssertionError("no ring is heard")


def test_it_hears_that_something_changed(live_service):
    world = cast.make_world()
    with live_service.socket(PATH, world.alice) as socket:
        frame = ears_open(socket, world.alice.user)
        assert frame == {"type": "changed", "changed": "messages", "case": "BCDFGHJ2"}
        socket.send('{"type": "ping"}')
        next_frame(socket, "pong")


def test_nobody_signed_in_nobody_heard(live_service):
    with live_service.socket(PATH) as socket:
        assert code_of(socket) == 4401


@pytest.mark.rule("ACC-1c")
@pytest.mark.rule("ACC-1i")
def test_staff_without_a_second_factor_get_no_socket(live_service):
    world = cast.make_world()
    client = cast.signed_in(world.amara)
    session = client.session
    del session["second_factor"]
    session.save()
    with socket_of(live_service, {"session": client.cookies["session"].value}) as socket:
        assert code_of(socket) == 4401


@pytest.mark.parametrize("origin", ["http://elsewhere.example.org", "null", "https://127.0.0.1"])
def test_another_origin_is_refused(live_service, origin):
    world = cast.make_world()
    with pytest.raises(InvalidStatus), live_service.socket(PATH, world.alice, origin=origin):
        pass


def test_signing_out_closes_the_sockets_of_that_browser_alone(live_service):
    world = cast.make_world()
    here, there = live_service.cookies(world.alice), live_service.cookies(world.alice)

    with socket_of(live_service, here) as mine, socket_of(live_service, there) as others:
        ears_open(mine, world.alice.user)
        next_frame(others, "welcome")
        with httpx.Client(base_url=live_service.url, cookies=here, headers={"Origin": live_service.url}) as browser:
            page = browser.get("/accounts/logout/")
            token = browser.cookies.get("csrf")
            assert page.status_code == 200
            assert browser.post("/accounts/logout/", data={"csrfmiddlewaretoken": token}).status_code == 302
        assert code_of(mine) == 4401
        others.send('{"type": "ping"}')
        next_frame(others, "pong")


def test_a_person_can_be_cut_off_everywhere(live_service):
    world = cast.make_world()
    with live_service.socket(PATH, world.alice) as socket:
        ears_open(socket, world.alice.user)
        close_user(world.alice.user.pk, 4403)
        assert code_of(socket) == 4403


@pytest.mark.parametrize("left", [b'consent={"a":1}', b"two words=1", b"alone", b"a@b=1", "\u00e9=1".encode()])
def test_odd_cookies_of_other_sites_sign_nobody_out(left):
    scope = {"headers": [(b"cookie", left + b"; session=mine; other=2")]}
    assert session_key(scope) == "mine"
