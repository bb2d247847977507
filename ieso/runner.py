"""`bin/demo`: the whole service as children of this one process, in the foreground.

Ctrl-C ends everything in order; if this process is killed the kernel ends its children. A child that dies is started
again: what was acknowledged is in Postgres, so nothing is lost but time.
"""

import argparse
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ieso import embedded, paths, processes

POLL_SECONDS = 0.2
READY_SECONDS = 60
# A child that dies at once is not started in a tight loop.
RESTART_AFTER_SECONDS = 1.0
HEALTH_EVERY_SECONDS = 30
# A worker may live and take no jobs (seen after Redis restarts): older than this it is started anew.
STUCK_WORKER_SECONDS = 240
# Twelve threads that let four hundred sockets in at once held the event loop, and so everybody's lines, up by half a
# second at a time: Python runs one of them at a time, and the loop waits in the same queue (docs/room-speed.md).
WEB_THREADS = 4
WEB = "-m ieso.web --bind 127.0.0.1 --port {port}"
WORKER = """
    -m celery --app ieso.celery --quiet worker --concurrency 2 --loglevel WARNING
    --without-gossip --without-mingle --without-heartbeat
"""
BEAT = "-m celery --app ieso.celery --quiet beat --loglevel WARNING --schedule {data}/beat/schedule --pidfile="
CLEARED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "IESO_DEPLOYED", "IESO_ALLOWED_HOSTS",
           "IESO_DATABASE_ROLE", "DJANGO_SETTINGS_MODULE")  # fmt: skip


class Stopped(BaseException):
    """Somebody asked us to end."""


def say(text: str) -> None:
    print(text, flush=True)


@dataclass
class Child:
    """One long-running child, and when it was started."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen | None = None
    started: float = 0.0

    def start(self, env: dict[str, str]) -> None:
        with self.log.open("a") as log:
            self.process = processes.spawn([sys.executable, *self.command], log=log, env=env, cwd=paths.BASE_DIR)
        self.started = time.monotonic()

    def died(self) -> int | None:
        return self.process.poll() if self.process else None

    def may_start_again(self) -> bool:
        return time.monotonic() - self.started > RESTART_AFTER_SECONDS


def fingerprint(*roots: Path) -> str:
    """One hash over the names and contents of files and of folders with all that is in them."""
    digest = hashlib.sha256()
    for root in sorted(roots):
        files = [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.is_file())
        for file in files:
            digest.update(f"{file.relative_to(paths.BASE_DIR)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


class Stamp:
    """A file that remembers for which inputs a step was last done."""

    def __init__(self, file: Path, *inputs: Path) -> None:
        self.file = file
        self.wanted = fingerprint(*inputs)

    def done(self) -> bool:
        return self.file.exists() and self.file.read_text() == self.wanted

    def set(self) -> None:
        self.file.write_text(self.wanted)


class Demo:
    """The service of one data folder on one port."""

    def __init__(self, data: Path, port: int, scale: int) -> None:
        self.data = embedded.prepare_data(data)
        self.port = port
        self.scale = scale
        self.url = f"http://127.0.0.1:{port}"
        self.services = embedded.EmbeddedServices(self.data)
        self.env = {key: value for key, value in os.environ.items() if key.removesuffix("_FILE") not in CLEARED}
        self.env |= {
            "IESO_DATA": str(self.data),
            "IESO_DEMO": "1",
            "IESO_SITE_URL": self.url,
            "ASGI_THREADS": str(WEB_THREADS),
            "PYTHONUNBUFFERED": "1",
        }
        self.children = [
            self._child("web", WEB.format(port=port)),
            self._child("worker", WORKER),
            self._child("beat", BEAT.format(data=self.data)),
        ]
        self.steps: list[subprocess.Popen] = []

    def _child(self, name: str, command: str) -> Child:
        folder = str(self.data)
        parts = [part.replace("\0", folder) for part in command.replace(folder, "\0").split()]
        return Child(name, parts, self.data / "logs" / f"{name}.log")

    def run(self) -> None:
        """Brings everything up, says so, and watches until somebody stops us."""
        try:
            self.services.start()
            self.prepare()
            web, worker, beat = self.children
            web.start(self.env)
            worker.start(self.env)
            self.wait_until_ready()
            beat.start(self.env)  # not sooner: a worker that begins sweeps at once, and the cores are few
            say(f"ready: {self.url}")
            self.watch()
        finally:
            self.stop()

    def prepare(self) -> None:
        """Schema, rights, static files and demo data, each only when its inputs have changed."""
        base = paths.BASE_DIR
        schema = Stamp(
            self.data / "schema.stamp",
            *base.glob("*/migrations/*.py"),
            base / "ieso/grants.py",
            base / "hub/library.py",
        )
        static = Stamp(base / ".static.stamp", base / "static", base / "ieso/static.py")
        collecting = None
        if not (static.done() and (base / ".static/staticfiles.json").exists()):
            collecting = self.begin("collectstatic", "--noinput", "--verbosity=0")
        if not schema.done():
            say("Bringing the database up to date")
            self.finish(self.begin("migrate", "--verbosity=0", "--skip-checks"))
            self.finish(self.begin("apply_grants", "--skip-checks"))
            self.finish(self.begin("bring_in_library", "--skip-checks"))
            schema.set()
        if collecting:
            self.finish(collecting)
            static.set()
        if not self.has_people():
            say("Planting the demonstration's data")
            self.finish(self.begin("seed_demo", f"--scale={self.scale}"))

    def has_people(self) -> bool:
        """Whether the data is planted: that is one transaction, so there is all of it or nothing."""
        with psycopg.connect(self.services.database_url) as connection:
            return connection.execute("SELECT 1 FROM accounts_user LIMIT 1").fetchone() is not None

    def begin(self, *command: str) -> subprocess.Popen:
        step = processes.spawn([sys.executable, "manage.py", *command], env=self.env, cwd=paths.BASE_DIR)
        self.steps.append(step)
        return step

    def finish(self, step: subprocess.Popen) -> None:
        code = step.wait()
        self.steps.remove(step)
        if code:
            raise embedded.EmbeddedError(f"{step.args!r} failed with code {code}.")

    def wait_until_ready(self) -> None:
        limit = time.monotonic() + READY_SECONDS
        while self.status("/livez") != 200:
            web = self.children[0]
            if web.died() is not None or time.monotonic() > limit:
                raise embedded.EmbeddedError(f"The web server does not serve: see {web.log}")
            time.sleep(0.1)

    def status(self, path: str) -> int | None:
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as response:  # noqa: S310 - our own loopback URL
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def watch(self) -> None:
        """Starts again whatever dies, and a worker that lives without working."""
        checked = time.monotonic()
        while True:
            time.sleep(POLL_SECONDS)
            self.revive_services()
            for child in self.children:
                if child.died() is not None and child.may_start_again():
                    say(f"{child.name} ended with code {child.died()}: starting it again")
                    child.start(self.env)
            if time.monotonic() - checked > HEALTH_EVERY_SECONDS:
                checked = time.monotonic()
                self.revive_stuck_worker()

    def revive_services(self) -> None:
        for name in ("postgres", "redis"):
            process = getattr(self.services, name)
            if process.poll() is not None:
                say(f"{name} ended with code {process.returncode}: starting it again")
                time.sleep(POLL_SECONDS)
                getattr(self.services, f"start_{name}")()

    def revive_stuck_worker(self) -> None:
        worker = self.children[1]
        old = time.monotonic() - worker.started > STUCK_WORKER_SECONDS
        if worker.process and old and self.status("/healthz") == 503:
            say("The sweeps stand still: starting the worker again")
            processes.stop(worker.process, signal.SIGTERM, patience_seconds=5)

    def stop(self) -> None:
        """Beat, worker and web together, then what they use."""
        running = [child.process for child in self.children if child.process] + self.steps
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in running:
            processes.stop(process, signal.SIGTERM, patience_seconds=10)
        self.services.stop()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description="Runs the whole service on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", help="where everything is kept (default: .data)")
    parser.add_argument("--fresh", action="store_true", help="wipe the data folder first (one that bin/demo made)")
    parser.add_argument("--scale", type=int, default=1, help="this many times the demonstration's people")
    return parser.parse_args()


def wipe(data: Path) -> None:
    """Removes a data folder of ours that nobody uses."""
    if not data.exists():
        return
    if not (data / embedded.MARKER).exists():
        raise embedded.EmbeddedError(f"{data} was not made by bin/demo: it stays as it is.")
    held = embedded.lock_services(data)
    if held is None:
        raise embedded.EmbeddedError(f"{data} is in use: stop its service first.")
    with held:
        shutil.rmtree(data)


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise embedded.EmbeddedError(f"Port {port} is taken: choose another with --port.") from error


def raise_stopped(*_args) -> None:
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.SIG_IGN)
    raise Stopped


def main() -> None:
    options = arguments()
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, raise_stopped)
    data = paths.data_folder(options.data)
    try:
        refuse_taken_port(options.port)
        if options.fresh:
            wipe(data)
        Demo(data, options.port, options.scale).run()
    except Stopped:
        say("stopped")
    except embedded.EmbeddedError as error:
        sys.exit(f"bin/demo: {error}")


if __name__ == "__main__":
    main()
