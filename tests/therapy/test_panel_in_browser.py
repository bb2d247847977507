"""The wait, the confidentiality question, trouble and the side panel in two browsers, phone and desk."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from measures.actions import answer_all, complete, give
from notices.models import OutboxMessage
from therapy.connection.models import Trouble
from therapy.room import actions as room
from therapy.room import confidentiality

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
PHONE = {"width": 390, "height": 780}
DESK = {"width": 1280, "height": 800}
MINUTES = dt.timedelta(minutes=1)


def enter(visitor, session):
    visitor.visit(f"/sessions/{session.ref}/")
    visitor.page.get_by_text("Connected", exact=True).wait_for()
    return visitor.page


@pytest.fixture
def begun(confirmed):
    """A session that began three minutes ago, with nobody in it."""
    at = timezone.now() - 30 * MINUTES
    return room.open_session(confirmed(27 * MINUTES, at=at))


@pytest.mark.rule("APPT-15a")
@pytest.mark.rule("APPT-16a")
def test_the_clinician_waits_and_the_patient_comes_late(page_as, world, begun):
    desk, phone = page_as(world.amara, viewport=DESK), page_as(world.alice, viewport=PHONE)
    amara = enter(desk, begun)
    amara.get_by_text("Waiting for Alice until").wait_for()
    count = amara.locator("[data-count-to]")
    expect(count).to_have_text(re.compile(r"^1[12]:\d\d$"))  # the page says it in words until its script counts
    expect(count).not_to_have_text(count.inner_text())
    amara.get_by_role("button", name="I will wait").click()
    amara.get_by_text("You said that you wait").wait_for()
    amara.locator(".talk__line").first.wait_for()
    assert OutboxMessage.objects.filter(notice="session_waiting").exists()
    desk.check()
    alice = enter(phone, begun)
    alice.get_by_text("Being late is all right").wait_for()
    amara.get_by_text("Waiting for Alice").wait_for(state="detached")
    phone.check()


@pytest.mark.rule("APPT-17b")
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_session_whose_connection_is_gone_can_be_ended_from_the_room(page_as, world, confirmed, viewport):
    now = timezone.now()
    session = room.open_session(confirmed(15 * MINUTES, at=now - 30 * MINUTES))
    room.join(session, world.alice.user, at=now - 14 * MINUTES)
    room.beat(session, world.alice.user, at=now - 13 * MINUTES)
    desk = page_as(world.amara, viewport=viewport)
    amara = enter(desk, session)
    amara.get_by_text("The connection was lost for").wait_for()
    desk.check()
    amara.get_by_role("link", name="End as aborted").click()
    expect(amara.locator("input[value=aborted]")).to_be_checked()


@pytest.mark.rule("ROOM-7b")
def test_the_statement_is_posted_and_answered_in_the_room(page_as, world, session):
    desk, phone = page_as(world.amara, viewport=DESK), page_as(world.alice, viewport=PHONE)
    amara, alice = enter(desk, session), enter(phone, session)
    alice.get_by_role("textbox", name="Write a message").fill("Half a sentence")
    amara.get_by_role("button", name="Post the confidentiality statement").click()
    alice.get_by_role("button", name="Yes, I agree").wait_for()
    phone.check()
    alice.get_by_role("button", name="Yes, I agree").click()
    alice.get_by_role("button", name="Yes, I agree").wait_for(state="detached")
    amara.locator(".talk__text", has_text="I have read this and I agree.").wait_for()
    amara.get_by_text("no answer yet").wait_for(state="detached")
    expect(alice.get_by_role("textbox", name="Write a message")).to_have_value("Half a sentence")
    assert confidentiality.answer_of(session).answer == "agreed"
    desk.check()


@pytest.mark.rule("ROOM-6c")
@pytest.mark.rule("ROOM-6d")
def test_the_panel_keeps_the_note_and_puts_a_template_into_the_box(page_as, world, session):
    given = give(world.alice_case, "phq-9", occasion="session 1")
    answer_all(given, dict.fromkeys(range(1, 10), 1), by=world.alice.user)
    complete(given, by=world.alice.user)
    desk = page_as(world.amara, viewport=DESK)
    amara = enter(desk, session)
    beside = amara.get_by_role("complementary")
    for title in ("Last plan", "Scores", "Risk", "Note of this session", "Message templates", "Questionnaires"):
        beside.locator("summary", has_text=re.compile(f"^{title}$")).click()
    beside.locator("svg").first.wait_for()
    beside.get_by_text("No alert waits for a review.").wait_for()
    beside.get_by_role("button", name="Waiting in the room").click()
    box = amara.get_by_role("textbox", name="Write a message")
    beside.get_by_text("It is in the box.").wait_for()
    expect(box).to_have_value(re.compile("Alice"))
    beside.get_by_label("Agenda").press_sequentially("Sleep, then the diary")
    beside.get_by_text("Saved at").wait_for()
    desk.check()
    amara.reload()
    beside.locator("summary", has_text="Note of this session").click()
    beside.get_by_label("Agenda").wait_for()
    expect(beside.get_by_label("Agenda")).to_have_value("Sleep, then the diary")


@pytest.mark.rule("ROOM-14b")
def test_a_technical_problem_is_told_with_the_trace(page_as, world, session):
    phone = page_as(world.alice, viewport=PHONE)
    alice = enter(phone, session)
    alice.get_by_role("button", name="Technical problem").click()
    dialog = alice.get_by_role("dialog")
    dialog.get_by_label("What is going wrong?").fill("It hangs")
    phone.check()
    dialog.get_by_role("button", name="Tell the office").click()
    dialog.get_by_text("The office knows now.").wait_for()
    kept = Trouble.objects.get()
    assert kept.words == "It hangs"
    assert "open" in [entry["state"] for entry in kept.trace]
    dialog.get_by_role("button", name="Back to the session").click()


@pytest.mark.rule("ROOM-14a")
def test_connection_and_device_are_checked_before_a_session(page_as, world, session):
    phone = page_as(world.alice, viewport=PHONE)
    phone.visit(f"/connection-check/?back={session.appointment.ref}")
    phone.page.get_by_text("All is well. You are ready for your session.").wait_for()
    expect(phone.page.locator("[data-state=good]")).to_have_count(5)
    phone.check()


@pytest.mark.rule("APPT-17b")
@pytest.mark.rule("APPT-17e")
def test_where_ten_minutes_were_lost_aborted_is_offered_with_the_record(page_as, world, confirmed):
    at = timezone.now() - 60 * MINUTES
    lost = room.open_session(confirmed(35 * MINUTES, at=at))
    start = lost.appointment.starts_at
    for who in (world.alice, world.amara):
        room.join(lost, who.user, at=start)
    for number in range(101):
        room.beat(lost, world.amara.user, at=start + number * dt.timedelta(seconds=15))
    desk = page_as(world.amara, viewport=DESK)
    amara = enter(desk, lost)
    amara.get_by_role("link", name="End session").click()
    amara.get_by_text("The limit of 10 minutes is reached.").wait_for()
    expect(amara.get_by_label("Aborted")).to_be_checked()
    desk.check()
    amara.get_by_role("button", name="End session").click()
    amara.get_by_role("heading", name="Clinical note").wait_for()
