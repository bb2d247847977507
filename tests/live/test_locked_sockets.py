"""A locked sign-in hears nothing on its sockets, judged by the server's clock (ACC-3)."""

import datetime as dt
import json
from contextlib import contextmanager, suppress
from functools import partial

import pytest
from django.utils import timezone

from accounts import sign_ins
from accounts.models import SignIn
from live.codes import LOCKED
from tests import cast
from tests.live.test_sockets import code_of, next_frame, socket_of


def locks_in(user, seconds: float) -> dt.datetime:
    locks_at = timezone.now() + dt.timedelta(seconds=seconds)
    SignIn.objects.filter(user=user).update(locks_at=locks_at)
    return locks_at


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


@contextmanager
def welcomed(site, cookies, user, *, still=lambda: True):
    """A socket whose sign-in locks shortly after its welcome, and when; tried with more time where a busy machine took
    too long to get there, or to do what is `still` to be done before."""
    for seconds in (0.5, 1, 2, 4, 8, 16):
        locks_at = locks_in(user, seconds)
        with socket_of(site, cookies) as socket:
            if json.loads(socket.recv(timeout=20))["type"] == "welcome" and still():
                yield socket, locks_at
                return
    raise AssertionError("locked before it could be tried")


@pytest.mark.rule("ACC-3a")
def test_a_socket_closes_at_its_next_event_once_the_time_is_over(live_service):
    olu = cast.make_world().olu
    cookies = live_service.cookies(olu)
    with welcomed(live_service, cookies, olu) as (socket, locks_at):
        nothing_until(socket, locks_at)
        socket.send('{"type":"ping"}')
        assert code_of(socket) == LOCKED


@pytest.mark.rule("ACC-3a")
def test_a_socket_stays_while_somebody_touches_the_page(live_service):
    olu = cast.make_world().olu
    cookies = live_service.cookies(olu)
    touch = partial(sign_ins.note_input, cookies["session"])
    with welcomed(live_service, cookies, olu, still=touch) as (socket, would_lock):
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
