"""What one owes, live in every open tab (TIME-21)."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from deadlines.actions import meet, open_deadline
from measures.actions import answer_all, complete, give
from tests import cast
from therapy.messages.actions import send

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def world(live_service):
    return cast.make_world()


def picture(visitor, name: str) -> None:
    """Keeps a picture where somebody wants to look at it."""
    if folder := os.environ.get("IESO_PICTURES"):
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def owed(world, key: str, **fields) -> None:
    about = {"owner": world.amara.user, "case_ref": world.alice_case.ref, "opened_by": "a test"}
    open_deadline("reply", key, **{**about, **fields})


@pytest.mark.rule("TIME-21b")
@pytest.mark.rule("TIME-21c")
def test_it_comes_and_goes_in_every_open_tab(world, page_as):
    now = timezone.now()
    owed(world, "first", due_at=now + dt.timedelta(days=3, minutes=5))
    first = page_as(world.amara).visit("/home/")
    second = page_as(world.amara, viewport=PHONE).visit("/home/")
    for tab in (first, second):
        tab.page.get_by_text("in 3 days").wait_for()
        expect(tab.page.get_by_text("Due soon")).to_have_count(0)
    owed(world, "second", due_at=now + dt.timedelta(hours=5, minutes=5))
    for tab in (first, second):
        tab.page.get_by_text("Due soon").wait_for()
        rows = tab.page.locator("[data-tasks] .app-tasks__due")
        expect(rows, "soonest first").to_have_text(["Due in 5 hours", "Due in 3 days"])
    picture(first, "tasks-desk")
    picture(second, "tasks-phone")
    first.check()
    meet("reply", "second", closed_by="done")
    for tab in (first, second):
        tab.page.get_by_text("Due soon").wait_for(state="detached")
        expect(tab.page.locator("#announcements")).to_contain_text("Done. 1 left to do.")


@pytest.mark.rule("TIME-21c")
def test_a_clinician_who_answers_sees_it_gone_from_the_other_tab(world, page_as):
    send(world.alice_case, "How do I fill in the diary?", by=world.alice.user, client_key="one")
    home = page_as(world.amara).visit("/home/")
    home.page.locator("[data-tasks]").get_by_text("Reply to a message").wait_for()
    send(world.alice_case, "Begin with one line a day.", by=world.amara.user, client_key="two")
    home.page.locator("[data-tasks]").get_by_text("You are up to date").wait_for()


@pytest.mark.rule("TIME-21c")
def test_a_patient_sees_a_new_message_without_a_reload(world, page_as):
    home = page_as(world.alice, viewport=PHONE).visit("/home/")
    expect(home.page.get_by_text("new message")).to_have_count(0)
    send(world.alice_case, "Hello Alice.", by=world.amara.user, client_key="one")
    home.page.get_by_text("1 new message").wait_for()


@pytest.mark.rule("TIME-21c")
@pytest.mark.rule("TIME-21d")
def test_the_number_in_the_header_is_right_on_every_open_page(world, page_as):
    """Neither tab shows the list itself, and neither is reloaded."""
    tabs = [page_as(world.amara).visit("/caseload/"), page_as(world.amara, viewport=PHONE).visit("/messages/")]
    numbers = [tab.page.locator("[data-about=tasks]") for tab in tabs]
    for number in numbers:
        expect(number).to_be_hidden()
    owed(world, "one", due_at=timezone.now() + dt.timedelta(hours=5))
    for number in numbers:
        number.locator("[data-number]", has_text="1").wait_for(state="attached")
    expect(tabs[0].page.get_by_role("link", name="Home 1 to do")).to_be_visible()
    meet("reply", "one", closed_by="done")
    for tab in tabs:
        tab.page.locator("[data-about=tasks][hidden]").wait_for(state="attached")
    tabs[0].check()


@pytest.mark.rule("TIME-21d")
def test_a_patient_sees_on_every_page_that_something_waits_for_an_answer(world, page_as):
    letters = page_as(world.alice, viewport=PHONE).visit("/letters/")
    asked = give(world.alice_case, "phq-9", occasion="a test")
    number = letters.page.locator("[data-about=tasks]")
    number.locator("[data-number]", has_text="1").wait_for(state="attached")
    answer_all(asked, dict.fromkeys(range(1, 10), 0), by=world.alice.user)
    complete(asked, by=world.alice.user)
    letters.page.locator("[data-about=tasks][hidden]").wait_for(state="attached")


@pytest.mark.rule("TIME-21c")
@pytest.mark.rule("TIME-21e")
@pytest.mark.parametrize("left", ["nobody supervises", "its owner has left"])
def test_what_falls_to_the_lead_comes_and_goes_in_their_open_tab(world, page_as, left):
    past = timezone.now() - dt.timedelta(minutes=5)
    if left == "nobody supervises":
        type(world.sunniva).objects.filter(roles__role=Role.SUPERVISOR).update(is_active=False)
        kind, owner, label = "reply_escalated", None, "A reply is overdue"
    else:
        type(world.sunniva).objects.filter(pk=world.amara.user.pk).update(is_active=False)
        kind, owner, label = "reply", world.amara.user, "Reply to a message"
    home = page_as(world.leonie).visit("/home/")
    task = home.page.locator("[data-tasks]").get_by_text(label)
    expect(task).to_have_count(0)
    about = {"case_ref": world.alice_case.ref, "opened_by": "a test", "owner": owner}
    open_deadline(kind, str(world.alice_case.pk), due_at=past, at=past, **about)
    expect(task).to_be_visible()
    meet(kind, str(world.alice_case.pk), closed_by="done")
    expect(task).to_have_count(0)
