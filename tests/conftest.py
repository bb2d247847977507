"""What every test may use: databases under two roles, the cast, signed-in clients, the clock."""

import pytest
from django.conf import settings
from django.test import TransactionTestCase

from tests.harness import database


def pytest_configure() -> None:
    """Settings that only tests need; the connection pool is tried by tests against the served site."""
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    settings.PASSWORD_HASHERS = ["tests.harness.hashers.QuickArgon2"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> None:
    """Replaces pytest-django's own: the site's role can neither create nor flush a database."""
    with django_db_blocker.unblock():
        database.create()
    TransactionTestCase._fixture_teardown = lambda self: database.clean()
