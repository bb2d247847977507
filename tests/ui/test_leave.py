"""Leaving the site: at once, and out of the tab's history."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def neutral(settings, elsewhere):
    settings.NEUTRAL_URL = elsewhere
    settings.DEMO = True


def history(page: Page) -> list[tuple[str, str]]:
    session = page.context.new_cdp_session(page)
    return [(entry["url"], entry["title"]) for entry in session.send("Page.getNavigationHistory")["entries"]]


def walk(page: Page, site: str, elsewhere: str) -> None:
    for address in (elsewhere, f"{site}/", f"{site}/help-now/", f"{site}/style/"):
        page.goto(address)
    page.click("a[href='#forms']")


def escape_three_times(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Escape")


WAYS = {"control": lambda page: page.click("[data-leave]"), "escape": escape_three_times}


@pytest.mark.rule("ACC-10a")
@pytest.mark.rule("ACC-10b")
@pytest.mark.rule("ACC-10c")
@pytest.mark.parametrize("way", WAYS)
def test_leaving_shows_the_neutral_page_and_empties_the_history(page, site, elsewhere, way):
    walk(page, site, elsewhere)
    WAYS[way](page)
    page.wait_for_url(elsewhere)
    ours = [(url, title) for url, title in history(page) if url.startswith(site)]
    assert ours == [(f"{site}/leave/", "Weather")]
    page.go_back()
    assert page.title() in ("", "Sunny")
    page.go_forward()
    page.go_forward()
    page.wait_for_url(elsewhere)


@pytest.mark.rule("ACC-10b")
def test_leaving_from_the_first_page_of_a_tab(page, site, elsewhere):
    page.goto(f"{site}/")
    page.click("[data-leave]")
    page.wait_for_url(elsewhere)
    page.go_back()
    assert not page.url.startswith(site)


@pytest.mark.rule("ACC-10a")
def test_the_way_out_needs_no_scripts(browser, site, elsewhere):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/")
    page.click("text=Leave this site")
    page.wait_for_url(elsewhere)
    context.close()


def test_two_escapes_stay(page, site):
    page.goto(f"{site}/")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    assert page.title() == "ieso"


@pytest.mark.rule("ACC-10a")
def test_the_way_out_stays_in_sight_on_a_long_page(page, site):
    page.goto(f"{site}/style/")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = page.locator("[data-leave]").bounding_box()
    assert 0 <= box["y"] < 640
    assert box["height"] >= 44


@pytest.mark.rule("ACC-10a")
@pytest.mark.rule("ACC-10b")
@pytest.mark.rule("ACC-10e")
def test_a_patient_who_leaves_is_signed_out_and_gone(world, page_as):
    visitor = page_as(world.alice)
    visitor.expect("request to elsewhere")
    visitor.context.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="<title>Sunny</title>"))
    page = visitor.page
    for path in ("/account/", "/letters/", "/messages/"):
        page.goto(visitor.site.url + path)
    page.click("[data-leave]")
    page.wait_for_url("https://www.bbc.co.uk/**")
    addresses = [url for url, _ in history(page) if url.startswith(visitor.site.url)]
    assert addresses == [f"{visitor.site.url}/leave/"]
    page.goto(visitor.site.url + "/account/")
    assert visitor.path == "/accounts/login/"
