"""Postgres and Redis out of wheels: started, attached to, taken over, ended; nothing opened that was closed."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from ieso import embedded, folders, paths, processes
from ieso.embedded import EmbeddedError, EmbeddedServices, attached
from tests.harness.servers_folder import servers_folder

HOLD = """
import signal, sys
from ieso.embedded import EmbeddedServices
with EmbeddedServices(sys.argv[1], durable=False) as services:
    print(services.postgres.pid, services.redis.pid, flush=True)
    signal.pause()
"""


def ask(url: str, question: str):
    with psycopg.connect(url) as connection:
        return connection.execute(question).fetchone()[0]


def runs(pid: int) -> bool:
    return processes.mentions(pid, "postgres") or processes.mentions(pid, "redis-server")


def until(condition, seconds: float = 20) -> bool:
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        time.sleep(0.05)
    return condition()


@pytest.fixture
def tmp_path():
    with servers_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def services():
    with servers_folder() as folder, EmbeddedServices(folder, durable=False) as running:
        yield running


@pytest.fixture
def holder(tmp_path):
    """A process that holds the services of a folder, and the numbers of the two servers."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=paths.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    pids = [int(pid) for pid in child.stdout.readline().split()]
    yield child, pids
    child.kill()
    child.wait()
    assert until(lambda: not any(map(runs, pids)))


def test_both_servers_answer_on_sockets_alone(services):
    assert ask(services.database_url, "SELECT current_user") == "ieso_site"
    assert ask(services.owner_url, "SELECT current_user") == "ieso_owner"
    assert ask(services.superuser_url, "SHOW listen_addresses") == ""
    assert redis.Redis.from_url(services.redis_url).config_get("port") == {"port": "0"}


def test_the_locale_is_ours_whatever_the_shell_says(services):
    question = (
        "SELECT datlocprovider::text || ' ' || datlocale || ' ' || datcollate FROM pg_database WHERE datname = 'ieso'"
    )
    assert ask(services.superuser_url, question) == "b C.UTF-8 C"


def test_the_site_may_not_create_tables_and_is_no_superuser(services):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(services.database_url, "CREATE TABLE mine (id int)")
    assert (
        ask(services.database_url, "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user") is False
    )


def test_only_the_servers_own_user_reaches_the_sockets(services):
    assert stat.S_IMODE(services.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((services.data / "postgres").stat().st_mode) == 0o700


def test_tests_may_forget_and_the_demonstration_may_not(services, tmp_path):
    assert ask(services.superuser_url, "SHOW fsync") == "off"
    with EmbeddedServices(tmp_path) as durable:
        assert ask(durable.superuser_url, "SHOW fsync") == "on"
        assert ask(durable.superuser_url, "SHOW synchronous_commit") == "on"


def test_what_was_committed_is_there_after_a_restart(tmp_path):
    with EmbeddedServices(tmp_path, durable=False) as first, psycopg.connect(first.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 41 + 1 AS answer")
    with EmbeddedServices(tmp_path, durable=False) as second:
        assert ask(second.owner_url, "SELECT answer FROM kept") == 42


def test_an_unfinished_beginning_is_begun_again(tmp_path):
    embedded.prepare_data(tmp_path)
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    with EmbeddedServices(tmp_path, durable=False) as services:
        assert ask(services.database_url, "SELECT 1") == 1


def test_a_second_owner_is_refused_and_a_second_user_attaches(services):
    with pytest.raises(EmbeddedError, match="already running"):
        EmbeddedServices(services.data).start()
    with attached(services.data) as same:
        assert ask(same.database_url, "SELECT 1") == 1
    assert ask(services.database_url, "SELECT 1") == 1


def test_attaching_to_nothing_starts_and_stops(tmp_path):
    with attached(tmp_path) as services:
        pid = services.postgres.pid
        assert ask(services.database_url, "SELECT 1") == 1
    assert not runs(pid)


def test_a_killed_parent_leaves_no_server(holder):
    parent, pids = holder
    assert all(map(runs, pids))
    parent.kill()
    parent.wait()
    assert until(lambda: not any(map(runs, pids)))


def test_a_stale_server_of_the_same_folder_is_taken_over(holder, tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "STALE_POSTGRES", ((signal.SIGINT, 0.2), (signal.SIGKILL, 5)))
    monkeypatch.setattr(embedded, "STALE_REDIS", ((signal.SIGTERM, 0.2), (signal.SIGKILL, 5)))
    parent, pids = holder
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    parent.kill()
    parent.wait()
    with EmbeddedServices(tmp_path, durable=False) as services:
        assert ask(services.database_url, "SELECT 1") == 1
        assert not set(pids) & {services.postgres.pid, services.redis.pid}


def test_a_number_in_a_stale_file_may_be_anybodys(tmp_path):
    innocent = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    try:
        processes.end_stale(innocent.pid, str(tmp_path), ((signal.SIGKILL, 1),))
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(EmbeddedError, match="something else"):
        EmbeddedServices(tmp_path).start()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_long_path_puts_the_sockets_elsewhere(tmp_path):
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()
    assert paths.socket_folder(tmp_path) == tmp_path / "run"
    with EmbeddedServices(deep, durable=False) as services:
        assert services.folder.parent == Path("/tmp")
        assert ask(services.database_url, "SELECT 1") == 1


def test_parents_get_the_right_to_pass_and_no_other(tmp_path):
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    inner.parent.chmod(0o700)
    folders.let_through(inner)
    assert stat.S_IMODE(inner.parent.stat().st_mode) == 0o701


def test_a_socket_folder_that_somebody_else_made_is_refused(tmp_path):
    (tmp_path / "run").symlink_to("/tmp")
    with pytest.raises(EmbeddedError, match="somebody else"):
        folders.private_folder(tmp_path / "run", os.geteuid(), os.getegid())
