"""Home says what is next: the room, the offer, the letter, the newest episode; lists keep what was searched."""

import datetime as dt
import html
import re

import pytest
from django.utils import timezone

from deadlines.actions import open_deadline
from letters import actions as letters
from measures.actions import give
from patients.cases.actions import turn
from tests import cast
from therapy.appointments.actions import confirm
from therapy.appointments.booking import offer
from therapy.homework.actions import report, set_homework
from therapy.sheets.actions import hand_out, send_back, write


@pytest.mark.rule("TIME-21d")
def test_the_number_counts_what_stands_on_the_patients_page(world, client_of):
    alice = client_of(world.alice)

    def number() -> int:
        return alice.get("/home/tasks/number/").json()["number"]

    assert number() == 0
    task = set_homework(world.alice_case, "Walk every day", by=world.amara.user, client_key="h")
    give(world.alice_case, "phq-9", occasion="a test")
    sheet = hand_out(world.alice_case, "activity-diary", by=world.amara.user, at=timezone.now())
    start = timezone.now() + dt.timedelta(days=5)
    made = offer(world.alice_case, starts_at=start, minutes=60, client_key="one", by=world.amara.user)
    assert number() == 4
    rows = re.findall(r"app-tasks__link", alice.get("/home/tasks/").text)
    assert len(rows) == 5, "and the message that carried the homework, which has a number of its own"
    report(task, done=True, how="", by=world.alice.user)
    assert number() == 3
    report(task, done=False, how="Not yet", by=world.alice.user)
    assert number() == 4
    confirm(made, by=world.alice.user)
    write(sheet, sheet.blank.names[0], "Words", 0, by=world.alice.user)
    send_back(sheet, by=world.alice.user)
    assert number() == 2


def test_going_on_to_the_next_page_keeps_what_was_searched(world, client_of):
    for number in range(26):
        cast.make_case(cast.make_patient(f"P{number} Samename"), world.site, "waiting")
    page = client_of(world.olu).get("/cases/", {"q": "samename"}).content.decode()
    assert "?q=samename&amp;page=2" in page
    assert "Page 1 of 2" in page


def test_the_room_is_joined_from_home_once_it_is_open(world, client_of, at):
    start = timezone.now() + dt.timedelta(days=3)
    made = offer(world.alice_case, starts_at=start, minutes=60, client_key="one", by=world.amara.user)
    assert "Can you come on" in client_of(world.alice).get("/home/").text
    confirm(made, by=world.alice.user)
    door = f"/appointments/{made.ref}/joining/"
    assert door not in client_of(world.alice).get("/home/").text
    with at(start - dt.timedelta(minutes=10)):
        for who in (world.alice, world.amara):
            client = client_of(who)
            assert door in client.get("/home/").text
            assert client.post(door).status_code == 303


def test_a_patient_who_came_back_sees_the_new_episode_and_the_old_one_apart(world, client_of):
    turn(world.charlie_case, "withdrawn", by=world.charlie.user)
    again = cast.make_case(world.charlie, world.site, "referred")
    page = client_of(world.charlie).get("/home/").text
    assert f"Your reference: {again.ref[:4]} {again.ref[4:]}" in page
    assert f"Your reference then: {world.charlie_case.ref[:4]} {world.charlie_case.ref[4:]}" in page
    turn(again, "withdrawn", by=world.charlie.user)
    assert f"Your reference: {again.ref[:4]} {again.ref[4:]}" in client_of(world.charlie).get("/home/").text


def test_an_older_episode_that_goes_on_stays_the_one_shown(world, client_of):
    newer = cast.make_case(world.alice, world.site, "referred")
    turn(newer, "withdrawn", by=world.alice.user)
    page = client_of(world.alice).get("/home/").text
    assert f"Your reference: {world.alice_case.ref[:4]} {world.alice_case.ref[4:]}" in page


def test_a_letter_given_back_and_a_discharge_letter_are_owed_by_the_clinician(world, client_of):
    draft = letters.start(world.alice_case, "assessment", by=world.amara.user)
    draft = letters.save(
        draft, dict.fromkeys(("difficulties", "plan", "risk", "other"), "Text."), 0, by=world.amara.user
    )
    letters.submit(draft, by=world.amara.user)
    letters.query(draft, "Shorter, please.", by=world.olu)
    turn(world.alice_case, "discharging", by=world.amara.user)
    page = client_of(world.amara).get("/home/").text
    assert "Queried back" in page
    assert "Discharge letter" in page


def test_what_has_no_page_any_more_stays_on_the_list_and_hides_nothing(world, client_of):
    owes = {"due_at": timezone.now() + dt.timedelta(hours=1), "owner": world.amara.user, "opened_by": "the test"}
    open_deadline("note", "no reference", **owes)
    open_deadline("risk_review", "no reference", **owes)
    for page in ("/home/", "/home/tasks/"):
        words = html.unescape(client_of(world.amara).get(page).content.decode())
        assert "Write and sign the session's note" in words, page
        assert "Review an alert" in words, page
