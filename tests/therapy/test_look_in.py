"""A supervisor looks in: only where both agreed beforehand, reading only, visible to both (ROOM-1, ROOM-4)."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessEntry
from live import doorbell
from live.codes import NOT_A_PARTICIPANT, NOT_FOUND
from notices.models import OutboxMessage
from tests.therapy.sockets import Tab
from therapy.room import actions as room
from therapy.room import looking
from therapy.room.models import LookInWord
from ui.errors import Refused

MINUTES = dt.timedelta(minutes=1)


def door(name: str, found) -> str:
    return reverse(f"therapy:{name}", args=[found.ref])


def ask_and_agree(world, session) -> None:
    asked = looking.ask(session.appointment, by=world.amara.user)
    looking.say(asked, "agreed", by=world.alice.user)


@pytest.mark.rule("ROOM-1c")
def test_the_clinician_asks_the_patient_agrees_and_the_supervisor_is_told(world, client_of, session):
    amara, alice, sunniva = client_of(world.amara), client_of(world.alice), client_of(world.sunniva)
    appointment = session.appointment
    assert sunniva.get(door("looking", session)).status_code == 404
    assert amara.post(door("look-in-asking", appointment)).status_code == 303
    assert OutboxMessage.objects.get(notice="look_in_asked").recipient == world.alice.user.email
    assert sunniva.get(door("looking", session)).status_code == 404
    page = alice.get(door("look-in", appointment)).content.decode()
    assert "Yes, they may look in" in page
    assert alice.post(door("look-in-answering", appointment), {"word": "agreed"}).status_code == 303
    assert OutboxMessage.objects.get(notice="look_in_agreed").recipient == world.sunniva.email
    assert "You are reading along" in sunniva.get(door("looking", session)).content.decode()
    for who in (world.stellan, world.piet, world.bob, world.olu):
        assert client_of(who).get(door("looking", session)).status_code == 404
        assert client_of(who).get(door("look-in", appointment)).status_code == 404


@pytest.mark.rule("ROOM-1c")
@pytest.mark.parametrize("who", ["alice", "amara"])
def test_either_takes_it_back_at_any_time(world, client_of, session, who):
    ask_and_agree(world, session)
    looking.come_in(session, world.sunniva)
    name, data = ("look-in-answering", {"word": "withdrawn"}) if who == "alice" else ("look-in-withdrawing", {})
    assert client_of(getattr(world, who)).post(door(name, session.appointment), data).status_code == 303
    assert client_of(world.sunniva).get(door("looking", session)).status_code == 404
    assert client_of(world.sunniva).post(door("looking-lines", session), {"after": "0"}).status_code == 404
    assert session.lines.order_by("seq").last().text == "looked"


@pytest.mark.rule("ROOM-1c")
def test_it_is_agreed_before_the_session_and_by_the_patient_alone(world, session):
    asked = looking.ask(session.appointment, by=world.amara.user)
    with pytest.raises(Refused, match="before a session begins"):
        looking.say(asked, "agreed", by=world.alice.user, at=session.appointment.starts_at)
    with pytest.raises(Refused):
        looking.say(asked, "agreed", by=world.amara.user)
    looking.say(asked, "declined", by=world.alice.user)
    assert looking.watched(world.sunniva, session.ref) is None
    with pytest.raises(Refused, match="before a session begins"):
        looking.ask(session.appointment, by=world.amara.user, at=session.appointment.starts_at)
    with pytest.raises(DatabaseError), transaction.atomic():
        LookInWord.objects.update(word="agreed")


@pytest.mark.rule("ROOM-1d")
def test_the_twin_without_a_socket_shows_the_lines_and_both_see_who_reads(world, client_of, session):
    ask_and_agree(world, session)
    room.write(session.ref, world.alice.user, "one", "Hello")
    answer = client_of(world.sunniva).post(door("looking-lines", session), {"after": "0"})
    assert [line["text"] for line in answer.json()["lines"]] == ["joined", "joined", "Hello", "looking"]
    for who in (world.alice, world.amara):
        assert (
            "Sunniva Dahl, supervisor, is reading along" in client_of(who).get(door("strip", session)).content.decode()
        )
    assert AccessEntry.objects.filter(thing="look_in", who=world.sunniva).exists()
    for name in ("lines", "beat", "draft"):
        assert (
            client_of(world.sunniva).post(door(name, session), {}, content_type="application/json").status_code == 404
        )


@pytest.mark.rule("ROOM-4a")
@pytest.mark.rule("ROOM-1d")
@pytest.mark.django_db(transaction=True)
def test_the_socket_reads_and_never_writes_and_closes_when_a_word_is_taken_back(world, live_service, session):
    path = f"/ws/sessions/{session.ref}/looking/"
    with live_service.socket(path, world.sunniva) as refused:
        assert Tab(refused).closes() == NOT_FOUND
    ask_and_agree(world, session)
    with live_service.socket(path, world.sunniva) as socket:
        tab = Tab(socket)
        tab.hello()
        room.write(session.ref, world.alice.user, "one", "Hello")
        assert tab.lines(4)[-1] == (4, "Hello")
        tab.send("send", cid="mine", text="I write")
        tab.wait("error", code="unknown")
        assert not session.lines.filter(sender=world.sunniva, kind="line").exists()
        looking.say(looking.current(session.appointment), "withdrawn", by=world.alice.user)
        assert tab.closes() == NOT_A_PARTICIPANT


@pytest.mark.rule("ROOM-1d")
@pytest.mark.django_db(transaction=True)
def test_who_closes_one_of_two_tabs_still_reads_along_in_sight_of_both(world, live_service, session):
    ask_and_agree(world, session)
    path = f"/ws/sessions/{session.ref}/looking/"
    with live_service.socket(path, world.sunniva) as stays:
        tab = Tab(stays)
        tab.hello()
        with live_service.socket(path, world.sunniva) as goes:
            Tab(goes).hello()
        room.write(session.ref, world.alice.user, "one", "Hello")
        assert tab.lines(4)[2:] == [(3, "looking"), (4, "Hello")]
        assert looking.here(session, timezone.now()) == [world.sunniva.name]


@pytest.mark.rule("ROOM-1d")
def test_who_reads_on_after_another_server_saw_them_go_is_seen_again(world, session):
    ask_and_agree(world, session)
    looking.come_in(session, world.sunniva)
    looking.go(session, world.sunniva)
    assert looking.here(session, timezone.now()) == []
    state = looking.beat(session, world.sunniva, timezone.now())
    assert looking.here(session, timezone.now()) == [world.sunniva.name]
    assert [line.text for line in session.lines.order_by("seq")][-3:] == ["looking", "looked", "looking"]
    assert state.head == session.lines.count()


@pytest.mark.rule("ROOM-1c")
@pytest.mark.django_db(transaction=True)
def test_without_the_doorbell_a_word_taken_back_shows_the_supervisor_out(world, live_service, session, monkeypatch):
    ask_and_agree(world, session)
    with live_service.socket(f"/ws/sessions/{session.ref}/looking/", world.sunniva) as socket:
        tab = Tab(socket)
        tab.hello()
        monkeypatch.setattr(looking, "close_group", lambda group: None)
        looking.say(looking.current(session.appointment), "withdrawn", by=world.alice.user)
        doorbell.ring(room.group_of(session.ref), {})  # what each process rings by the clock while Redis is gone
        assert tab.closes() == NOT_A_PARTICIPANT


@pytest.mark.rule("ROOM-1d")
def test_the_patient_finds_in_the_own_transcript_that_somebody_read_along(world, client_of, session):
    ask_and_agree(world, session)
    looking.come_in(session, world.sunniva)
    looking.go(session, world.sunniva)
    for name in ("own-transcript", "transcript-text"):
        page = client_of(world.alice).get(door(name, session)).content.decode()
        assert "Sunniva Dahl, supervisor, is reading along" in page
        assert "Sunniva Dahl, supervisor, is no longer reading along" in page
