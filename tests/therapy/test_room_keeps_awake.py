"""Being in a session is activity, for as long as it is open and nothing is locked (ACC-3b)."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import SignIn
from tests.accounts.test_lock import SCRIPT, idle, sign_in_of
from therapy.room import actions as room
from therapy.room.models import Session

QUIET = {"content_type": "application/json", "headers": SCRIPT}


def beat(client, session):
    return client.post(f"/sessions/{session.ref}/beat/", {}, **QUIET)


@pytest.mark.rule("ACC-3b")
def test_a_heartbeat_in_an_open_session_counts(world, client_of, session):
    client = client_of(world.alice)
    idle(client, 29)
    assert beat(client, session).status_code == 200
    assert timezone.now() - sign_in_of(client).used_at < dt.timedelta(minutes=1)


@pytest.mark.rule("ACC-3b")
def test_it_is_noted_once_a_minute(world, client_of, session):
    client = client_of(world.alice)
    before = idle(client, 0.5).used_at
    beat(client, session)
    assert sign_in_of(client).used_at == before


@pytest.mark.rule("ACC-3b")
def test_a_session_that_has_ended_keeps_nobody_awake(world, client_of, agreed):
    client = client_of(world.alice)
    room.end_session(agreed, "completed", by=world.amara.user, at=agreed.appointment.ends_at)
    before = idle(client, 20).used_at
    beat(client, agreed)
    assert sign_in_of(client).used_at == before


@pytest.mark.rule("ACC-3b")
def test_a_room_that_was_left_open_keeps_nobody_awake_for_ever(world, client_of, session):
    Session.objects.filter(pk=session.pk).update(opens_at=timezone.now() - dt.timedelta(hours=3, minutes=1))
    client = client_of(world.amara)
    before = idle(client, 10).used_at
    assert beat(client, session).status_code == 200
    assert sign_in_of(client).used_at == before


@pytest.mark.rule("ACC-3b")
def test_being_in_a_session_opens_no_lock_and_no_line_is_written(world, client_of, session):
    client = client_of(world.alice)
    row = idle(client, 31)
    assert beat(client, session).status_code == 423
    assert not SignIn.objects.get(pk=row.pk).locks_at > timezone.now()
    with pytest.raises(room.Nack):
        room.write(session.ref, world.alice.user, "c1", "Hello?", login=row.session_key)


@pytest.mark.rule("ACC-3b")
def test_a_sign_in_of_the_morning_does_not_run_out_within_an_evening_session(world, client_of, session):
    client = client_of(world.amara)
    idle(client, 5)
    soon = timezone.now() + dt.timedelta(minutes=2)
    SignIn.objects.filter(pk=sign_in_of(client).pk).update(expire_date=soon)
    assert beat(client, session).status_code == 200
    left = sign_in_of(client).expire_date - timezone.now()
    assert dt.timedelta(minutes=29) < left <= dt.timedelta(minutes=30)


@pytest.mark.rule("ACC-3b")
def test_what_has_run_out_stays_so_and_no_time_is_taken_off(world, client_of, session):
    client = client_of(world.amara)
    row = idle(client, 5)
    beat(client, session)
    assert sign_in_of(client).expire_date == row.expire_date
    gone = timezone.now() - dt.timedelta(seconds=1)
    SignIn.objects.filter(pk=row.pk).update(expire_date=gone)
    beat(client, session)
    assert SignIn.objects.get(pk=row.pk).expire_date == gone
