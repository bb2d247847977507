"""Two tabs on one text, ten seconds to think again, and counts that are right on every tab (MSG-7, 9, 10, 11)."""

import datetime as dt
import os
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from drafts.models import Draft
from hub.models import MessageTemplate
from tests import cast
from tests.harness.browser import comes, drawn
from therapy.messages.actions import send
from therapy.messages.models import HeldMessage, Message

PHONE = {"width": 390, "height": 844}
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)


@pytest.fixture
def world(live_service):
    return cast.make_world()


def picture(visitor, name: str) -> None:
    if folder := os.environ.get("IESO_PICTURES"):
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def box(visitor):
    return visitor.page.get_by_label("Your message")


def saved(visitor) -> None:
    visitor.page.locator("[data-draft-status]").get_by_text("Saved at").wait_for()


@pytest.mark.rule("MSG-9a")
@pytest.mark.rule("MSG-9b")
@pytest.mark.rule("MSG-9d")
def test_two_devices_on_one_text_never_overwrite_each_other_unseen(world, page_as):
    url = f"/messages/{world.alice_case.ref}/"
    laptop, phone = page_as(world.alice).visit(url), page_as(world.alice, viewport=PHONE).visit(url)
    box(laptop).fill("I slept better this week")
    saved(laptop)
    phone.expect("409")
    box(phone).fill("I slept badly this week")
    phone.page.get_by_role("heading", name="Changed in another window").wait_for()
    assert Draft.objects.get().texts == {"text": "I slept better this week"}
    phone.check()
    picture(phone, "two-texts-phone")
    phone.page.get_by_role("button", name="Keep my text").click()
    saved(phone)
    assert Draft.objects.get().texts == {"text": "I slept badly this week"}
    for text in ("I slept better this week", "I slept badly this week"):
        phone.press("Undo")
        expect(box(phone)).to_have_value(text)
        assert comes(phone.page, lambda text=text: Draft.objects.get().texts == {"text": text})
    laptop.page.reload()
    expect(box(laptop)).to_have_value("I slept badly this week")


@pytest.mark.rule("MSG-7a")
@pytest.mark.rule("MSG-9c")
def test_a_closed_tab_loses_nothing(world, page_as):
    alice = page_as(world.alice).visit("/messages/")
    box(alice).fill("Half a thought")
    alice.visit("/").visit("/messages/")
    expect(box(alice)).to_have_value("Half a thought")


@pytest.mark.rule("MSG-7a")
@pytest.mark.rule("MSG-9c")
def test_a_page_left_while_it_saves_keeps_what_was_typed_meanwhile(world, page_as):
    """The first save is on its way to the server, and slow; the rest is typed and the page left before its answer."""
    url = f"/messages/{world.alice_case.ref}/"
    alice = page_as(world.alice, viewport=PHONE).visit(url)
    kept = []

    def keep_without_answer(route) -> None:
        kept.append(route.fetch())

    alice.page.route(f"**{url}draft/", keep_without_answer, times=1)
    with alice.page.expect_request(lambda request: request.method == "POST"):
        box(alice).fill("Half a")
    while not kept:
        alice.page.wait_for_timeout(50)
    box(alice).fill("Half a thought")
    alice.visit("/").visit(url)
    expect(box(alice)).to_have_value("Half a thought")


@pytest.mark.rule("MSG-9e")
def test_what_is_typed_before_the_scripts_have_come_is_kept(world, page_as):
    alice, waiting = page_as(world.alice, viewport=PHONE), []
    alice.page.route("**/draft*.js", lambda road: waiting.append(road))
    alice.page.goto(f"{alice.site.url}/messages/{world.alice_case.ref}/", wait_until="commit")
    box(alice).fill("A quick thought")
    assert comes(alice.page, lambda: waiting)
    waiting[0].continue_()
    alice.page.get_by_text("Saved at").wait_for()
    assert Draft.objects.get(owner=world.alice.user).texts["text"] == "A quick thought"


def write(visitor, text: str) -> None:
    """Send a message, which is held."""
    box(visitor).fill(text)
    visitor.page.get_by_role("button", name="Send", exact=True).click()
    visitor.page.get_by_text("It will be sent in").wait_for()


def left(visitor, time: dt.timedelta) -> None:
    """The held message is sent when so much time is over, and the page is read anew."""
    assert HeldMessage.objects.update(send_at=timezone.now() + time) == 1
    visitor.page.reload()


@pytest.mark.rule("MSG-10a")
@pytest.mark.rule("MSG-10b")
def test_undo_and_then_sent_by_the_page_at_the_end_of_its_count(world, page_as):
    url = f"/messages/{world.alice_case.ref}/"
    alice, amara = page_as(world.alice, viewport=PHONE).visit(url), page_as(world.amara).visit(url)
    write(alice, "I want to stop")
    left(alice, HOUR)  # to look at the page closely takes a busy machine more than the ten seconds
    alice.check()
    picture(alice, "held-phone")
    alice.press("Undo")
    expect(box(alice)).to_have_value("I want to stop")
    assert not HeldMessage.objects.exists()
    write(alice, "I want to go on")
    left(alice, 2 * SECOND)
    amara.page.get_by_text("I want to go on").wait_for()
    expect(amara.page.get_by_text("I want to stop")).to_be_hidden()
    assert Message.objects.get().text == "I want to go on"


@pytest.mark.rule("MSG-7d")
@pytest.mark.rule("MSG-11a")
def test_the_count_is_right_on_every_tab_and_falls_when_it_was_on_screen(world, page_as):
    url = f"/messages/{world.alice_case.ref}/"
    home, other = page_as(world.alice).visit("/"), page_as(world.alice, viewport=PHONE).visit("/letters/")
    for number in range(3):
        send(world.alice_case, f"{number}\n" + "A long message. " * 120, by=world.amara.user, client_key=f"{number}")
    for tab in (home, other):
        tab.page.locator("[data-about=messages]:not([hidden]) [data-number]", has_text="3").wait_for(state="attached")
    reader = page_as(world.alice, viewport=PHONE).visit(url)
    reader.page.wait_for_timeout(800)
    assert Message.objects.unread_by(world.alice.user).exists(), "the last one was not on screen yet"
    for item in reader.page.locator("[data-theirs]").all():
        item.evaluate("item => item.scrollIntoView({block: 'center'})")
        drawn(reader.page)
    for tab in (home, other):
        tab.page.locator("[data-about=messages][hidden]").wait_for(state="attached")
    assert not Message.objects.unread_by(world.alice.user).exists()


@pytest.mark.rule("MSG-3b")
def test_a_template_opens_for_editing(world, page_as):
    amara = page_as(world.amara, viewport=PHONE).visit(f"/messages/{world.alice_case.ref}/")
    amara.page.get_by_text("Begin with a template").click()
    picture(amara, "templates-phone")
    amara.check()
    amara.page.get_by_role("link", name="First appointment").click()
    expect(box(amara)).to_have_value(re.compile("Hello Alice"))
    assert amara.sees("Still to fill in")
    picture(amara, "unfilled-phone")
    amara.check()
    amara.expect("422")
    amara.press("Send")
    assert amara.sees("Not filled in yet: {appointment_time}")
    assert not Message.objects.exists()


@pytest.mark.rule("MSG-3a")
def test_the_lead_sees_the_preview_while_typing(world, page_as):
    leonie = page_as(world.leonie).visit("/message-templates/welcome/edition/")
    text = leonie.page.get_by_label("Text", exact=True)
    text.fill("Hello {preferred_name}, and {nobody}.")
    leonie.page.locator("#preview").get_by_text("cannot be filled in").wait_for()
    leonie.page.locator("#preview").get_by_text("Hello Robin, and").wait_for()
    leonie.check()
    picture(leonie, "template-desk")
    text.fill("Hello {preferred_name}, welcome.")
    leonie.press("Publish")
    assert leonie.sees("Clinicians use this version from now on")
    assert MessageTemplate.objects.in_force().get(slug="welcome").version == 2
    leonie.check()
    picture(leonie, "template-history")
    picture(leonie.visit("/message-templates/"), "template-list")


@pytest.mark.rule("ENG-6a")
def test_where_a_case_stands_is_a_picture(world, page_as):
    send(world.alice_case, "Shall we?", by=world.amara.user, client_key="p", template="engagement_prompt")
    amara = page_as(world.amara, viewport=PHONE).visit(f"/cases/{world.alice_case.ref}/engagement/")
    assert amara.sees("7-7 rule: engagement")
    amara.check()
    picture(amara, "engagement-phone")
    desk = page_as(world.amara).visit(f"/cases/{world.alice_case.ref}/")
    picture(desk, "case-desk")
