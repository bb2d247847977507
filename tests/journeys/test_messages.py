"""Two people write to each other in two browsers (MSG-1, MSG-11)."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from patients.cases.actions import turn
from tests import cast
from therapy.messages.actions import send
from therapy.messages.models import HeldMessage, Message

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def world(live_service):
    return cast.make_world()


def write(visitor, text: str) -> None:
    visitor.page.get_by_label("Your message").fill(text)
    visitor.press("Send")


def write_at_once(visitor, text: str) -> None:
    """Write and do not wait for the end of the ten seconds in which one could undo it."""
    write(visitor, text)
    visitor.press("Send it now")


def picture(visitor, name: str) -> None:
    """Keeps a picture where somebody wants to look at it."""
    if folder := os.environ.get("IESO_PICTURES"):
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.rule("MSG-1b")
@pytest.mark.rule("MSG-1g")
@pytest.mark.rule("MSG-11a")
def test_what_one_writes_the_other_sees_without_a_reload(world, page_as):
    url = f"/messages/{world.alice_case.ref}/"
    alice = page_as(world.alice, viewport=PHONE).visit("/messages/")
    amara = page_as(world.amara).visit(url)
    picture(alice, "empty-phone")
    write_at_once(
        amara, "Hello Alice,\nI am Amara, your therapist. 🌱\n\nHere is a page to read first: https://example.org/cbt."
    )
    alice.page.get_by_text("your therapist. 🌱").wait_for()
    expect(alice.page.get_by_text("No messages yet")).to_be_hidden()
    amara.page.get_by_text("Read", exact=True).wait_for()
    write_at_once(alice, "Thank you <b>Amara</b>!")
    amara.page.get_by_text("Thank you <b>Amara</b>!").wait_for()
    assert Message.objects.count() == 2
    alice.check()
    amara.check()
    picture(alice, "talk-phone")
    picture(amara, "talk-desk")
    link = alice.page.get_by_role("link", name="https://example.org/cbt", exact=True)
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"


@pytest.mark.rule("MSG-1d")
def test_a_refused_message_stays_where_it_was_typed(world, page_as):
    alice = page_as(world.alice, viewport=PHONE).visit("/messages/")
    alice.expect("422", "409")
    write(alice, "   ")
    assert alice.sees("Write something first")
    picture(alice, "refused-phone")
    turn(world.alice_case, "discharging", by=world.amara.user)
    write(alice, "One more thing")
    assert alice.sees("This conversation is closed")
    assert alice.sees("One more thing")
    picture(alice, "closed-phone")


def test_long_words_and_long_talks_fit_on_a_phone(world, page_as):
    lines = ("x" * 300, "A long paragraph. " * 60, "🌱" * 200, "https://example.org/" + "a" * 300)
    for number, text in enumerate(lines * 4):
        who = world.alice.user if number % 3 else world.amara.user
        send(world.alice_case, text, by=who, client_key=f"{number}")
    alice = page_as(world.alice, viewport=PHONE).visit("/messages/")
    picture(alice, "long-phone")
    amara = page_as(world.amara).visit(f"/messages/{world.alice_case.ref}/")
    picture(amara, "long-desk")
    picture(page_as(world.amara).visit("/messages/"), "inbox-desk")


def test_by_keyboard_alone(world, page_as):
    alice = page_as(world.alice).visit("/messages/")
    alice.page.get_by_label("Your message").focus()
    alice.page.keyboard.type("Typed without a mouse")
    for _ in range(5):
        alice.page.keyboard.press("Tab")
        if alice.page.evaluate("document.activeElement.textContent.trim()") == "Send":
            break
    alice.page.keyboard.press("Enter")
    alice.page.wait_for_url("**/messages/**#composer")
    assert HeldMessage.objects.get().text == "Typed without a mouse"
