"""One person with one browser: cookies kept, redirects followed, every answer checked."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from walk.pages import Form, Page

Value = str | list[str]


class Trouble(AssertionError):
    """The service did not do what this step needs."""


class Person:
    """Somebody who uses the service; `name` is for messages."""

    def __init__(self, url: str, name: str) -> None:
        self.name, self.base = name, url.rstrip("/")
        self.client = httpx.Client(
            base_url=self.base, follow_redirects=True, timeout=30, headers={"Referer": self.base}
        )

    @property
    def cookies(self) -> str:
        """The cookie header, for a websocket."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies.jar)

    def get(self, path: str, *, expect: int = 200) -> Page:
        """Open a page; anything but the expected status is trouble."""
        return self._read(self.client.get(path), expect)

    def download(self, path: str) -> bytes:
        """Return the bytes behind an address."""
        answer = self.client.get(path)
        if answer.status_code != 200:
            raise Trouble(f"{self.name}: {path} answered {answer.status_code}")
        return answer.content

    def send(self, form: Form, **changes: Value) -> Page:
        """Send a form with these changes and return the page that follows."""
        return self._send(form, changes)

    def upload(self, form: Form, files: dict[str, tuple], **changes: Value) -> Page:
        """Send a form with files (name to file name, content, type)."""
        return self._send(form, changes, files=files)

    def be_refused(self, form: Form, **changes: Value) -> Page:
        """Send a form that must be refused as things stand (409) and return the page that says why."""
        return self._send(form, changes, expect=409)

    def _send(self, form: Form, changes: Mapping[str, Value], *, expect: int = 200, files: dict | None = None) -> Page:
        data: dict[str, list[str]] = {}
        for name, value in form.filled(changes):
            data.setdefault(name, []).append(value)
        if form.method == "get":
            return self._read(self.client.get(form.action, params=data), expect)
        return self._read(self.client.post(form.action, data=data, files=files), expect)

    def _read(self, answer: httpx.Response, status: int) -> Page:
        page = Page(str(answer.url), answer.status_code, answer.text)
        if answer.status_code != status:
            raise Trouble(
                f"{self.name}: {answer.request.method} {answer.url} answered {answer.status_code}: {page.text[:600]}"
            )
        return page


def check(truth: object, words: str) -> None:
    """Raise Trouble with these words unless the thing is true."""
    if not truth:
        raise Trouble(words)
