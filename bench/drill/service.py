"""The real processes of the drill: Postgres, Redis, two web servers and a worker, killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

from bench.drill.verdict import Row
from ieso import embedded, paths, processes, runner
from tests.harness import run as template

READY_SECONDS = 60
TABLE = """
    SELECT s.ref::text, l.seq, l.cid,
        CASE l.sender_id WHEN s.patient_user_id THEN 'patient' WHEN s.clinician_user_id THEN 'clinician' END, l.text
    FROM therapy_line l JOIN therapy_session s ON s.id = l.session_id ORDER BY s.ref, l.seq
"""


class Service:
    """Everything below the proxy. Call it from the main thread only: children die with the thread that made them."""

    def __init__(self, folder: Path, port: int, *, web: int = 2) -> None:
        self.data = folder / "data"
        self.port = port
        self.ports = [port + 1 + number for number in range(web)]
        self.kills: Counter[str] = Counter()
        self.deploys = 0
        self.to_end: list[int] = []
        self.services = embedded.EmbeddedServices(self.data)
        cleared = (*runner.CLEARED, "IESO_TEST_DATA")
        self.env = {key: value for key, value in os.environ.items() if key not in cleared}
        self.env |= {
            "IESO_DATA": str(self.data),
            "IESO_SITE_URL": f"http://127.0.0.1:{port}",
            "IESO_STATIC_ROOT": os.environ.get("IESO_STATIC_ROOT", str(folder / "static")),
            "IESO_LOG_LEVEL": "WARNING",
            "ASGI_THREADS": "8",
        }
        self.children: dict[str, runner.Child] = {}

    # --- up and down ------------------------------------------------------------------------------------

    def start(self, rooms: int) -> list[dict[str, Any]]:
        """Bring everything up and return the rooms to write in."""
        kept = template.CACHE / template.fingerprint()
        if kept.is_dir():
            embedded.prepare_data(self.data)
            template.copy_cluster(kept, self.data)
        self.services.start()
        if not kept.is_dir():
            template.make_tables(self.services)
        if not (Path(self.env["IESO_STATIC_ROOT"]) / "staticfiles.json").exists():
            self._manage("-m", "django", "collectstatic", "--noinput", "--verbosity=0", "--skip-checks")
        made = json.loads(self._manage("-m", "bench.in_django", "bench.drill.seed", str(rooms)))
        for port in self.ports:
            self._child(f"web {port}", runner.WEB.format(port=port))
        self._child("worker", runner.WORKER)
        for port in self.ports:
            self.wait_for_web(port)
        return made

    def stop(self) -> None:
        for child in self.children.values():
            if child.process:
                processes.stop(child.process, signal.SIGTERM)
        self.services.stop()

    def _manage(self, *command: str) -> str:
        env = self.env | {"DJANGO_SETTINGS_MODULE": "ieso.settings"}
        done = subprocess.run([sys.executable, *command], env=env, cwd=paths.BASE_DIR, stdout=subprocess.PIPE)
        if done.returncode:
            raise embedded.EmbeddedError(f"{command} failed with code {done.returncode}.")
        return done.stdout.decode()

    def _child(self, name: str, command: str) -> None:
        log = self.data / "logs" / f"{name.replace(' ', '-')}.log"
        self.children[name] = runner.Child(name, command.split(), log)
        self.children[name].start(self.env)

    def wait_for_web(self, port: int) -> None:
        limit = time.monotonic() + READY_SECONDS
        while not self.serves(port):
            if time.monotonic() > limit:
                raise embedded.EmbeddedError(f"The web server on {port} does not serve: see {self.data / 'logs'}")
            time.sleep(0.1)

    def serves(self, port: int) -> bool:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5).status == 200
        return False

    # --- faults -----------------------------------------------------------------------------------------

    def kill(self, name: str) -> None:
        """SIGKILL; Postgres by turns its first process alone and all of them, as a power cut would."""
        process = getattr(self.services, name) if name in ("postgres", "redis") else self.children[name].process
        if process is None or process.poll() is not None:
            return
        if name == "postgres" and self.kills[name] % 2:
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        self.kills[name] += 1

    def freeze_postgres(self) -> None:
        """Postgres takes connections and questions and answers nothing any more, as on a disk that hangs."""
        self._signal_postgres(signal.SIGSTOP)

    def thaw_postgres(self) -> None:
        self._signal_postgres(signal.SIGCONT)

    def _signal_postgres(self, number: signal.Signals) -> None:
        first = self.services.postgres
        if first is None or first.poll() is not None:
            return
        os.kill(first.pid, number)  # first: it makes no new process meanwhile
        for pid in Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), number)

    def revive(self) -> None:
        for name in ("postgres", "redis"):
            if getattr(self.services, name).poll() is not None:
                getattr(self.services, f"start_{name}")()
                getattr(self.services, f"wait_for_{name}")()
        for child in self.children.values():
            if child.died() is not None:
                child.start(self.env)

    def deploy(self) -> None:
        """Begin a release: each web server in turn is asked to end in order and started again; see `go_on`."""
        self.to_end = list(self.ports)

    def go_on(self) -> None:
        """Start again at once whatever has died or ended, and take the next step of a release."""
        self.revive()
        if self.to_end and all(self.serves(port) for port in self.ports):
            process = self.children[f"web {self.to_end.pop(0)}"].process
            if process:
                process.send_signal(signal.SIGTERM)
            self.deploys += not self.to_end

    # --- the truth ----------------------------------------------------------------------------------------

    def table(self) -> dict[str, list[Row]]:
        """Return every line of every session, by session, in the order of its numbers."""
        found: dict[str, list[Row]] = {}
        with psycopg.connect(self.services.owner_url) as connection:
            for session, *row in connection.execute(TABLE):
                found.setdefault(session, []).append(Row(*row))
        return found

    def errors(self) -> int:
        """How many errors the web servers wrote down; where the database dies some are to be expected."""
        logs = (self.data / "logs").glob("web-*.log")
        return sum(log.read_text(errors="replace").count("[error") for log in logs)
