"""Loaded by pytest before the settings: points each worker at a database and a Redis server of its own."""

import base64
import gc
import os
import tempfile
from pathlib import Path

import pytest

from ieso import embedded, paths, processes

DATA = Path(os.environ.get("IESO_TEST_DATA", ""))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATABASE = f"test_{WORKER}"
CLEARED = ("IESO_DEMO", "IESO_DEPLOYED", "IESO_DEBUG", "IESO_DATABASE_ROLE", "DATABASE_URL_FILE", "REDIS_URL_FILE")


def folder() -> Path:
    """The files of this worker: mailbox, outbound post, the socket of Redis."""
    made = DATA / WORKER
    made.mkdir(parents=True, exist_ok=True)
    return made


def prepare() -> None:
    if "IESO_TEST_DATA" not in os.environ:
        raise pytest.UsageError("The tests need a database of their own: run bin/test instead of pytest.")
    for name in CLEARED:
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "ieso.settings",
        "DATABASE_URL": paths.database_url(DATA, name=DATABASE),
        "DATABASE_OWNER_URL": paths.database_url(DATA, paths.OWNER_ROLE, DATABASE),
        "REDIS_URL": f"unix://{folder() / 'redis.sock'}",
        "SECRET_KEY": "a-secret-for-tests-only",
        "MFA_ENCRYPTION_KEY": base64.urlsafe_b64encode(b"tests only" + bytes(22)).decode(),
        "IESO_DATA": str(folder()),
        "IESO_MAIL_HOST": "127.0.0.1",
        "IESO_LOG_LEVEL": "WARNING",
        "TMPDIR": tempfile.gettempdir(),
    }


prepare()


def start_redis():
    """Starts this worker's Redis: pub/sub knows no databases, so two workers on one server would hear each other."""
    home = folder()
    command = [embedded.redis_binary(), "--port", "0", "--unixsocket", home / "redis.sock", "--save", "", "--dir", home]
    return processes.spawn(command, log=(home / "redis.log").open("w"))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    controller = WORKER == "main" and session.config.getoption("numprocesses", None)
    if not controller:
        session.config.stash[REDIS] = start_redis()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was loaded and collected stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if server := session.config.stash.get(REDIS, None):
        processes.stop(server)


REDIS = pytest.StashKey()
