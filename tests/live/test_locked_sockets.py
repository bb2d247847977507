"""A locked sign-in hears nothing on its sockets, judged by the server's clock (ACC-3)."""

import datetime as dt
from contextlib import suppress

import pytest
from django.utils import timezone

from accounts import sign_ins
from accounts.models import SignIn
from live.codes import LOCKED
from tests import cast
from tests.live.test_sockets import code_of, next_frame, socket_of


def locks_in(user, seconds: float) -> None:
    SignIn.objects.filter(user=user).update(locks_at=timezone.now() + dt.timedelta(seconds=seconds))


def nothing_until(socket, moment: dt.datetime) -> None:
    """Let the time pass, whatever is heard meanwhile."""
    while (seconds := (moment - timezone.now()).total_seconds()) > 0:
        with suppress(TimeoutError):
            socket.recv(timeout=seconds)


@pytest.mark.rule("ACC-3a")
def test_no_socket_opens_to_a_locked_sign_in(live_service):
    olu = cast.make_world().olu
    cookies = live_service.cookies(olu)
    locks_in(olu, 0)
    with socket_of(live_service, cookies) as socket:
        assert code_of(socket) == LOCKED


@pytest.mark.rule("ACC-3a")
def test_a_socket_closes_at_its_next_event_once_the_time_is_over(live_service):
    olu = cast.make_world().olu
    cookies = live_service.cookies(olu)
    locks_in(olu, 1)
    with socket_of(live_service, cookies) as socket:
        next_frame(socket, "welcome")
        nothing_until(socket, SignIn.objects.get(user=olu).locks_at)
        socket.send('{"type":"ping"}')
        assert code_of(socket) == LOCKED


@pytest.mark.rule("ACC-3a")
def test_a_socket_stays_while_somebody_touches_the_page(live_service):
    olu = cast.make_world().olu
    cookies = live_service.cookies(olu)
    locks_in(olu, 0.5)
    with socket_of(live_service, cookies) as socket:
        next_frame(socket, "welcome")
        would_lock = SignIn.objects.get(user=olu).locks_at
        sign_ins.note_input(cookies["session"])
        nothing_until(socket, would_lock)
        socket.send('{"type":"ping"}')
        next_frame(socket, "pong")


@pytest.mark.rule("ACC-3a")
@pytest.mark.rule("ACC-15a")
def test_locking_and_ending_a_device_close_its_sockets_at_once_and_no_others(live_service):
    olu = cast.make_world().olu
    here, there, third = (live_service.cookies(olu) for _ in range(3))
    with (
        socket_of(live_service, here) as stays,
        socket_of(live_service, there) as locked,
        socket_of(live_service, third) as ended,
    ):
        for socket in (stays, locked, ended):
            next_frame(socket, "welcome")
        sign_ins.lock(there["session"])
        assert code_of(locked) == LOCKED
        sign_ins.end_one(olu, SignIn.objects.get(session_key=third["session"]).ref)
        assert code_of(ended) == 4401
        stays.send('{"type":"ping"}')
        next_frame(stays, "pong")
