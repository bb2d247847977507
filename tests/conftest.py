"""What every test may use: databases under two roles, the cast, signed-in clients, the clock."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext

from deadlines import teams, watching
from tests import cast
from tests.harness import database


def pytest_configure() -> None:
    """Settings that only tests need; the connection pool is tried by tests against the served site."""
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    settings.PASSWORD_HASHERS = ["tests.harness.hashers.QuickArgon2"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    # Else each client would look through whatever a demonstration collected, which takes longer than most pages.
    settings.STATIC_ROOT = None


# How long an example takes says something about the machine; what has a time limit is measured in tests marked `alone`.
hypothesis.settings.register_profile("ieso", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("ieso")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> None:
    """Replaces pytest-django's own: the site's role can neither create nor flush a database."""
    with django_db_blocker.unblock():
        database.create()
    TransactionTestCase._fixture_teardown = lambda self: database.clean()


@pytest.fixture
def client_of():
    """A function from anybody of the cast to a client signed in as that person."""
    return cast.signed_in


@pytest.fixture
def at():
    """A function that stands the clock: `with at("2026-10-24 09:00"):`, UK wall clock where no zone is named."""

    def travel(when: str | dt.datetime, *, tick: bool = False):
        moment = dt.datetime.fromisoformat(when) if isinstance(when, str) else when
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo("Europe/London"))
        return time_machine.travel(moment, tick=tick)

    return travel


@pytest.fixture
def same_queries():
    """A function that fails unless a page asks the database as often after `grow()` as before it."""

    def check(client: Client, url: str, grow: Callable[[], object]) -> None:
        client.get(url)
        before = count_queries(client, url)
        grow()
        after = count_queries(client, url)
        assert after == before, f"{url}: {before} queries, {after} with more rows"

    return check


@pytest.fixture
def rung(monkeypatch) -> list[int]:
    """The ids of those whose open tabs are told that their list changed; at once, not only after the commit."""
    heard: list[int] = []
    monkeypatch.setattr(watching, "list_changed", lambda rows: heard.extend(teams.on_whose_list(rows)))
    return heard


def count_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, f"{url} answered {response.status_code}"
    return len(queries)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The run of what measures time need not read the files in which nothing does."""
    if config.option.markexpr != "alone" or not collection_path.name.startswith("test_"):
        return None
    return "pytest.mark.alone" not in collection_path.read_text() or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What opens a browser or kills processes is slow, whether it says so or not."""
    for item in items:
        if "page_as" in getattr(item, "fixturenames", ()) or "faults" in item.path.parts:
            item.add_marker(pytest.mark.slow)
