"""Everything under test, for real: Postgres and Redis out of the wheels (fsync and synchronous_commit on), and servers.

Each system is started on the same Postgres and the same Redis, and answers `accounts(pairs)`: where each client knocks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import psycopg

from bench import floor_app
from ieso import paths, processes
from ieso.embedded import EmbeddedServices, prepare_data
from ieso.runner import WEB_THREADS
from tests.harness import run

READY_SECONDS = 60
# Ours is served by the command of bin/demo and of the deployment, which is Daphne with these options.
WEB = "-m ieso.web --bind 127.0.0.1 --port {port}"
DAPHNE = """
    -m daphne --bind 127.0.0.1 --port {port} --verbosity 0 --no-server-name
    --websocket-max-message-size 65536 --websocket-max-frame-size 65536
    --websocket_connect_timeout 10 --application-close-timeout 5 {application}
"""
UVICORN = "-m uvicorn --host 127.0.0.1 --port {port} --log-level warning --ws-max-size 65536 {application}"
UVLOOP = "-m bench.uvloop_web --bind 127.0.0.1 --port {port}"
SERVERS = {"daphne": DAPHNE, "uvicorn": UVICORN, "uvloop": UVLOOP}
CLEARED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "IESO_DEPLOYED", "IESO_DEMO", "IESO_DATABASE_ROLE")
Account = dict[str, Any]


@contextmanager
def services() -> Iterator[EmbeddedServices]:
    """Running services with all our tables, durable, in a folder that is thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ieso-bench-"))
    data, kept = folder / "data", run.CACHE / run.fingerprint()
    made = EmbeddedServices(data)
    if kept.is_dir():
        prepare_data(made.data)
        run.copy_cluster(kept, made.data)
    try:
        made.start()
        if not kept.is_dir():
            run.make_tables(made)
        refuse_forgetful(made)
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def refuse_forgetful(made: EmbeddedServices) -> None:
    """No figure without a disk that is waited for."""
    with psycopg.connect(made.superuser_url) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            value = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            assert value == ("on",), f"{name} is {value}"


def settle(made: EmbeddedServices) -> None:
    """Write to disk what the preparations left behind: no line that is measured shall wait for that."""
    with psycopg.connect(made.superuser_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    os.sync()


class System:
    """A server, or several of the same, in front of the services."""

    name = ""
    dialect = ""
    application = ""

    def __init__(self, made: EmbeddedServices, port: int, *, server: str = "daphne", processes_: int = 1) -> None:
        self.services, self.server = made, server
        self.ports = range(port, port + processes_)
        self.children: list[subprocess.Popen] = []

    def __enter__(self) -> System:
        self.prepare()
        log = (self.services.data / "logs" / f"{self.name}.log").open("a")
        for port in self.ports:
            command = self.command().format(port=port, application=self.application).split()
            env = self.environment() | {"IESO_SITE_URL": f"http://127.0.0.1:{port}", "ASGI_THREADS": str(WEB_THREADS)}
            self.children.append(processes.spawn([sys.executable, *command], log=log, env=env, cwd=paths.BASE_DIR))
        for port, child in zip(self.ports, self.children, strict=True):
            wait_until_answering(port, child, self.log())
        return self

    def __exit__(self, *_exc: object) -> None:
        for child in self.children:
            processes.stop(child)

    def log(self) -> Path:
        return self.services.data / "logs" / f"{self.name}.log"

    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in CLEARED}
        return kept | self.services.environment() | {"IESO_LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}

    def url(self, side: int, path: str) -> str:
        """Where a side connects: with two processes each side has its own."""
        return f"ws://127.0.0.1:{self.ports[side % len(self.ports)]}{path}"

    def command(self) -> str:
        return SERVERS[self.server]

    def prepare(self) -> None:
        """Before the server starts."""

    def accounts(self, pairs: int) -> list[Account]:
        raise NotImplementedError

    def pids(self) -> dict[str, int]:
        """What is watched while a scenario runs."""
        found = {f"web{number or ''}": child.pid for number, child in enumerate(self.children)}
        assert self.services.postgres
        assert self.services.redis
        return found | {"postgres": self.services.postgres.pid, "redis": self.services.redis.pid}


class Room(System):
    """Ours: the web process as it is served, with sessions, origin, rights and the access log."""

    name, dialect, application = "room", "room", "ieso.asgi:application"

    def command(self) -> str:
        return WEB if self.server == "daphne" else super().command()

    # Two a pair; they stay from round to round.
    people: ClassVar[list[dict[str, Any]]] = []

    def make(self, pairs: int) -> None:
        """Make people until there are so many pairs."""
        first = len(self.people) // 2
        middle = (first + pairs) // 2
        halves = [self.maker(first, middle - first), self.maker(middle, pairs - middle)]
        for half in halves:
            made, _ = half.communicate()
            self.people.extend(json.loads(made))

    def maker(self, first: int, count: int) -> subprocess.Popen:
        command = [sys.executable, "-m", "bench.in_django", "bench.people", str(first), str(count)]
        return subprocess.Popen(command, env=self.environment(), cwd=paths.BASE_DIR, stdout=subprocess.PIPE)

    def accounts(self, pairs: int) -> list[Account]:
        return [
            one
            | {
                "url": self.url(one["side"], f"/ws/sessions/{one['ref']}/"),
                "headers": {
                    "Origin": f"http://127.0.0.1:{self.ports[one['side'] % len(self.ports)]}",
                    "Cookie": f"session={one['cookie']}",
                },
            }
            for one in self.people[: 2 * pairs]
        ]


class Floor(System):
    """The least that it can cost (bench/floor_app.py)."""

    name, dialect, application = "floor", "floor", "bench.floor_app:application"

    def prepare(self) -> None:
        floor_app.make_table(paths.database_url(self.services.data, paths.SUPERUSER_ROLE))

    def environment(self) -> dict[str, str]:
        urls = {"BENCH_DATABASE": self.services.database_url, "BENCH_REDIS": self.services.redis_url}
        return super().environment() | urls

    def accounts(self, pairs: int) -> list[Account]:
        return plain_accounts(self, pairs, "/pair/{pair}/")


class Tutorial(System):
    """The control: the tutorial's consumer, the ORM, Channels' default layer."""

    name, dialect, application = "tutorial", "tutorial", "bench.tutorial.asgi:application"

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "BENCH_DATABASE_HOST": str(self.services.folder),
            "BENCH_DATABASE_USER": paths.SUPERUSER_ROLE,
            "BENCH_REDIS": self.services.redis_url,
            "DJANGO_SETTINGS_MODULE": "bench.tutorial.settings",
        }

    def prepare(self) -> None:
        with psycopg.connect(self.services.superuser_url, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS tutorial")
            connection.execute("CREATE DATABASE tutorial")
        command = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"]
        subprocess.run(command, env=self.environment(), cwd=paths.BASE_DIR, check=True)

    def accounts(self, pairs: int) -> list[Account]:
        return plain_accounts(self, pairs, "/ws/chat/p{pair}/")


SYSTEMS: dict[str, type[Room] | type[Floor] | type[Tutorial]] = {"room": Room, "floor": Floor, "tutorial": Tutorial}


def plain_accounts(system: System, pairs: int, path: str) -> list[Account]:
    """Clients of a server that asks nobody who they are."""
    return [
        {"pair": pair, "side": side, "url": system.url(side, path.format(pair=pair)), "headers": {}}
        for pair in range(pairs)
        for side in (0, 1)
    ]


def wait_until_answering(port: int, child: subprocess.Popen, log: Path) -> None:
    """Wait until the server answers anything at all; RuntimeError with the end of its log where it does not."""
    limit = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError as error:
            if child.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"the server does not serve:\n{log.read_text()[-3000:]}") from error
        time.sleep(0.05)
