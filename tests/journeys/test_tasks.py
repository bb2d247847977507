"""What one owes, live in every open tab (TIME-21)."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone

from deadlines.actions import meet, open_deadline
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
        assert tab.page.get_by_text("Due soon").count() == 0
    owed(world, "second", due_at=now + dt.timedelta(hours=5, minutes=5))
    for tab in (first, second):
        tab.page.get_by_text("Due soon").wait_for(timeout=10_000)
        rows = tab.page.locator("[data-tasks] .app-tasks__due").all_inner_texts()
        assert [row.strip() for row in rows] == ["Due in 5 hours", "Due in 3 days"], "soonest first"
    picture(first, "tasks-desk")
    picture(second, "tasks-phone")
    first.check()
    meet("reply", "second", closed_by="done")
    for tab in (first, second):
        tab.page.get_by_text("Due soon").wait_for(state="detached", timeout=10_000)
        assert "Done. 1 left to do." in tab.page.locator("#announcements").text_content()


@pytest.mark.rule("TIME-21c")
def test_a_clinician_who_answers_sees_it_gone_from_the_other_tab(world, page_as):
    send(world.alice_case, "How do I fill in the diary?", by=world.alice.user, client_key="one")
    home = page_as(world.amara).visit("/home/")
    home.page.locator("[data-tasks]").get_by_text("Reply to a message").wait_for()
    send(world.alice_case, "Begin with one line a day.", by=world.amara.user, client_key="two")
    home.page.locator("[data-tasks]").get_by_text("You are up to date").wait_for(timeout=15_000)


@pytest.mark.rule("TIME-21c")
def test_a_patient_sees_a_new_message_without_a_reload(world, page_as):
    home = page_as(world.alice, viewport=PHONE).visit("/home/")
    assert home.page.get_by_text("new message").count() == 0
    send(world.alice_case, "Hello Alice.", by=world.amara.user, client_key="one")
    home.page.get_by_text("1 new message").wait_for(timeout=15_000)
