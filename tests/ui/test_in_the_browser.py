"""The public pages and the style page in a real browser, at the width of a narrow phone and of a desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["/", "/help-now/", "/style/", "/nowhere/"]
WIDTHS = [320, 1280]
SMALL_TARGETS = """
() => [...document.querySelectorAll("a.nhsuk-button, button, summary, .app-nav__link, .app-leave, input, select")]
  .filter(e => e.checkVisibility() && !e.closest(".nhsuk-skip-link"))
  .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
  .filter(([, height]) => height < 44)
"""


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": TAGS}).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.mark.rule("ACC-12a")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES[:3])
def test_axe_finds_nothing(page, site, path, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + path)
    assert violations(page) == []


@pytest.mark.rule("ACC-12d")
@pytest.mark.parametrize("path", PAGES[:3])
def test_nothing_scrolls_sideways_at_320_pixels(page, site, path):
    page.goto(site + path)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.rule("ACC-12d")
def test_nothing_moves_for_those_who_asked_for_stillness(page, site):
    page.goto(f"{site}/style/")
    durations = "[...document.querySelectorAll('*')].map(e => parseFloat(getComputedStyle(e).transitionDuration))"
    assert page.evaluate(f"Math.max(...{durations})") <= 0.001


def test_targets_are_large_enough_for_a_thumb(page, site):
    page.goto(f"{site}/style/")
    assert page.evaluate(SMALL_TARGETS) == []


def test_the_menu_opens_and_closes_by_keyboard(page, site):
    page.goto(f"{site}/")
    page.focus("[data-menu]")
    assert not page.is_visible("#navigation")
    page.keyboard.press("Enter")
    assert page.is_visible("#navigation")
    page.keyboard.press("Escape")
    assert not page.is_visible("#navigation")
    assert page.evaluate("document.activeElement.hasAttribute('data-menu')")


def test_without_scripts_the_menu_simply_stands_there(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{site}/")
    assert page.is_visible("#navigation")
    assert not page.is_visible("[data-menu]")
    context.close()


def test_the_skip_link_leads_to_the_main_part(page, site):
    page.goto(f"{site}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.rule("ACC-12c")
def test_the_error_summary_has_the_focus_and_leads_to_the_field(page, site):
    page.goto(f"{site}/style/")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.click("[data-error-summary] a >> nth=1")
    assert page.evaluate("document.activeElement.id") == "id_born_0"


def test_a_text_area_counts_as_one_types(page, site):
    page.goto(f"{site}/style/")
    page.fill("#id_good-words", "a calm day")
    expect(page.locator("#id_good-words_count")).to_have_text("You have 490 characters left.")


@pytest.mark.rule("ACC-18b")
@pytest.mark.parametrize("path", PAGES[:3])
def test_nothing_is_fetched_from_elsewhere(page, site, path):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + path)
    page.wait_for_load_state("networkidle")
    assert all(url.startswith(site) for url in asked)
    assert any(url.endswith(".woff2") for url in asked)


@pytest.mark.rule("ACC-6b")
def test_paper_is_blank_for_those_who_may_not_print(page, site):
    page.goto(f"{site}/")
    page.evaluate("document.body.classList.add('no-print')")
    page.emulate_media(media="print")
    assert not page.is_visible("h1")
