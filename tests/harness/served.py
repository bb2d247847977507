"""`live_service`: the real web server beside the tests, on this worker's database and Redis (websockets, browsers)."""

import fcntl
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ieso import paths, processes
from tests.harness import database, environment

READY_SECONDS = 60
PORTS = range(20_000, 32_000)
AT_WORK = "/tests/at-work"
WEB = "-m tests.harness.at_work --bind 127.0.0.1 --port {port}"


def free_port(following: int = 0) -> int:
    """A port on which nobody listens, nor on so many after it: none of those that the kernel hands to clients, or
    another test's connection would have it before the server has."""
    while True:
        port = PORTS.start + secrets.randbelow(len(PORTS))
        if all(is_free(port + number) for number in range(following + 1)):
            return port


def is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


def collect_static() -> Path:
    """The hashed static files, collected once a run by whichever worker comes first."""
    target = environment.DATA / "static"
    with (environment.DATA / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / "staticfiles.json").exists():
            env = os.environ | {"IESO_STATIC_ROOT": str(target)}
            command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0", "--skip-checks"]
            subprocess.run(command, env=env, cwd=paths.BASE_DIR, check=True)
    return target


class Served:
    """A running web process; `url` is its address. Sign people in with `cookies` or `socket`."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = environment.folder() / f"web-{self.port}.log"
        self.process: subprocess.Popen | None = None

    def start(self) -> "Served":
        env = os.environ | {
            "IESO_SITE_URL": self.url,
            "IESO_STATIC_ROOT": str(collect_static()),
            "ASGI_THREADS": "8",
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, *WEB.format(port=self.port).split()]
        with self.log_file.open("a") as log:
            self.process = processes.spawn(command, log=log, env=env, cwd=paths.BASE_DIR)
        self.wait()
        return self

    def wait(self) -> None:
        limit = time.monotonic() + READY_SECONDS
        while self.process.poll() is None and time.monotonic() < limit:
            if self.is_ready():
                return
            time.sleep(0.05)
        raise RuntimeError(f"the web server does not serve:\n{self.log()[-4000:]}")

    def is_ready(self) -> bool:
        return self._answers("/livez") is not None

    def is_at_work(self) -> bool:
        """Whether it serves a page or a socket, perhaps of a browser that is gone; one that is dead serves nobody."""
        return self._answers(AT_WORK) not in (None, b"0")

    def _answers(self, path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.read()
        except OSError:  # an answer that says no is one of these as well
            return None

    def stop(self) -> None:
        if self.process:
            processes.stop(self.process)

    def kill(self) -> None:
        """As a power cut would: SIGKILL."""
        self.process.kill()
        self.process.wait()

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def cookies(self, who) -> dict[str, str]:
        """The cookies of somebody signed in, for any HTTP client."""
        from tests import cast

        return {name: morsel.value for name, morsel in cast.signed_in(who).cookies.items()}

    def socket(self, path: str, who=None, *, origin: str | None = None, **options):
        """An open websocket (`websockets.sync.client`), signed in as `who` unless None; use it with `with`."""
        from websockets.sync.client import connect

        headers = {}
        if who is not None:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies(who).items())
        address = urlsplit(self.url)._replace(scheme="ws", path=path).geturl()
        options.setdefault("open_timeout", 30)
        return connect(address, origin=origin or self.url, additional_headers=headers, proxy=None, **options)


@pytest.fixture(scope="session")
def served_site(django_db_setup) -> Iterator[Served]:
    """The web process itself; tests use `live_service`, which commits."""
    site = Served()
    database.BESIDE.append(site.is_at_work)
    try:
        yield site.start()
    finally:
        database.BESIDE.remove(site.is_at_work)
        site.stop()


@pytest.fixture
def live_service(transactional_db, served_site: Served) -> Iterator[Served]:
    """The site served for real; what the test writes is committed. Fails where the server logged a traceback, also
    over what a browser left behind."""
    if not served_site.is_ready():  # killed by the last test, or hung
        served_site.stop()
        served_site.start()
    before = len(served_site.log())
    served_site.may_fail = False
    yield served_site
    database.settle()
    written = served_site.log()[before:]
    if "Traceback (most recent call last)" in written and not served_site.may_fail:
        pytest.fail(f"the web server logged an error:\n{written[-6000:]}")
