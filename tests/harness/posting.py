"""Posting bad input to a view: which fields does it read, what did it write, did it say what was wrong?"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, transaction
from django.http import HttpResponse, QueryDict

from tests.harness import environment
from tests.harness.writes import written_tables

# What may be written by asking, whatever the answer: who opened it, the session, limits, and sign-ins refused.
WRITTEN_BY_ASKING = {"audit_accessentry", "accounts_signin", "cache_entries"}
# One of these stands on every page that refuses: form errors by field, a verb's refusal, a page about the status.
SAYINGS = ("nhsuk-error-summary", 'role="alert"', "nhsuk-error-message", "<h1")


class Recording(QueryDict):
    """Posted fields that remember which names were asked for."""

    def __init__(self, plain: QueryDict, names: set[str]) -> None:
        super().__init__(mutable=True, encoding=plain.encoding)
        self._names = names
        for name, values in plain.lists():
            self.setlist(name, values)

    def __getitem__(self, name):
        self._names.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self._names.add(name)
        return super().get(name, default)

    def getlist(self, name, default=None):
        self._names.add(name)
        return super().getlist(name, default)

    def __contains__(self, name):
        self._names.add(name)
        return super().__contains__(name)


@contextmanager
def fields_read() -> Iterator[set[str]]:
    """A set that fills with the names of the posted fields that a view reads."""
    names: set[str] = set()
    load = WSGIRequest._load_post_and_files

    def load_recording(request):
        load(request)
        request._post = Recording(request._post, names)

    WSGIRequest._load_post_and_files = load_recording
    try:
        yield names
    finally:
        WSGIRequest._load_post_and_files = load
        names.discard("csrfmiddlewaretoken")


def fields_of(route: str, send) -> list[str]:
    """The fields of a form, found by posting nothing and then something in each: `send(data)` undoes what it does.

    They are a door's own, whoever posts: what one test has found serves the others of this run.
    """
    known = environment.DATA / "fields" / route
    with suppress(FileNotFoundError):
        return json.loads(known.read_text())
    with fields_read() as names:
        send({})
        for _ in range(2):
            send(dict.fromkeys(names, "1"))
    found = sorted(name for name in names if isinstance(name, str))
    known.parent.mkdir(exist_ok=True)
    written = known.with_suffix(f".{environment.WORKER}")
    written.write_text(json.dumps(found))
    written.rename(known)
    return found


def contents(tables: set[str]) -> dict[str, tuple]:
    """A number of rows and a sum over their contents for each table."""
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(tables):
            cursor.execute(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{table}" t')
            found[table] = cursor.fetchone()
    return found


def changes(send) -> tuple[HttpResponse, set[str]]:
    """Posts by `send()`, takes back what that wrote, and tells which tables differed; what was rolled back is none."""
    with savepoint() as take_back:
        with written_tables() as touched:
            answer = send()
        tables = set(touched) - WRITTEN_BY_ASKING
        after = contents(tables)
        take_back()
    before = contents(tables)
    return answer, {table for table in tables if before[table] != after[table]}


@contextmanager
def savepoint():
    """A savepoint and the function that returns to it."""
    mark = transaction.savepoint()
    yield lambda: transaction.savepoint_rollback(mark)


def says_what_is_wrong(response: HttpResponse) -> bool:
    """Whether a refusal tells the person something: on a page in words, in JSON by a message or errors."""
    if response.status_code == 429:
        return True
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("application/json"):
        with suppress(ValueError):
            answer = response.json()
            return isinstance(answer, dict) and any(
                answer.get(name) for name in ("errors", "error", "message", "code", "form")
            )
    text = response.content.decode(errors="replace")
    return any(saying in text for saying in SAYINGS)
