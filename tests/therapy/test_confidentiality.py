"""The confidentiality statement of the first session: posted, answered, followed up (ROOM-7)."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from therapy.appointments.facts import facts_of
from therapy.room import actions as room
from therapy.room import asking, confidentiality
from therapy.room.models import ConfidentialityAnswer
from ui.errors import Refused

MINUTES = dt.timedelta(minutes=1)


def door(name: str, session) -> str:
    return reverse(f"therapy:{name}", args=[session.ref])


def end(client, session, **data):
    return client.post(door("end", session), {"outcome": "completed", "reason": ""} | data)


def press(client, session, name: str, **data):
    return client.post(door(name, session), data, headers={"HX-Request": "true"})


@pytest.mark.rule("ROOM-7a")
def test_the_first_session_is_not_completed_before_the_statement_was_posted(world, client_of, session, at):
    amara = client_of(world.amara)
    with at(session.appointment.ends_at):
        page = amara.get(door("end", session)).content.decode()
        assert "The confidentiality statement was not posted yet." in page
        assert end(amara, session).status_code == 422
        press(amara, session, "confidentiality-posting")
        press(client_of(world.alice), session, "confidentiality-answer", answer="agreed")
        assert end(amara, session).status_code == 303


@pytest.mark.rule("ROOM-7b")
def test_the_patient_is_asked_with_buttons_and_the_answer_stands_in_the_conversation(world, client_of, session):
    amara, alice = client_of(world.amara), client_of(world.alice)
    assert "do you agree?" not in alice.get(door("strip", session)).content.decode()
    for _ in range(2):
        assert "no answer yet" in press(amara, session, "confidentiality-posting").content.decode()
    page = alice.get(door("strip", session)).content.decode()
    assert "do you agree?" in page
    assert "Yes, I agree" in page
    assert "You said no" in press(alice, session, "confidentiality-answer", answer="declined").content.decode()
    assert "does not agree" in amara.get(door("strip", session)).content.decode()
    assert "do you agree?" not in press(alice, session, "confidentiality-answer", answer="agreed").content.decode()
    said = session.lines.filter(kind="line").values_list("cid", flat=True)
    assert list(said) == ["confidentiality", "confidentiality-declined", "confidentiality-agreed"]
    assert confidentiality.answer_of(session).answer == "agreed"


@pytest.mark.rule("ROOM-7b")
@pytest.mark.parametrize("said", ["", "maybe", "unanswered"])
def test_only_an_answer_is_an_answer_and_only_the_patient_gives_it(world, client_of, session, said):
    asking.post(session, by=world.amara.user)
    press(client_of(world.alice), session, "confidentiality-answer", answer=said)
    assert not ConfidentialityAnswer.objects.exists()
    for who in (world.amara, world.bob, world.sunniva):
        assert press(client_of(who), session, "confidentiality-answer", answer="agreed").status_code == 404


@pytest.mark.rule("ROOM-7c")
@pytest.mark.parametrize(("said", "kept"), [("", "unanswered"), ("declined", "declined")])
def test_not_agreed_asks_for_a_reason_and_goes_to_the_supervisor(world, client_of, session, at, said, kept):
    asking.post(session, by=world.amara.user)
    if said:
        asking.answer(session, said, by=world.alice.user)
    amara, sunniva = client_of(world.amara), client_of(world.sunniva)
    with at(session.appointment.ends_at):
        refused = end(amara, session)
        assert (refused.status_code, "Say why the statement was not agreed" in refused.content.decode()) == (422, True)
        assert end(amara, session, confidentiality="She had to leave in a hurry").status_code == 303
        last = confidentiality.answer_of(session)
        assert (last.answer, last.reason, last.by) == (kept, "She had to leave in a hurry", world.amara.user)
        assert OutboxMessage.objects.get(notice="confidentiality_open").recipient == world.sunniva.email
        page = sunniva.get(door("confidentiality", session)).content.decode()
        assert "She had to leave in a hurry" in page
        assert "I have read it" in page
        assert "Read why confidentiality was not agreed" in sunniva.get(reverse("desk:home")).content.decode()
        assert sunniva.post(door("confidentiality-seen", session)).status_code == 303
    assert Deadline.objects.get(kind="confidentiality").state == "met"
    assert client_of(world.stellan).post(door("confidentiality-seen", session)).status_code == 404


@pytest.mark.rule("ROOM-7c")
def test_it_returns_at_the_next_session_until_it_is_agreed(world, session, confirmed):
    asking.post(session, by=world.amara.user)
    ends = session.appointment.ends_at
    room.end_session(session, "completed", by=world.amara.user, confidentiality="No time", at=ends)
    second = room.open_session(confirmed(at=ends))
    assert confidentiality.is_needed(second)
    start = second.appointment.starts_at
    for who in (world.alice, world.amara):
        room.join(second, who.user, at=start)
    with pytest.raises(Refused, match="not posted yet"):
        room.end_session(second, "completed", by=world.amara.user, at=start + 40 * MINUTES)
    asking.post(second, by=world.amara.user, at=start)
    asking.answer(second, "agreed", by=world.alice.user, at=start)
    assert Deadline.objects.get(kind="confidentiality").state == "met"
    ended = room.end_session(second, "completed", by=world.amara.user, at=start + 40 * MINUTES)
    third = room.open_session(confirmed(at=ended.ends_at + MINUTES))
    assert not confidentiality.is_needed(third)


@pytest.mark.rule("ROOM-7d")
@pytest.mark.parametrize("outcome", ["late_cancelled", "aborted"])
def test_it_never_keeps_a_session_from_being_ended_as_something_else(world, session, outcome):
    start = session.appointment.starts_at
    ended = room.end_session(session, outcome, by=world.amara.user, reason="Her phone died", at=start + 5 * MINUTES)
    assert ended.status == outcome
    assert not ConfidentialityAnswer.objects.exists()


def test_a_supervisor_who_has_not_looked_is_told_again(world, session, at):
    asking.post(session, by=world.amara.user)
    ends = session.appointment.ends_at
    room.end_session(session, "completed", by=world.amara.user, confidentiality="No time", at=ends)
    with at(ends + dt.timedelta(days=7)):
        sweep()
    assert OutboxMessage.objects.filter(notice="confidentiality_open", recipient=world.sunniva.email).count() == 2


@pytest.mark.rule("ROOM-7b")
def test_an_answer_is_never_changed(world, agreed):
    with pytest.raises(DatabaseError), transaction.atomic():
        ConfidentialityAnswer.objects.update(answer="declined")
    assert facts_of(agreed.appointment, agreed.opens_at)
