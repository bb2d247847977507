"""The idle lock in a real browser: asked, covered, opened again in the same page with all that was typed (ACC-3)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import SignIn, User
from tests import cast
from tests.harness.browser import comes

LOCKED, WRITE = "This page is locked", "Your message"


def left(user, seconds: float) -> None:
    """So many seconds are left until the person's sign-ins lock."""
    rows = SignIn.objects.filter(user=user)
    locks_at = timezone.now() + dt.timedelta(seconds=seconds)
    rows.update(locks_at=locks_at, used_at=locks_at - dt.timedelta(minutes=30))


def wake(page) -> None:
    """As a phone does that was asleep: the window has the attention of its person again."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def is_covered(page) -> bool:
    return page.locator("dialog.app-lock").is_visible()


@pytest.fixture
def at_messages(live_service, page_as):
    """Alice at her messages, with something typed."""
    world = cast.make_world()
    visitor = page_as(world.alice)
    visitor.expect("423", "4423", "422")
    visitor.visit(reverse("therapy:messages", args=[world.alice_case.ref]))
    visitor.page.get_by_role("textbox", name=WRITE).fill("I slept better this week")
    return world.alice.user, visitor


@pytest.mark.rule("ACC-3a")
@pytest.mark.rule("ACC-3c")
def test_asked_then_locked_then_opened_in_the_same_page(at_messages):
    user, visitor = at_messages
    page = visitor.page
    left(user, 100)
    page.wait_for_timeout(1100)
    wake(page)
    page.get_by_role("dialog", name="Are you still there?").wait_for()
    visitor.check()
    left(user, 0)
    page.evaluate("Object.assign(window, { Date: class extends Date { static now() { return super.now() + 3e6 } } })")
    page.locator("dialog.app-lock").wait_for()
    expect(page.get_by_text("I slept better")).to_be_hidden()
    expect(page.locator("main")).to_be_hidden()
    expect(page).to_have_title("Locked")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Unlock").click()
    page.get_by_text("That is not your password").first.wait_for()
    page.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    page.locator("dialog.app-lock").wait_for(state="hidden")
    expect(page.get_by_role("textbox", name=WRITE)).to_have_value("I slept better this week")
    expect(page.locator("main")).to_be_visible()


@pytest.mark.rule("ACC-3a")
def test_saying_yes_goes_on(at_messages):
    user, visitor = at_messages
    page = visitor.page
    left(user, 100)
    page.wait_for_timeout(1100)
    wake(page)
    page.get_by_role("button", name="I am still here").click()
    page.get_by_role("dialog", name="Are you still there?").wait_for(state="hidden")
    page.locator("html:not([data-locked])").wait_for(state="attached")
    later = SignIn.objects.filter(user=user, locks_at__gt=timezone.now() + dt.timedelta(minutes=10))
    assert comes(page, later.exists)


@pytest.mark.rule("ACC-3a")
def test_two_tabs_lock_and_open_together_and_going_back_shows_nothing(at_messages):
    user, visitor = at_messages
    first, second = visitor.page, visitor.context.new_page()
    second.goto(visitor.site.url + "/account/")
    second.goto(visitor.site.url + "/account/devices/")
    left(user, 0)
    wake(first)
    first.wait_for_timeout(1100)
    wake(first)
    for page in (first, second):
        page.locator("dialog.app-lock").wait_for()
    second.go_back()
    second.get_by_role("heading", name=LOCKED).wait_for()
    assert "Authenticator app" not in second.content()
    second.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    second.get_by_role("button", name="Unlock").click()
    second.get_by_role("heading", name="Your account").wait_for()
    wake(first)
    first.locator("dialog.app-lock").wait_for(state="hidden")
    expect(first.get_by_role("textbox", name=WRITE)).to_have_value("I slept better this week")


@pytest.mark.rule("ACC-3a")
def test_a_covered_page_is_never_shown_to_who_signed_in_after_it(at_messages, live_service):
    user, visitor = at_messages
    page = visitor.page
    visitor.expect("404", "403")
    left(user, 0)
    page.wait_for_timeout(1100)
    wake(page)
    page.locator("dialog.app-lock").wait_for()
    bob = live_service.cookies(User.objects.get(email="bob@example.org"))["session"]
    visitor.context.add_cookies([{"name": "session", "value": bob, "url": visitor.site.url}])
    page.wait_for_timeout(1100)
    wake(page)
    page.get_by_role("heading", name="Page not found").wait_for()
    assert "I slept better" not in page.content()


@pytest.mark.rule("ACC-3a")
def test_lock_now_holds_also_where_its_word_is_lost_on_the_way(at_messages):
    user, visitor = at_messages
    page, lost = visitor.page, []
    visitor.expect("ERR_FAILED")

    def lose_the_first(route) -> None:
        is_word = route.request.method == "POST" and not lost
        if is_word:
            lost.append(route.request.url)
        route.abort() if is_word else route.continue_()

    page.route("**/account/lock/", lose_the_first)
    page.evaluate("document.querySelector('[data-still-lock]').click()")
    page.locator("dialog.app-lock").get_by_text("The connection is lost").wait_for()
    page.wait_for_timeout(1100)
    wake(page)
    page.locator("dialog.app-lock").get_by_role("button", name="Unlock").wait_for()
    assert lost
    assert not SignIn.objects.filter(user=user, locks_at__gt=timezone.now()).exists()


@pytest.mark.rule("ACC-3c")
def test_at_the_end_of_its_time_what_was_typed_waits_until_one_has_signed_in_anew(at_messages, live_service):
    user, visitor = at_messages
    page = visitor.page
    visitor.expect("403")  # a draft that was on its way with the old token, and goes once more with the new one
    SignIn.objects.filter(user=user).delete()
    page.evaluate(
        "Object.assign(window, { Date: class extends Date { static now() { return super.now() + 43.2e6 } } })"
    )
    wake(page)
    page.get_by_role("heading", name="You have been signed out").wait_for()
    visitor.check()
    expect(page.locator("main")).to_be_hidden()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in (opens in another tab)").click()
    other = opened.value
    other.get_by_label("E-mail").fill(user.email)
    other.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.get_by_role("navigation").get_by_role("button", name="Sign out").wait_for()
    wake(page)
    page.locator("dialog.app-lock").wait_for(state="hidden")
    expect(page.get_by_role("textbox", name=WRITE)).to_have_value("I slept better this week")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Your message will be sent").or_(page.get_by_text("It will be sent in")).first.wait_for()


@pytest.mark.rule("ACC-3c")
def test_who_signs_out_in_another_tab_leaves_nothing_behind(at_messages):
    _, visitor = at_messages
    page, other = visitor.page, visitor.context.new_page()
    other.goto(visitor.site.url + "/account/")
    other.get_by_role("navigation").get_by_role("button", name="Sign out").click()
    other.get_by_role("link", name="Sign in").first.wait_for()
    wake(page)
    page.get_by_role("heading", name="Sign in").first.wait_for()
    assert "I slept better" not in page.content()
