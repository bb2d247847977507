"""The room as a page to be at ease in: scrolling, the phone's keyboard, keys, what is spoken, colours and sizes."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.harness.browser import DESK, IN_SIGHT, comes, drawn, until
from therapy.room import actions as room
from therapy.room.models import Line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
PHONE = {"width": 390, "height": 844}
KEYBOARD_UP = {"width": 390, "height": 450}
SMALL_KEYBOARD_UP = {"width": 320, "height": 400}
ZOOMED = {"width": 320, "height": 225}
LONG = 600
# How much of the conversation stands above the box.
TALK_IN_SIGHT = """least => document.querySelector('.composer').getBoundingClientRect().top
    - Math.max(0, document.querySelector('[data-log]').getBoundingClientRect().top) >= least"""
AT_THE_END = """() => { const log = document.querySelector('[data-log]');
    return log.scrollHeight - log.scrollTop - log.clientHeight < 2 }"""
# From its beginning to its end; answers how long the slowest step took.
SCROLLED_THROUGH = """() => new Promise(done => {
    const log = document.querySelector('[data-log]'); let last = performance.now(), worst = 0, n = 0;
    log.scrollTop = 0;
    const step = now => { worst = Math.max(worst, now - last); last = now; log.scrollTop += 700;
        n++ < 60 ? requestAnimationFrame(step) : done(worst) };
    requestAnimationFrame(step) })"""
SPOKEN = "[...document.querySelectorAll('#announcements p')].map(p => p.textContent)"
TALK = [
    ("clinician", "Hello Alice, good to see you. Our plan:\n- how the week was\n- Thursday, step by step"),
    ("patient", "Mixed, to be honest. " + "The first days were ok, then on Thursday it all came back. " * 6),
    ("patient", "yes please"),
    ("clinician", "You find it here: https://www.example.org/worksheets/thought-record-for-the-week?version=2"),
]


def fill(world, session, count: int) -> None:
    """Write so many lines into a session, as if they had been said in the last hour."""
    start = timezone.now() - dt.timedelta(hours=1)
    people = {"clinician": world.amara.user, "patient": world.alice.user}
    head = session.head
    Line.objects.bulk_create(
        Line(
            session=session,
            seq=head + n + 1,
            cid=f"fill-{n}",
            sender=people[TALK[n % 4][0]],
            text=f"{n}: {TALK[n % 4][1]}",
            at=start + dt.timedelta(seconds=5 * n),
        )
        for n in range(count)
    )
    type(session).objects.filter(pk=session.pk).update(head=head + count)


def enter(visitor, session):
    visitor.page.goto(f"{visitor.site.url}/sessions/{session.ref}/")
    visitor.page.locator("[data-link=open]").wait_for(state="attached")
    return visitor.page


def box(page):
    return page.get_by_role("textbox", name="Write a message")


def to_its_end(page) -> None:
    """Wait until the conversation is scrolled to its end."""
    until(page, f"({AT_THE_END})()")


def choose(user, **chosen) -> None:
    for name, value in chosen.items():
        setattr(user, name, value)
    user.save()


@pytest.mark.rule("ROOM-3f")
@pytest.mark.rule("ACC-13a")
def test_over_the_keyboard_of_a_phone_everything_needed_is_in_sight(page_as, world, session):
    fill(world, session, 12)
    alice = enter(page_as(world.alice, viewport=PHONE, has_touch=True, is_mobile=True), session)
    for size in (PHONE, KEYBOARD_UP):
        alice.set_viewport_size(size)
        box(alice).fill("A long answer.\n" * 12)
        for part in ("#line", ".composer__send", ".app-leave", ".app-help-strip a", ".room__doors a", "[data-time]"):
            until(alice, IN_SIGHT, part)
        until(alice, "document.querySelector('[data-log]').clientHeight > 90")
        to_its_end(alice)
    assert alice.evaluate("document.documentElement.scrollWidth") == KEYBOARD_UP["width"]


@pytest.mark.rule("ROOM-3f")
def test_over_the_keyboard_a_clinician_reads_the_newest_lines_beneath_two_rows(page_as, world, session):
    fill(world, session, 12)
    amara = enter(page_as(world.amara, viewport=KEYBOARD_UP, has_touch=True, is_mobile=True), session)
    for part in (
        "#line",
        ".room__title",
        "[data-time]",
        "[data-problem]",
        ".room__door--end",
        ".room__doors a:last-child",
    ):
        until(amara, IN_SIGHT, part)
    until(amara, "document.querySelector('.room__bar').clientHeight < 90")
    to_its_end(amara)


@pytest.mark.rule("ROOM-3n")
def test_over_the_keyboard_of_a_small_phone_a_notice_and_the_strip_leave_two_lines_in_sight(page_as, world, session):
    """Nothing is swept here, so there is a service notice; and the statement waits in the strip to be posted."""
    fill(world, session, 12)
    phone = page_as(world.amara, viewport=SMALL_KEYBOARD_UP, has_touch=True, is_mobile=True)
    amara = enter(phone, session)
    amara.get_by_role("button", name="Post the confidentiality statement").wait_for()
    box(amara).focus()
    for part in ("#line", ".composer__send", ".room__title", "[data-time]", ".room__door--end", "[data-banner-more]"):
        until(amara, IN_SIGHT, part)
    until(amara, "document.querySelector('[data-log]').clientHeight >= 100")
    to_its_end(amara)
    expect(amara.locator(".talk__line").last).to_be_in_viewport()
    assert amara.locator("[data-banner]").evaluate("e => e.clientHeight") < 40
    amara.get_by_role("button", name="More").click()
    expect(amara.get_by_text("until then look at due times yourself")).to_be_in_viewport()
    expect(box(amara)).to_be_focused()
    until(amara, IN_SIGHT, "#line")
    amara.get_by_role("button", name="Less").click()
    amara.set_viewport_size(DESK)
    expect(amara.locator("[data-banner-more]")).to_be_hidden()
    expect(amara.get_by_text("until then look at due times yourself")).to_be_in_viewport()


@pytest.mark.rule("ACC-12d")
def test_at_400_per_cent_zoom_the_box_stays_in_sight(page_as, world, session):
    fill(world, session, 12)
    alice = enter(page_as(world.alice, viewport=ZOOMED), session)
    for top in (0, 200):
        alice.evaluate(f"scrollTo(0, {top})")
        until(alice, IN_SIGHT, "#line")
    assert alice.evaluate("document.documentElement.scrollWidth") == ZOOMED["width"]
    alice.evaluate("scrollTo(0, 0)")
    box(alice).blur()
    box(alice).focus()
    until(alice, TALK_IN_SIGHT, 90)


@pytest.mark.rule("ROOM-3g")
def test_nothing_scrolls_under_the_reader_s_eyes(page_as, world, session):
    fill(world, session, 60)
    alice = enter(page_as(world.alice, viewport=PHONE), session)
    log = alice.get_by_role("log")
    log.get_by_text("59: ").wait_for()
    to_its_end(alice)
    alice.eval_on_selector("[data-log]", "e => { e.scrollTop = 400 }")
    drawn(alice)
    for n in range(2):
        room.write(session.ref, world.amara.user, f"new-{n}", f"New {n}")
    jump = alice.get_by_role("button", name="2 new messages")
    jump.wait_for()
    assert alice.eval_on_selector("[data-log]", "e => e.scrollTop") == 400
    assert not alice.evaluate(AT_THE_END)
    expect(alice.locator(".talk__new + .talk__line")).to_have_text(re.compile("New 0$"))
    box(alice).focus()
    jump.click()
    to_its_end(alice)
    expect(jump).to_be_hidden()
    expect(box(alice)).to_be_focused()


@pytest.mark.rule("ROOM-3h")
def test_what_the_other_writes_is_spoken_once_and_one_s_own_not_at_all(page_as, world, session):
    fill(world, session, 8)
    alice = enter(page_as(world.alice, viewport=PHONE), session)
    alice.get_by_role("log").get_by_text(re.compile(r"^7: ")).wait_for()
    region = alice.locator("#announcements")
    assert (region.get_attribute("aria-live"), region.get_attribute("role")) == ("polite", "status")
    # Else a screen reader would say all that stands there again with each new line.
    assert region.get_attribute("aria-atomic") == "false"
    assert alice.get_by_role("log").get_attribute("aria-live") == "off"
    assert alice.evaluate(SPOKEN) == []
    box(alice).fill("My own words")
    alice.get_by_role("button", name="Send").click()
    room.write(session.ref, world.amara.user, "spoken", "How are you?")
    alice.locator("#announcements p").first.wait_for(state="attached")
    alice.locator("[data-state=sent]", has_text="My own words").wait_for()
    alice.wait_for_timeout(600)
    assert alice.evaluate(SPOKEN) == ["Amara Obi: How are you?"]
    others = (
        "[aria-live=polite]:not(#announcements), [aria-live=assertive], [role=status]:not(#announcements), [role=alert]"
    )
    assert not [text for text in alice.locator(others).all_text_contents() if "How are you" in text]


@pytest.mark.rule("ACC-12b")
@pytest.mark.rule("ROOM-3i")
@pytest.mark.rule("ACC-17g")
def test_a_whole_session_by_keyboard_alone(page_as, world, session):
    fill(world, session, 40)
    amara = enter(page_as(world.amara, viewport=DESK), session)
    amara.get_by_role("log").get_by_text("39: ").wait_for()
    keys = amara.keyboard
    tab_until(amara, "e.id === 'line'")
    keys.type("One")
    keys.press("Shift+Enter")
    keys.type("two")
    keys.press("Enter")
    amara.locator("[data-state=sent]", has_text=re.compile("One\ntwo")).wait_for()
    keys.press("PageUp")
    keys.press("PageUp")
    until(amara, f"!({AT_THE_END})()")
    keys.press("Alt+End")
    to_its_end(amara)
    tab_until(amara, "e.matches('[data-display-open]')", back=True)
    keys.press("Enter")
    amara.get_by_role("dialog", name="Text size, colours and keys").wait_for()
    tab_until(amara, "e.name === 'enter_sends'")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    amara.get_by_text("Kept for next time.").wait_for()
    tab_until(amara, "e.textContent === 'Back to your session'")
    keys.press("Enter")
    tab_until(amara, "e.id === 'line'")
    keys.type("three")
    keys.press("Enter")
    keys.type("four")
    expect(box(amara)).to_have_value("three\nfour")
    keys.press("Control+Enter")
    amara.get_by_role("log").get_by_text("three").wait_for()
    tab_until(amara, "e.textContent === 'End session'", back=True)
    keys.press("Enter")
    amara.get_by_role("heading", name="End this session").wait_for()


def tab_until(page, found: str, *, back: bool = False) -> None:
    """Press Tab until the element that has the focus is the one meant."""
    for _ in range(60):
        if page.evaluate(f"(e => {found})(document.activeElement)"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"no way to {found} by keyboard")


@pytest.mark.rule("ACC-12a")
@pytest.mark.rule("ACC-17d")
@pytest.mark.parametrize(
    "chosen",
    [
        {"theme": "light"},
        {"theme": "dark"},
        {"theme": "dark", "text_size": 150, "typeface": "clear"},
    ],
)
def test_the_room_in_every_light(page_as, world, session, chosen):
    fill(world, session, 8)
    room.mark_seen(session, world.amara.user, 5)
    for who in (world.alice, world.amara):
        choose(who.user, **chosen)
        visitor = page_as(who)
        page = enter(visitor, session)
        page.get_by_role("log").get_by_text(re.compile(r"^7: ")).wait_for()
        box(page).fill("Half a sentence")
        page.get_by_text(re.compile("^Kept ")).wait_for()
        visitor.check()
        page.locator("[data-display-open]").click()
        visitor.check()
        visitor.context.close()


@pytest.mark.rule("ACC-17h")
@pytest.mark.rule("ACC-17e")
def test_size_colours_and_letters_change_without_leaving_the_room(page_as, world, session):
    alice = enter(page_as(world.alice, viewport=PHONE), session)
    box(alice).fill("Half a sentence")
    before = alice.evaluate("parseFloat(getComputedStyle(document.querySelector('#line')).fontSize)")
    alice.locator("[data-display-open]").click()
    for name in ("Largest", "Dark", re.compile("Atkinson")):
        alice.get_by_label(name).check()
        alice.get_by_text("Kept for next time.").wait_for()
    alice.get_by_role("button", name="Back to your session").click()
    after = alice.evaluate("parseFloat(getComputedStyle(document.querySelector('#line')).fontSize)")
    assert after == pytest.approx(before * 1.5, rel=0.01)
    assert alice.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    assert alice.evaluate("document.fonts.ready.then(() => document.fonts.check('16px ieso-clear'))")
    expect(box(alice)).to_have_value("Half a sentence")
    chosen = type(world.alice.user).objects.filter(text_size=150, theme="dark", typeface="clear")
    assert comes(alice, chosen.filter(pk=world.alice.user.pk).exists)


@pytest.mark.rule("ROOM-8d")
def test_a_line_is_marked_as_a_mistake_from_within_the_room(page_as, world, session):
    alice = enter(page_as(world.alice, viewport=PHONE), session)
    amara = enter(page_as(world.amara), session)
    box(amara).fill("Meant for somebody else")
    amara.get_by_role("button", name="Send").click()
    alice.get_by_role("log").get_by_text("Meant for somebody else").wait_for()
    amara.get_by_role("button", name="Sent by mistake?").click()
    dialog = amara.get_by_role("dialog", name="Was this sent by mistake?")
    expect(dialog.get_by_text("A mark cannot be taken off again")).to_be_visible()
    dialog.get_by_role("button", name="Mark it").click()
    alice.get_by_text("This line was not meant for here.").wait_for()
    expect(alice.get_by_role("log").get_by_text("Meant for somebody else")).to_be_hidden()
    amara.get_by_role("log").get_by_text("Sent by mistake", exact=True).wait_for()
    alice.reload()
    alice.get_by_text("This line was not meant for here.").wait_for()
    expect(alice.get_by_role("log").get_by_text("Meant for somebody else")).to_be_hidden()


@pytest.mark.rule("ROOM-3j")
def test_a_session_of_600_lines_opens_at_its_end_and_in_a_moment(page_as, world, session):
    fill(world, session, LONG)
    alice = enter(page_as(world.alice, viewport=PHONE), session)
    alice.get_by_role("log").get_by_text(f"{LONG - 1}: ").wait_for()
    expect(alice.locator(".talk__line")).to_have_count(LONG)
    to_its_end(alice)
    # A neighbour on the machine is slow once; a page that is slow at a place of the talk is slow there each time.
    longest = min(alice.evaluate(SCROLLED_THROUGH) for _ in range(3))
    assert longest < 250, f"a step of scrolling took {longest:.0f} ms"
