"""Appointments and rooms in the states that the tests of therapy begin with."""

import datetime as dt

import pytest
from django.utils import timezone

from therapy.appointments import actions
from therapy.room import actions as room
from therapy.room import asking

HOURS = dt.timedelta(hours=1)
MINUTES = dt.timedelta(minutes=1)


@pytest.fixture
def offered(world):
    """A function: an offer to Alice by Amara, so far ahead of now, or of `at`."""

    def make(ahead: dt.timedelta = 96 * HOURS, *, case=None, at=None, key: str = "", **fields):
        case = case or world.alice_case
        at = at or timezone.now()
        fields = {"minutes": 60, "by": case.clinician.user, "client_key": key or f"{case.ref}:{ahead}:{at}"} | fields
        return actions.offer(case, starts_at=at + ahead, at=at, **fields)

    return make


@pytest.fixture
def confirmed(offered):
    """A function: the same, confirmed."""

    def make(ahead: dt.timedelta = 96 * HOURS, *, at=None, **fields):
        made = offered(ahead, at=at, **fields)
        return actions.confirm(made, by=made.patient.user, at=at)

    return make


@pytest.fixture
def open_room(confirmed):
    """A function: a session that starts in five minutes, with nobody in it yet."""

    def make(ahead: dt.timedelta = 5 * MINUTES, **fields):
        return room.open_session(confirmed(ahead, **fields))

    return make


@pytest.fixture
def session(open_room, world):
    """A session with Alice and Amara in it."""
    made = open_room()
    room.join(made, world.alice.user)
    room.join(made, world.amara.user)
    made.refresh_from_db()
    return made


@pytest.fixture
def agreed(session, world):
    """The same session, in which Alice has agreed to the confidentiality statement (ROOM-7)."""
    asking.post(session, by=world.amara.user)
    asking.answer(session, "agreed", by=world.alice.user)
    session.refresh_from_db()
    return session
