"""The visitor's own eyes: what must fail a journey does."""

import pytest

from tests.harness.browser import comes

pytestmark = pytest.mark.slow
TINY = '<html lang="en"><title>x</title><main><h1>x</h1>{}</main></html>'


@pytest.fixture
def shown(page_as):
    """A function that shows the visitor a page of our making, as if the site had sent it."""
    visitor = page_as()

    def show(body: str):
        visitor.page.route("**/made-up/", lambda route: route.fulfill(body=TINY.format(body), content_type="text/html"))
        visitor.page.goto(f"{visitor.site.url}/made-up/")
        return visitor

    return show


def hears(visitor, *texts: str) -> bool:
    """Whether each of these troubles comes to the visitor's ears; none is held against the test then."""
    heard = comes(visitor.page, lambda: all(text in "\n".join(visitor.unexpected()) for text in texts))
    visitor.troubles.clear()
    return heard


def test_a_page_that_keeps_somebody_out_fails(shown):
    with pytest.raises(AssertionError, match="image-alt"):
        shown('<img src="/static/images/icon.svg" width="10">').check()


def test_a_page_that_scrolls_sideways_on_a_phone_fails(shown):
    with pytest.raises(AssertionError, match="scrolls sideways"):
        shown('<div style="width: 700px">wide</div>').check()


def test_a_script_that_fails_a_console_error_and_a_call_elsewhere_are_heard(shown):
    visitor = shown("<p>fine</p>")
    visitor.page.evaluate("console.error('spilt milk')")
    visitor.page.evaluate("setTimeout(() => { throw new Error('burnt toast') })")
    visitor.page.evaluate("fetch('http://127.0.0.1:1/elsewhere').catch(() => {})")
    assert hears(visitor, "spilt milk", "burnt toast", "request to elsewhere")


def test_a_breach_of_the_content_policy_is_heard(page_as):
    visitor = page_as().visit("/")
    visitor.page.evaluate("document.body.setAttribute('style', 'color: red')")
    visitor.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<style>p { color: red }</style>')")
    assert hears(visitor, "content policy")
