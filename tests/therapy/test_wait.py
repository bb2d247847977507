"""The wait for a patient who has not come, from both sides (APPT-14 to APPT-16)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.people.actions import record_consent
from therapy.messages.actions import send
from therapy.room import actions as room
from therapy.room import waiting

MINUTES = dt.timedelta(minutes=1)


def door(name: str, session) -> str:
    return reverse(f"therapy:{name}", args=[session.ref])


@pytest.fixture
def alone(open_room, world):
    """A session in which Amara is, and Alice is not."""
    made = open_room()
    room.join(made, world.amara.user)
    return made


def strip(client, session) -> str:
    return client.get(door("strip", session)).content.decode()


@pytest.mark.rule("APPT-14b")
@pytest.mark.parametrize(("step", "provisional", "minutes"), [("", "", 15), ("", "2", 10), ("3", "2", 15)])
def test_the_wait_goes_by_the_provisional_step_until_one_is_set(world, alone, step, provisional, minutes):
    case = alone.appointment.case
    case.step, case.provisional_step = step, provisional
    case.save()
    start = alone.appointment.starts_at
    assert waiting.wait_of(alone, start).until == start + minutes * MINUTES


@pytest.mark.rule("APPT-15a")
def test_the_room_counts_down_from_the_start_to_the_end_of_the_wait(world, client_of, alone, at):
    amara, start = client_of(world.amara), alone.appointment.starts_at
    with at(start - MINUTES):
        assert "Waiting for Alice" not in strip(amara, alone)
    with at(start):
        assert f'data-count-to="{timezone.localtime(start + 15 * MINUTES):%Y-%m-%dT%H:%M}' in strip(amara, alone)
    with at(start + 15 * MINUTES):
        page = strip(amara, alone)
        assert "The wait is over" in page
        assert "End as did not attend" in page
        assert 'value="dna"' in client_of(world.amara).get(door("end", alone)).content.decode()


@pytest.mark.rule("APPT-15a")
@pytest.mark.rule("APPT-15b")
def test_i_will_wait_is_posted_once_and_nudges_once(world, client_of, alone, at):
    amara, start = client_of(world.amara), alone.appointment.starts_at
    record_consent(world.alice, "text", True, by=world.alice.user)
    with at(start + 3 * MINUTES):
        for _ in range(2):
            answer = amara.post(door("waiting", alone), headers={"HX-Request": "true"})
            assert "You said that you wait" in answer.content.decode()
    line = alone.lines.get(kind="line")
    assert "15 minutes" in line.text
    assert "{" not in line.text
    told = OutboxMessage.objects.filter(notice="session_waiting")
    assert sorted(told.values_list("channel", "recipient")) == [
        ("email", world.alice.user.email),
        ("text", world.alice.phone),
    ]
    assert alone.appointment.events.filter(what="nudged").count() == 1
    assert [one.text for one in alone.case.messages.filter(template="waiting")] == [line.text]


@pytest.mark.rule("APPT-15b")
def test_the_nudge_in_the_messages_answers_nothing(world, alone):
    asked = send(world.alice_case, "Is there homework?", by=world.alice.user, client_key="q")
    waiting.say_waiting(alone, by=world.amara.user, at=alone.appointment.starts_at)
    assert world.alice_case.messages.filter(template="waiting").exists()
    assert Deadline.objects.get(kind="reply", key=asked.ref.hex).state == "open"


@pytest.mark.rule("APPT-15b")
def test_no_text_goes_out_where_none_was_agreed(world, alone):
    waiting.say_waiting(alone, by=world.amara.user, at=alone.appointment.starts_at)
    assert OutboxMessage.objects.get(notice="session_waiting").channel == "email"


@pytest.mark.rule("APPT-15a")
def test_nobody_else_and_no_other_time(world, client_of, alone, at):
    start = alone.appointment.starts_at
    assert client_of(world.amara).post(door("waiting", alone)).status_code == 409
    for who in (world.alice, world.bob, world.piet, world.olu, world.sunniva):
        with at(start):
            assert client_of(who).post(door("waiting", alone)).status_code == 404
    room.join(alone, world.alice.user, at=start + MINUTES)
    with at(start + 2 * MINUTES):
        assert client_of(world.amara).post(door("waiting", alone)).status_code == 409
    assert not alone.lines.filter(kind="line").exists()


def test_a_patient_who_comes_within_a_minute_or_two_is_not_told_of_being_late(world, client_of, alone, at):
    with at(alone.appointment.starts_at + 2 * MINUTES):
        room.join(alone, world.alice.user)
        assert "Being late" not in client_of(world.alice).get(door("room", alone)).content.decode()


@pytest.mark.rule("APPT-16a")
def test_a_patient_who_comes_late_is_welcome_and_told_the_planned_end(world, client_of, alone, at):
    alice, start = client_of(world.alice), alone.appointment.starts_at
    with at(start + 20 * MINUTES):
        room.join(alone, world.alice.user)
        page = alice.get(door("room", alone)).content.decode()
        assert "Being late is all right. The session ends as planned at" in page
        assert "Waiting for Alice" not in strip(client_of(world.amara), alone)
    with at(start + 26 * MINUTES):
        assert "Being late" not in alice.get(door("room", alone)).content.decode()


@pytest.mark.rule("APPT-16a")
@pytest.mark.rule("APPT-19f")
@pytest.mark.parametrize(("minutes", "fitting"), [(0, "completed"), (20, "completed_late")])
def test_the_fitting_outcome_is_chosen_beforehand(world, client_of, agreed, at, minutes, fitting):
    presence = agreed.presences.get(user=world.alice.user)
    presence.joined_at = agreed.appointment.starts_at + minutes * MINUTES
    presence.save()
    nearly_over = agreed.appointment.ends_at - MINUTES
    agreed.presences.update(last_at=nearly_over)
    with at(nearly_over):
        page = client_of(world.amara).get(door("end", agreed)).content.decode()
    chosen = page.split(f'value="{fitting}"')[1].split(">")[0]
    assert "checked" in chosen
    assert page.count("checked") == 1
