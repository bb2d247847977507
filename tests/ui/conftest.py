"""A browser on the pages that need no database, served from a thread."""

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Browser, BrowserContext


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *args) -> None:
        pass


def serve(app) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, server_class=Server, handler_class=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield str(server.server_port)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of our own pages."""
    for port in serve(StaticFilesHandler(WSGIHandler())):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of a site that is not ours, with a page called Sunny."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<title>Sunny</title><p>Sunny."]

    for port in serve(app):
        yield f"http://localhost:{port}/"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext):
    """A page on a narrow phone that fails the test when the content policy is broken or a script throws."""
    complaints: list[str] = []
    page = context.new_page()
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
    )
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []
