"""The calendar by the week and the zone in which each person sees it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from clinicians import actions as clinicians
from clinicians.rules import Stretch
from tests import cast
from therapy.appointments import actions

WEEK = "/appointments/week/"
HOURS = dt.timedelta(hours=1)
PARIS = "Europe/Paris"
SYDNEY = "Australia/Sydney"


def page_of(client, **query) -> str:
    answer = client.get(WEEK, query)
    assert answer.status_code == 200
    assert b"<c-" not in answer.content
    return " ".join(answer.content.decode().split())


def move_to(who, zone: str) -> None:
    user = cast.user_of(who)
    user.time_zone = zone
    user.save(update_fields=["time_zone"])


@pytest.mark.rule("APPT-8e")
def test_both_sides_see_their_own_week(world, client_of, at, confirmed):
    with at("2026-11-23 09:00"):
        confirmed(82 * HOURS)  # Thursday at seven in the evening
        clinicians.set_availability(world.amara, [Stretch(3, dt.time(17), dt.time(21))], by=world.amara.user)
        clinician, patient = page_of(client_of(world.amara)), page_of(client_of(world.alice))
        later = page_of(client_of(world.amara), week="2026-12-02")
    assert "Thu 26 Nov" in clinician
    assert "7:00pm to 8:00pm" in clinician
    assert f"Alice, {world.alice_case.ref[:4]} {world.alice_case.ref[4:]}" in clinician
    assert "You work 5:00pm to 9:00pm" in clinician
    assert clinician.count("You do not work") == 6
    assert "Amara Obi" in patient
    assert "Alice," not in patient
    assert "You work" not in patient
    assert "Confirmed" in patient
    assert "Mon 30 Nov" in later
    assert "7:00pm" not in later


@pytest.mark.rule("APPT-8e")
def test_the_week_has_a_button_to_join_while_the_room_is_open(world, client_of, at, confirmed):
    with at("2026-11-23 09:00"):
        made = confirmed(82 * HOURS)
    door = f'action="{reverse("therapy:joining", args=[made.ref])}"'
    for clock, is_open in (("18:44", False), ("18:45", True), ("19:59", True), ("20:00", False)):
        with at(f"2026-11-26 {clock}"):
            assert (door in page_of(client_of(world.amara))) is is_open, clock


@pytest.mark.rule("APPT-8e")
def test_nobody_sees_anybody_elses_week(world, client_of, at, confirmed):
    with at("2026-11-23 09:00"):
        confirmed(82 * HOURS)
        for other in (world.bob, world.charlie, world.piet):
            assert "7:00pm to" not in page_of(client_of(other))
        assert client_of(world.farid).get(WEEK).status_code == 404


@pytest.mark.rule("APPT-8e")
@pytest.mark.parametrize("asked", ["", "yesterday", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_an_address_that_names_no_week_shows_this_one(world, client_of, at, asked):
    with at("2026-11-25 09:00"):
        assert "Mon 23 Nov" in page_of(client_of(world.amara), week=asked)


@pytest.mark.rule("APPT-8a")
@pytest.mark.parametrize(
    ("monday", "clock"),
    [("2026-10-19", "7:00pm"), ("2026-10-26", "7:00pm"), ("2027-03-22", "7:00pm"), ("2027-03-29", "7:00pm")],
)
def test_seven_stays_seven_on_either_side_of_a_change(world, client_of, at, confirmed, monday, clock):
    day = dt.date.fromisoformat(monday) + dt.timedelta(days=2)
    with at(f"{monday} 08:00"):
        start = dt.datetime.combine(day, dt.time(19), tzinfo=timezone.get_default_timezone())
        confirmed(start.astimezone(dt.UTC) - timezone.now())
        assert f"{clock} to 8:00pm" in page_of(client_of(world.alice))


@pytest.mark.rule("APPT-8c")
def test_who_is_abroad_sees_the_time_there_with_its_name_and_others_do_not(world, client_of, at, confirmed):
    move_to(world.alice, SYDNEY)
    with at("2026-11-23 09:00"):
        made = confirmed(82 * HOURS)
        abroad, at_home = page_of(client_of(world.alice)), page_of(client_of(world.amara))
        url = reverse("therapy:appointment", args=[made.ref])
        one = client_of(world.alice).get(url).content.decode()
    assert "6:00am to 7:00am" in abroad  # Friday morning in Sydney
    assert "Sydney time" in abroad
    assert "Sydney time" in one
    assert "Fri 27 November 2026, 6:00am" in one
    assert "7:00pm to 8:00pm" in at_home
    assert "time</strong>, not UK time" not in at_home


@pytest.mark.rule("APPT-8c")
def test_an_answer_in_words_names_the_zone(world, client_of, at, offered):
    move_to(world.alice, PARIS)
    with at("2026-11-23 09:00"):
        made = offered(82 * HOURS)
    with at("2026-11-25 12:00"):
        answer = client_of(world.alice).post(reverse("therapy:confirmation", args=[made.ref]))
    assert answer.status_code == 409
    assert "Tue 24 November 2026, 8:00pm (Paris time)" in answer.content.decode()


@pytest.mark.rule("APPT-8c")
def test_everybody_chooses_the_zone_on_the_account_page(world, client_of):
    client = client_of(world.alice)
    assert "UK time" in client.get("/account/").content.decode()
    assert client.post("/account/time-zone/", {"time_zone": "Mars/Olympus"}).status_code == 422
    assert client.post("/account/time-zone/", {"time_zone": PARIS}).status_code == 303
    assert "Paris time" in client.get("/account/").content.decode()
    client.post("/account/time-zone/", {"time_zone": "Europe/London"})
    assert "not UK time" not in client.get("/account/").content.decode()


@pytest.mark.rule("APPT-8c")
def test_one_persons_zone_never_reaches_the_next_request(world, client_of):
    move_to(world.alice, SYDNEY)
    client_of(world.alice).get(WEEK)
    assert timezone.get_current_timezone() == timezone.get_default_timezone()


@pytest.mark.rule("APPT-8e")
def test_the_week_asks_the_database_as_often_whatever_it_holds(world, client_of, at, confirmed, same_queries):
    with at("2026-11-23 09:00"):
        confirmed(49 * HOURS)

        def grow() -> None:
            for number in range(3):
                case = cast.make_case(
                    cast.make_patient(f"Patient{number} Person"), world.site, "treatment", world.amara
                )
                made = actions.offer(
                    case,
                    starts_at=timezone.now() + (52 + 2 * number) * HOURS,
                    minutes=60,
                    client_key=str(number),
                    by=world.amara.user,
                )
                actions.confirm(made, by=case.patient.user)

        same_queries(client_of(world.amara), WEEK, grow)
