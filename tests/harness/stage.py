"""The cast, set up once a worker and shared by the tests that do not commit.

It stands in a transaction that stays open around them; each test's own transaction is a savepoint inside. A test that
commits, or that wants an empty database, has it taken down first. To build it takes ten times as long as a test.
Those who open every door as everybody come last: for them each role is signed in on the stage as well.
"""

import functools
import pickle

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver
from pytest_django.plugin import blocking_manager_key

from tests.harness import database


class Stage:
    """The open transaction and what stands in it."""

    def __init__(self) -> None:
        self.block: transaction.Atomic | None = None
        self.raw = None
        self.world = b""
        self.cookies = b""

    def enter(self, *, signed_in: bool) -> None:
        """Sets up the cast, unless it stands already as it is wanted."""
        from tests import cast

        standing = self.block and self.raw is connection.connection and not connection.needs_rollback
        if standing and signed_in == bool(self.cookies):
            return
        self.leave()
        self.block = transaction.atomic()
        self.block.__enter__()
        with connection.cursor() as cursor:  # it may be open for longer than the site's role may idle
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
        world = cast.make_world()
        self.raw, self.world = connection.connection, pickle.dumps(world)
        if signed_in:
            cookies = {role: cast.signed_in(who).cookies for role, who in world.by_role().items()}
            self.cookies = pickle.dumps(cookies)

    def leave(self) -> None:
        """Takes everything down, also after a test that closed the connection under it."""
        if self.block is None:
            return
        if self.raw is connection.connection and not connection.closed_in_transaction:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)
        else:
            connection.in_atomic_block = connection.needs_rollback = connection.closed_in_transaction = False
            connection.atomic_blocks, connection.savepoint_ids, connection.run_on_commit = [], [], []
        connection.close()
        self.block, self.raw, self.cookies = None, None, b""


STAGE = Stage()


def commits(item: pytest.Item) -> bool:
    """Whether a test writes for good, so that others see it."""
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    wants = bool(marker and (marker.kwargs.get("transaction") or (marker.args and marker.args[0])))
    return wants or not names.isdisjoint({"transactional_db", "live_service", "live_server"})


def uses_world(item: pytest.Item) -> bool:
    return "world" in getattr(item, "fixturenames", ()) and not commits(item)


def uses_everybody(item: pytest.Item) -> bool:
    return "everybody" in getattr(item, "fixturenames", ()) and not commits(item)


def place_of(item: pytest.Item) -> int:
    return 3 if commits(item) else uses_world(item) + uses_everybody(item)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share the cast one after the other, those that commit last."""
    items.sort(key=place_of)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    shared = uses_world(item)
    if not shared and STAGE.block is None:
        return
    touches = {"db", "django_db_blocker"}.intersection(item.fixturenames) or item.get_closest_marker("django_db")
    if shared or commits(item) or touches:
        with item.config.stash[blocking_manager_key].unblock():
            database.create()
            STAGE.enter(signed_in=uses_everybody(item)) if shared else STAGE.leave()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if STAGE.block is not None:
        with session.config.stash[blocking_manager_key].unblock():
            STAGE.leave()


@pytest.fixture
def world(request: pytest.FixtureRequest, db):
    """The cast of `tests/cast.py`; a copy of each person and case for each test."""
    from tests import cast

    return pickle.loads(STAGE.world) if uses_world(request.node) else cast.make_world()


@pytest.fixture
def many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """For those who open thousands of pages: answers keep no copy of what their templates were given, and which door
    an address leads to is looked up once."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
    resolver = get_resolver()
    monkeypatch.setattr(resolver, "resolve", functools.lru_cache(resolver.resolve))


@pytest.fixture
def everybody(request: pytest.FixtureRequest, world, many_pages) -> dict[str, Client]:
    """A signed-in client for each role of `World.by_role`, as `client_of` makes them; answers have no `context`."""
    from tests import cast

    if not uses_everybody(request.node):
        return {role: cast.signed_in(who) for role, who in world.by_role().items()}
    clients = {role: Client() for role in world.by_role()}
    for role, cookies in pickle.loads(STAGE.cookies).items():
        clients[role].cookies = cookies
    return clients
