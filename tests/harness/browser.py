"""`page_as`: a real browser on the served site; each page is held against axe, the content policy and the console."""

import functools
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.harness import environment

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
PHONE, DESK = {"width": 320, "height": 740}, {"width": 1280, "height": 900}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
    tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'],
            preload: {assets: ['media']}})
        .then(found => found.violations.map(v => `${v.id}: ${v.help}\\n` +
            v.nodes.map(n => `    ${n.target.join(' ')}  ${n.html.slice(0, 160)}`).join('\\n')))
"""
WATCH_POLICY = """
    document.addEventListener('securitypolicyviolation',
        e => console.error(`content policy: ${e.effectiveDirective} refused ${e.blockedURI} ${e.sample}`))
"""
# A busy machine is slow by itself; whoever waits for ever still hears of it.
PATIENCE_MS = 30_000
# Whether all of what a selector finds lies within the window.
IN_SIGHT = """selector => { const box = document.querySelector(selector).getBoundingClientRect();
    return box.width > 0 && box.top >= 0
        && Math.floor(box.bottom) <= innerHeight && Math.floor(box.right) <= innerWidth }"""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
# What differs between two showings of one page without changing how accessible it is.
VARIABLE = re.compile(r'value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|\d+')


@functools.cache
def axe_source() -> str:
    folder = find_spec("axe_playwright_python").submodule_search_locations[0]
    return (Path(folder) / "axe.min.js").read_text()


class Visitor:
    """Somebody at a browser. `page` is Playwright's; `visit`, `press` and `check` look at what is shown as well."""

    def __init__(self, context, site) -> None:
        self.context = context
        self.site = site
        self.expected: list[str] = []
        self.troubles: list[str] = []
        self.page = context.new_page()
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.troubles.append(f"script error: {error.error}"))
        context.on("request", self._watch)

    def _hear(self, message) -> None:
        if message.type == "error":
            self.troubles.append(f"console on {urlsplit(message.page.url).path}: {message.text}")

    def _watch(self, request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != urlsplit(self.site.url).netloc:
            self.troubles.append(f"request to elsewhere: {request.url}")

    def expect(self, *texts: str) -> None:
        """Console errors holding one of these texts are meant, such as Chromium's on a 409 or 422 answer."""
        self.expected += texts

    def visit(self, path: str) -> "Visitor":
        """Opens a page of the site and checks it."""
        self.page.goto(self.site.url + path)
        return self.check()

    def press(self, name: str, role: str = "button") -> "Visitor":
        """Presses a button (or follows a link with role="link"), waits for what comes, and checks it."""
        self.page.get_by_role(role, name=name, exact=True).click()
        self.page.wait_for_load_state("load")
        return self.check()

    def follow(self, name: str) -> "Visitor":
        return self.press(name, role="link")

    def sees(self, text: str) -> bool:
        """Whether the text comes into sight; what must not be there is asked with Playwright's `expect`."""
        return comes(self.page, lambda: self.page.get_by_text(text).first.is_visible())

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def check(self) -> "Visitor":
        """Holds the page as it stands against axe and for sideways scrolling at phone and desk width; once a shape
        in a run, whichever worker shows it."""
        shape = hashlib.sha256(VARIABLE.sub("", self.page.content()).encode()).hexdigest()
        checked = environment.DATA / "checked" / shape
        if not checked.exists():
            before = self.page.viewport_size
            for size in (PHONE, DESK):
                self._check_at(size)
            self.page.set_viewport_size(before)
            checked.parent.mkdir(exist_ok=True)
            checked.touch()
        return self

    def _check_at(self, size: dict[str, int]) -> None:
        self.page.set_viewport_size(size)
        where = f"{self.path} at {size['width']} px"
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{where} scrolls sideways: {wide} px"
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(axe_source())
        violations = self.page.evaluate(RUN_AXE, AXE_TAGS)
        assert not violations, f"{where}: " + "\n".join(violations)

    def unexpected(self) -> list[str]:
        return [trouble for trouble in self.troubles if not any(text in trouble for text in self.expected)]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Callable]:
    """A function to this worker's Chromium; where it has died, to another one."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    # Playwright keeps an event loop on this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        running: list = []

        def one():
            if not running or not running[-1].is_connected():
                running.append(playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS))
            return running[-1]

        yield one
        for each in running:
            each.close()


@pytest.fixture
def browser(chromium):
    """One Chromium a worker."""
    return chromium()


def until(page, script: str, arg=None) -> None:
    """Wait until a script in a page says yes. Playwright's own way of asking again evaluates words there, which the
    content policy refuses as soon as the first answer is no."""
    assert comes(page, lambda: page.evaluate(script, arg)), f"never came to be: {script} {arg or ''}"


def comes(page, question: Callable[[], object]) -> bool:
    """Whether the answer becomes yes (what the server wrote, say) while the page goes on living."""
    limit = time.monotonic() + PATIENCE_MS / 1000
    while not (answer := question()) and time.monotonic() < limit:
        page.wait_for_timeout(50)
    return bool(answer)


def drawn(page) -> None:
    """Wait until the page has heard of its last scrolling or change of size, and has been drawn with it."""
    page.evaluate(DRAWN)


@pytest.fixture
def page_as(browser, live_service) -> Iterator:
    """A function from somebody of the cast (None: nobody signed in) to a `Visitor` in a browser of their own."""
    visitors: list[Visitor] = []
    closing = ExitStack()

    def enter(who=None, *, viewport: dict[str, int] = DESK, **options) -> Visitor:
        context = browser.new_context(viewport=viewport, locale="en-GB", timezone_id="Europe/London", **options)
        closing.callback(context.close)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(WATCH_POLICY)
        if who is not None:
            cookies = live_service.cookies(who).items()
            context.add_cookies([{"name": k, "value": v, "url": live_service.url} for k, v in cookies])
        visitors.append(Visitor(context, live_service))
        return visitors[-1]

    with closing:  # all of them, also where one has crashed
        yield enter
        troubles = [trouble for visitor in visitors for trouble in visitor.unexpected()]
    assert not troubles, "\n".join(troubles)
