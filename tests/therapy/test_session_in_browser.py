"""A session in two browsers, phone and desk: writing, being cut off, coming back, ending; by keyboard alone."""

import datetime as dt
import re

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import expect

from tests.harness.browser import DESK, IN_SIGHT, comes, until
from therapy.appointments.models import Appointment
from therapy.room import actions as room
from therapy.room.models import LineDraft
from therapy.room.typed import typed_by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
PHONE = {"width": 390, "height": 780}
SMALL_PHONE = ({"width": 320, "height": 568}, {"width": 320, "height": 400})
# What Chromium and htmx say on the console of requests that nobody answers.
NOBODY_THERE = (
    "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE",
    "WebSocket", "htmx:afterRequest", "htmx:sendError",
)  # fmt: skip
STORED = """
    async () => [JSON.stringify(localStorage), JSON.stringify(sessionStorage), await indexedDB.databases(),
        await caches.keys()].flat().join()
"""
MUCH_TYPED = 150
FIRST = "Hello Alice.\n\nHow are you? See https://example.org/diary."


def enter(visitor, session):
    """Go into the room and wait until it is connected."""
    visitor.visit(f"/sessions/{session.ref}/")
    visitor.page.get_by_text("Connected", exact=True).wait_for()
    return visitor.page


def say(page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Send").click()


def log(page):
    """The conversation as one sees it; what is spoken aloud stands elsewhere."""
    return page.get_by_role("log")


def part_beside(page, title: str):
    """A part of the clinician's side panel, opened."""
    part = page.locator("details.beside").filter(has=page.get_by_text(title, exact=True))
    if part.get_attribute("open") is None:
        part.locator("summary").click()
    return part


def lines(page) -> list[str]:
    return page.locator(".talk__line .talk__text").all_inner_texts()


@pytest.fixture
def both(page_as, world, session):
    """The pages of Alice on a phone and of Amara at a desk, both in the room."""
    alice = enter(page_as(world.alice, viewport=PHONE), session)
    amara = enter(page_as(world.amara, viewport=DESK), session)
    return alice, amara


@pytest.mark.rule("ROOM-1a")
@pytest.mark.rule("ROOM-3a")
@pytest.mark.rule("ROOM-3b")
def test_two_people_write_to_each_other(both, session):
    alice, amara = both
    amara.get_by_text("Alice is here").wait_for()
    say(amara, FIRST)
    log(alice).get_by_text("How are you?").wait_for()
    assert (
        alice.get_by_role("link", name="https://example.org/diary").get_attribute("rel")
        == "noopener noreferrer nofollow"
    )
    amara.get_by_text("Seen", exact=True).wait_for()
    alice.get_by_role("textbox").press_sequentially("Better, I think <b>", delay=10)
    amara.get_by_text("Alice is typing").wait_for()
    alice.keyboard.press("Enter")
    log(amara).get_by_text("Better, I think <b>").wait_for()
    said = ["Hello Alice.\n\nHow are you? See https://example.org/diary.", "Better, I think <b>"]
    assert comes(alice, lambda: lines(alice) == lines(amara) == said)
    expect(alice.get_by_text(re.compile("Starts in . minutes"))).to_be_visible()
    stored = alice.evaluate(STORED)
    assert "Hello" not in stored
    assert "Better" not in stored


@pytest.mark.rule("ROOM-3c")
def test_what_is_being_typed_survives_a_reload(both):
    alice, _ = both
    alice.get_by_role("textbox").fill("I have been meaning to say")
    alice.get_by_text(re.compile("^Kept ")).wait_for()
    alice.reload()
    alice.get_by_text(re.compile("^Kept ")).wait_for()
    expect(alice.get_by_role("textbox")).to_have_value("I have been meaning to say")


def write_elsewhere(session, text: str) -> None:
    """Another window of Alice kept a text, and the ring that says so was lost."""
    LineDraft.objects.filter(session=session).update(text=text, version=F("version") + 5, page="elsewhere")


def in_sight_over_the_keyboard(page, *parts: str) -> None:
    """On a small phone as well, with its keyboard and without, the box and these parts are not pushed out of it."""
    for size in (*SMALL_PHONE, PHONE):
        page.set_viewport_size(size)
        for part in ("#line", ".composer__send", *parts):
            until(page, IN_SIGHT, part)


@pytest.mark.rule("ROOM-3m")
@pytest.mark.rule("MSG-9b")
def test_two_windows_of_one_person_show_the_difference_and_ask(page_as, world, session):
    phone = page_as(world.alice, viewport=PHONE)
    one, other = enter(phone, session), phone.context.new_page()
    other.goto(one.url)
    other.get_by_text("Connected", exact=True).wait_for()
    box, choice = one.get_by_role("textbox"), one.locator("[data-choice]")
    box.fill("I slept badly")
    expect(other.get_by_role("textbox")).to_have_value("I slept badly")  # it holds nothing of its own
    write_elsewhere(session, "I slept well")
    box.fill("I slept badly again")
    choice.get_by_text("You also wrote in another window.").wait_for()
    expect(choice.locator("ins")).to_have_text(["well"])
    assert typed_by(session, world.alice.user).text == "I slept well"
    expect(box).to_be_focused()
    phone.check()
    in_sight_over_the_keyboard(one, "[data-choice-mine]", "[data-choice-theirs]")
    choice.get_by_role("button", name="Keep mine").click()
    expect(other.get_by_role("textbox")).to_have_value("I slept badly again")
    expect(choice).to_be_hidden()
    write_elsewhere(session, "From the laptop")
    box.fill("From the phone")
    choice.get_by_role("button", name="Take the other").click()
    expect(box).to_have_value("From the laptop")
    expect(choice).to_be_hidden()
    in_sight_over_the_keyboard(one, "[data-choice-back]")
    # A slip of the thumb: the two change places, and what stands in the box is what is kept.
    phone.check()
    for text in ("From the phone", "From the laptop"):
        one.get_by_role("button", name="Undo").click()
        expect(box).to_have_value(text)
        expect(box).to_be_focused()
        expect(other.get_by_role("textbox")).to_have_value(text)
    box.press("Control+Enter")
    expect(one.get_by_role("button", name="Undo")).to_be_hidden()


@pytest.mark.rule("ROOM-3m")
def test_a_page_that_goes_before_its_writer_chose_loses_neither_text(page_as, world, session):
    alice = enter(page_as(world.alice, viewport=PHONE), session)
    alice.get_by_role("textbox").fill("First")
    alice.get_by_text(re.compile("^Kept ")).wait_for()
    write_elsewhere(session, "From the laptop")
    alice.get_by_role("textbox").fill("From the phone")
    alice.locator("[data-choice]").get_by_text("You also wrote in another window.").wait_for()
    alice.reload()
    expect(alice.get_by_role("textbox")).to_have_value("From the laptop\n\nFrom the phone")


@pytest.mark.rule("ROOM-3c")
def test_somebody_who_goes_on_typing_on_a_phone_loses_nothing_either(page_as, world, session):
    phone = page_as(world.alice, viewport=PHONE, has_touch=True, is_mobile=True)
    alice = enter(phone, session)
    box, typed = alice.get_by_role("textbox"), ""
    expect(box).to_have_attribute("enterkeyhint", "enter")
    while not (kept := typed_by(session, world.alice.user).text) and len(typed) < MUCH_TYPED:
        box.press_sequentially("word ", delay=100)
        typed += "word "
    assert kept, "nothing is kept before one stops typing"
    assert typed.startswith(kept)
    box.press_sequentially("end")
    alice.reload()
    alice.get_by_text(re.compile("^Kept ")).wait_for()
    expect(box).to_have_value(f"{typed}end")


def test_help_opens_over_the_room_and_the_way_out_is_in_sight(page_as, world, session):
    phone = page_as(world.alice, viewport={"width": 320, "height": 640})
    alice = enter(phone, session)
    expect(alice.get_by_role("link", name="Leave the room")).to_be_visible()
    alice.get_by_role("textbox").fill("Half a sentence")
    alice.locator(".app-help-strip").get_by_role("link", name="Get help now").click()
    expect(alice.get_by_role("dialog").get_by_role("link", name="Call 999").first).to_be_visible()
    phone.check()
    alice.get_by_role("button", name="Back to your session").click()
    expect(alice.get_by_role("dialog")).to_be_hidden()
    expect(alice.get_by_role("textbox")).to_have_value("Half a sentence")
    phone.check()


@pytest.mark.rule("ROOM-3d")
def test_what_was_being_typed_at_the_end_stays_in_sight(both, world, session):
    alice, _ = both
    alice.get_by_role("textbox").fill("One more thing")
    alice.get_by_text(re.compile("^Kept ")).wait_for()
    room.end_session(session, "late_cancelled", by=world.amara.user)
    alice.get_by_text("was not sent. Copy it to Messages").wait_for()
    expect(alice.get_by_role("textbox")).to_have_value("One more thing")
    expect(alice.get_by_role("link", name="Home", exact=True).last).to_be_visible()
    expect(alice.get_by_text(re.compile("Starts in|left"))).to_be_hidden()
    alice.reload()
    expect(alice.get_by_text("One more thing")).to_be_visible()


@pytest.mark.rule("ROOM-2d")
def test_a_server_that_dies_costs_nothing_but_a_moment(page_as, live_service, world, session):
    visitors = page_as(world.alice, viewport=PHONE), page_as(world.amara)
    for visitor in visitors:
        visitor.expect(*NOBODY_THERE)
    alice, amara = (enter(visitor, session) for visitor in visitors)
    live_service.may_fail = True
    say(alice, "Before")
    amara.get_by_text("Before", exact=True).wait_for()
    send = part_beside(amara, "Questionnaires").get_by_role("button", name=re.compile("Send")).first
    send.wait_for()
    live_service.kill()
    alice.get_by_text("Connection lost").wait_for()
    say(alice, "While it was gone")
    say(alice, "And one more")
    send.click()
    amara.get_by_role("alert").get_by_text("We could not reach the service").wait_for()
    risk = part_beside(amara, "Risk")
    expect(risk.get_by_text("Loading")).to_be_visible()
    live_service.start()
    log(amara).get_by_text("And one more").wait_for(timeout=90_000)
    alice.get_by_text("Connected", exact=True).wait_for(timeout=90_000)
    said = ["Before", "While it was gone", "And one more"]
    assert comes(alice, lambda: lines(alice) == lines(amara) == said)
    risk.get_by_text("No alert waits for a review").wait_for(timeout=90_000)
    send.click()
    part_beside(amara, "Questionnaires").get_by_text("not filled in yet").wait_for()


@pytest.mark.rule("ROOM-3b")
def test_a_device_that_loses_its_network_asks_at_once_whether_anybody_answers(page_as, world, session):
    visitor, said = page_as(world.alice, viewport=PHONE), []
    visitor.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: said.append(str(frame))))
    alice = enter(visitor, session)
    asked = len([frame for frame in said if '"ping"' in frame])
    alice.evaluate("dispatchEvent(new Event('offline'))")
    assert comes(alice, lambda: len([frame for frame in said if '"ping"' in frame]) > asked)


@pytest.mark.rule("ROOM-2g")
@pytest.mark.rule("ROOM-3l")
def test_where_sockets_are_blocked_it_goes_on_without(page_as, world, session):
    blocked = page_as(world.alice, viewport=PHONE)
    blocked.page.route_web_socket(re.compile("/ws/"), lambda socket: socket.close())
    amara = enter(page_as(world.amara), session)
    blocked.visit(f"/sessions/{session.ref}/")
    alice = blocked.page
    alice.get_by_text("The connection is slow").wait_for(timeout=90_000)
    say(alice, "Can you read this?")
    say(amara, "Yes, I can.")
    log(alice).get_by_text("Yes, I can.").wait_for()
    log(amara).get_by_text("Can you read this?").wait_for()
    alice.get_by_text("Seen", exact=True).wait_for(timeout=90_000)
    assert comes(alice, lambda: sorted(lines(alice)) == ["Can you read this?", "Yes, I can."])
    alice.get_by_role("link", name="Leave the room").click()
    amara.locator("[data-strip]").get_by_text("Alice left the room at").wait_for()


@pytest.mark.rule("ROOM-3b")
@pytest.mark.rule("ROOM-4c")
def test_somebody_signed_out_elsewhere_is_told_and_keeps_what_was_typed(page_as, world, session):
    here = page_as(world.alice, viewport=PHONE)
    alice = enter(here, session)
    alice.get_by_role("textbox").fill("Half a sentence")
    other = here.context.new_page()
    other.goto(here.site.url + "/appointments/")
    other.get_by_role("button", name="Menu").click()
    other.get_by_role("button", name="Sign out").click()
    alice.get_by_text("You are signed out. What you were writing is kept.").wait_for()
    expect(alice.get_by_role("link", name="Sign in again")).to_be_visible()
    expect(alice.get_by_role("textbox")).to_have_value("Half a sentence")


@pytest.mark.rule("ROOM-3e")
def test_the_clinician_is_still_here_while_saying_how_it_ended(both):
    alice, amara = both
    alice.locator("[data-here=yes]").wait_for()
    amara.get_by_role("link", name="End session").click()
    amara.get_by_label("Late cancellation").wait_for()
    amara.wait_for_timeout(3000)
    assert alice.locator("[data-presence]").get_attribute("data-here") == "yes"


@pytest.mark.rule("ROOM-3l")
@pytest.mark.rule("APPT-17h")
def test_a_reload_is_not_leaving_and_leaving_is_said_to_the_other(both, world, session):
    alice, amara = both
    amara.locator("[data-presence][data-away=here]").wait_for()
    alice.reload()
    alice.get_by_text("Connected", exact=True).wait_for()
    assert not session.presences.get(user=world.alice.user).left_room
    alice.get_by_role("link", name="Leave the room").click()
    alice.get_by_role("heading", level=1).first.wait_for()
    amara.locator("[data-strip]").get_by_text("Alice left the room at").wait_for()
    expect(amara.get_by_text("Alice has left the room")).to_be_visible()
    assert session.presences.get(user=world.alice.user).left_room
    assert "left the room" not in amara.locator("#announcements").inner_text()  # the strip is spoken by itself
    alice.go_back()
    amara.get_by_text("Alice is here").wait_for()
    expect(amara.locator("[data-strip]").get_by_text("left the room")).to_have_count(0)


def test_the_end_gives_both_a_way_on(both):
    alice, amara = both
    say(alice, "Thank you.")
    log(amara).get_by_text("Thank you.").wait_for()
    amara.get_by_role("link", name="End session").click()
    amara.get_by_label("Late cancellation").check()
    amara.get_by_role("button", name="End session").click()
    amara.get_by_role("heading", name="Clinical note").wait_for()
    alice.get_by_role("link", name="Read the conversation").click()
    alice.get_by_text("Thank you.").wait_for()
    expect(alice.get_by_text("The session ended")).to_be_visible()


def test_booking_and_writing_by_keyboard_alone(page_as, world):
    amara = page_as(world.amara)
    amara.visit(f"/cases/{world.alice_case.ref}/appointments/new/")
    keys = amara.page.keyboard
    amara.page.get_by_label("Day").focus()
    keys.type(f"{timezone.localdate() + dt.timedelta(days=40):%d%m%Y}")
    keys.press("Tab")
    tab_to(amara.page, "time")
    keys.type("0700PM")
    tab_to(amara.page, "submit")
    keys.press("Enter")
    amara.page.get_by_text("Offered for").wait_for()
    amara.check()
    made = Appointment.objects.get()
    alice = page_as(world.alice, viewport=PHONE).visit(f"/appointments/{made.ref}/")
    tab_to(alice.page, "submit", "Confirm")
    alice.page.keyboard.press("Enter")
    alice.page.get_by_text("is now confirmed").wait_for()
    alice.check()


def tab_to(page, kind: str, text: str = "") -> None:
    """Press Tab until a control of that type (and with that text) has the focus."""
    for _ in range(40):
        focus = page.evaluate("[document.activeElement.type ?? '', document.activeElement.textContent.trim()]")
        if focus[0] == kind and focus[1].startswith(text) and focus[1] not in ("Sign out", "Menu"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {kind} {text} by keyboard")
