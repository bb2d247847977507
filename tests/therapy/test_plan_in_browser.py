"""The plan beside the conversation in two browsers, phone and desk (ROOM-12)."""

import re

import pytest
from playwright.sync_api import expect

from tests.harness.browser import comes
from tests.therapy.test_panel_in_browser import DESK, PHONE, enter
from therapy.homework.models import Homework
from therapy.messages.actions import send
from therapy.sheets import actions as sheets
from therapy.sheets.models import Sheet
from therapy.together import actions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.mark.rule("ROOM-12g")
@pytest.mark.rule("ROOM-12a")
def test_both_plan_beside_the_conversation_and_see_each_others_changes(page_as, world, session):
    desk, phone = page_as(world.amara, viewport=DESK), page_as(world.alice, viewport=PHONE)
    amara, alice = enter(desk, session), enter(phone, session)
    box = alice.get_by_role("textbox", name="Write a message")
    box.fill("Half a sentence")
    alice.get_by_role("button", name="Plan").click()
    expect(alice.get_by_role("region", name="Plan for this session")).to_be_focused()
    expect(box).to_be_in_viewport()
    alice.get_by_label("Add something to talk about").fill("How I sleep")
    alice.keyboard.press("Enter")
    expect(alice.locator(".plan__text", has_text="How I sleep")).to_be_visible()
    expect(alice.get_by_label("Add something to talk about")).to_have_value("")
    amara.get_by_role("button", name=re.compile("Plan.*changed")).click()
    tick = amara.get_by_role("button", name="Done: How I sleep")
    tick.click()
    expect(tick).to_have_attribute("aria-pressed", "true")
    expect(tick).to_be_focused()
    alice.get_by_label("Add something to talk about").fill("Work, and")
    expect(alice.get_by_role("button", name="Done: How I sleep")).to_have_attribute("aria-pressed", "true")
    expect(alice.get_by_label("Add something to talk about")).to_have_value("Work, and")
    expect(box).to_have_value("Half a sentence")
    desk.check()
    phone.check()


@pytest.mark.rule("ROOM-12c")
@pytest.mark.rule("ROOM-12g")
def test_homework_is_agreed_in_the_room_and_comes_up_at_the_other_side(page_as, world, session):
    desk, phone = page_as(world.amara, viewport=DESK), page_as(world.alice, viewport=PHONE)
    amara, alice = enter(desk, session), enter(phone, session)
    alice.get_by_role("button", name="Plan").click()
    alice.get_by_text("Nothing agreed yet.").wait_for()
    amara.get_by_role("button", name="Plan").click()
    amara.get_by_text("Write down what you agree").click()
    amara.get_by_role("button", name="Write it down").click()
    amara.get_by_text("Write what to try").first.wait_for()
    amara.get_by_label("What to try").fill("Walk to the park")
    amara.get_by_role("button", name="Write it down").click()
    alice.locator(".plan__task", has_text="Walk to the park").wait_for()
    assert Homework.objects.get().due_on is not None
    alice.keyboard.press("Escape")
    expect(alice.get_by_role("button", name="Plan")).to_be_focused()
    desk.check()


@pytest.mark.rule("ROOM-12g")
def test_what_changed_during_a_cut_is_there_after_it(page_as, world, session, live_service):
    phone = page_as(world.alice, viewport=PHONE)
    phone.expect("WebSocket", "ERR_", "Failed to load", "htmx:")
    alice = enter(phone, session)
    alice.get_by_role("button", name="Plan").click()
    alice.get_by_text("Nothing yet.").wait_for()
    alice.context.set_offline(True)
    actions.add(session.appointment, "The diary", by=world.amara.user, client_key="k")
    live_service.kill()
    live_service.start()
    alice.context.set_offline(False)
    alice.locator(".plan__text", has_text="The diary").wait_for()


@pytest.mark.rule("ROOM-12e")
@pytest.mark.rule("ROOM-12g")
@pytest.mark.rule("ROOM-12h")
def test_both_write_in_one_sheet_and_neither_overwrites_the_other(page_as, world, session):
    desk, phone = page_as(world.amara, viewport=DESK), page_as(world.alice, viewport=PHONE)
    desk.expect("409")
    amara, alice = enter(desk, session), enter(phone, session)
    for page in (amara, alice):
        page.get_by_role("button", name="Plan").click()
    amara.get_by_role("button", name="Begin: Thought record").click()
    for page in (amara, alice):
        page.get_by_role("link", name="Thought record", exact=True).click()
    hers, mine = (page.get_by_label("What went through your mind?") for page in (amara, alice))
    mine.press_sequentially("They all stared")
    amara.get_by_text("Alice is writing here").wait_for()
    expect(hers).to_have_value("They all stared")
    on_their_way = []
    amara.route("**/thoughts/", lambda route: on_their_way.append(route))
    hers.press_sequentially(" at me")
    assert comes(amara, lambda: on_their_way)
    sheet = Sheet.objects.get()
    sheets.write(sheet, "thoughts", "They looked", sheets.saved_of(sheet, "thoughts").version, by=world.alice.user)
    for route in on_their_way:
        route.continue_()
    amara.unroute("**/thoughts/")
    amara.get_by_text("This was changed while you wrote.").wait_for()
    desk.check()
    amara.get_by_role("button", name="Keep both").click()
    expect(mine).to_have_value("They looked\nThey all stared at me")
    for text in ("They all stared at me", "They looked\nThey all stared at me"):
        amara.get_by_role("button", name="Undo").click()
        expect(mine).to_have_value(text)
    kept = sheet.entries.filter(field="thoughts").values_list("text", flat=True)
    assert {"They all stared", "They looked", "They looked\nThey all stared at me"} <= set(kept)
    expect(alice.get_by_role("textbox", name="Write a message")).to_be_in_viewport()
    phone.check()


@pytest.mark.rule("MSG-4c")
def test_a_patient_fills_in_a_worksheet_on_a_phone(page_as, world):
    case = world.alice_case
    send(case, "For you", by=world.amara.user, client_key="k", adds={"add_worksheet": "worry-path"})
    phone = page_as(world.alice, viewport=PHONE)
    phone.visit(f"/messages/{case.ref}/").follow("Worksheet: The worry path")
    alice = phone.page
    alice.get_by_label("What is the worry?").press_sequentially("What if I am late?")
    alice.get_by_text("Saved at").wait_for()
    phone.check()
    alice.reload()
    expect(alice.get_by_label("What is the worry?")).to_have_value("What if I am late?")
    alice.get_by_label("Is there anything you can do").fill("Take the earlier bus")
    phone.press("Send it back to your therapist")
    alice.get_by_text("It can no longer be changed.").wait_for()
    expect(alice.get_by_text("Take the earlier bus")).to_be_visible()
    phone.check()
