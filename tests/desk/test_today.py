"""Today: what stands beside each session of a clinician's day, and what the patient sees of theirs."""

import datetime as dt

import pytest
from django.utils import timezone

from measures.actions import give
from tests import cast
from therapy.appointments import actions
from therapy.messages.actions import send
from therapy.notes import actions as notes
from therapy.notes.rules import PARTS

HOURS = dt.timedelta(hours=1)


def home(client) -> str:
    answer = client.get("/home/")
    assert b"<c-" not in answer.content
    return " ".join(answer.content.decode().split())


@pytest.fixture
def booked(world):
    """A function: a confirmed appointment of a case of Amara's, on the clock as it stands."""

    def make(case, ahead: dt.timedelta):
        start = timezone.now() + ahead
        made = actions.offer(case, starts_at=start, minutes=60, client_key=f"{case.ref}{ahead}", by=case.clinician.user)
        return actions.confirm(made, by=case.patient.user)

    return make


@pytest.mark.rule("APPT-22a")
def test_the_day_shows_what_one_looks_at_before_each_session(world, client_of, at, booked):
    with at("2026-11-16 10:00"):
        before = booked(world.alice_case, 1 * HOURS)
    with at("2026-11-16 12:10"):
        parts = dict.fromkeys(PARTS, "As agreed.") | {"homework": "Keep the worry diary each evening."}
        notes.save_draft(before, parts, 0, by=world.amara.user)
    with at("2026-11-16 13:00"):
        actions.end(before, "late_cancelled", by=world.amara.user)
        notes.sign(before, by=world.amara.user)
    with at("2026-11-23 09:00"):
        booked(world.alice_case, 4 * HOURS)
        booked(world.alice_case, 28 * HOURS)
        send(world.alice_case, "See you later.", by=world.alice.user, client_key="one")
        give(world.alice_case, "phq-9", occasion="session 2")
        page = home(client_of(world.amara))
        nobody = home(client_of(world.piet))
    assert "Today, Mon 23 November 2026" in page
    assert "1:00pm to 2:00pm" in page
    assert "Keep the worry diary each evening." in page
    assert "1 unread message<" in page
    assert "Questionnaires: 1 not filled in yet" in page
    assert "Tue 24 November 2026, 1:00pm" in page[page.index("Your next sessions") :]
    assert "No sessions today." in nobody
    assert "worry diary" not in nobody


@pytest.mark.rule("APPT-22a")
def test_the_button_to_join_is_there_while_the_room_is_open(world, client_of, at, booked):
    with at("2026-11-23 09:00"):
        made = booked(world.alice_case, 10 * HOURS)
    door = f'action="/appointments/{made.ref}/joining/"'
    for clock, is_open in (("18:44", False), ("18:45", True), ("19:59", True), ("20:01", False)):
        with at(f"2026-11-23 {clock}"):
            assert (door in home(client_of(world.amara))) is is_open, clock


@pytest.mark.rule("APPT-22a")
def test_the_day_asks_the_database_as_often_however_full_it_is(world, client_of, at, booked, same_queries):
    with at("2026-11-23 09:00"):
        booked(world.alice_case, 2 * HOURS)

        def grow() -> None:
            for number in range(4):
                case = cast.make_case(
                    cast.make_patient(f"Patient{number} Person"), world.site, "treatment", world.amara
                )
                booked(case, (3 + number) * HOURS)
                give(case, "phq-9", occasion="session 2")
                send(case, "Hello", by=case.patient.user, client_key=case.ref)

        same_queries(client_of(world.amara), "/home/", grow)


@pytest.mark.rule("APPT-22b")
def test_the_patients_home_says_what_to_do_before_the_next_appointment(world, client_of, at, booked):
    with at("2026-11-23 09:00"):
        made = booked(world.alice_case, 58 * HOURS)
        assert "nothing that you need to do before then" in home(client_of(world.alice))
        given = give(world.alice_case, "phq-9", occasion="session 2")
        page = home(client_of(world.alice))
    assert "Wed 25 November 2026, 7:00pm" in page
    assert "Before then, please" in page
    assert f"/{given.ref}/" in page
    with at("2026-11-25 18:50"):
        page = home(client_of(world.alice))
    assert page.count(f'action="/appointments/{made.ref}/joining/"') == 1
    assert "Join now" in page
