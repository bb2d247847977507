"""`bin/demo` in a folder and on a port of its own, and every process that it has."""

import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg

from ieso import paths
from tests.harness.served import free_port

READY_SECONDS = 110


def until(condition, seconds: float = 30) -> bool:
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        time.sleep(0.1)
    return bool(condition())


def processes() -> dict[int, tuple[int, str]]:
    """Parent and command line of every process that has not ended, by its number."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if state != "Z":
            found[int(folder.name)] = (int(parent), command)
    return found


def descendants(pid: int) -> dict[int, str]:
    """Command lines of all processes below `pid`, by number."""
    found, everybody = {}, processes()
    below = {pid}
    while below:
        below = {child for child, (parent, _) in everybody.items() if parent in below}
        found |= {child: everybody[child][1] for child in below}
    return found


def alive(family: dict[int, str]) -> list[str]:
    everybody = processes()
    return [command for pid, command in family.items() if everybody.get(pid, (0, ""))[1] == command]


class Demo:
    """A demonstration with no patients on a port and in a folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.out = data.with_suffix(".out")
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "ieso.runner", f"--port={self.port}", f"--data={self.data}", "--scale=0"]
        with self.out.open("w") as out:
            self.parent = subprocess.Popen(command, cwd=paths.BASE_DIR, stdout=out, stderr=out, start_new_session=True)
        if not until(lambda: f"ready: http://127.0.0.1:{self.port}" in self.said(), READY_SECONDS):
            self.end(signal.SIGTERM)
            raise AssertionError(f"not ready within {READY_SECONDS} s:\n{self.said()}")

    def said(self) -> str:
        return self.out.read_text()

    def serves(self) -> bool:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=5).status == 200
        except OSError:
            return False

    def ask(self, question: str):
        with psycopg.connect(paths.database_url(self.data)) as connection:
            return connection.execute(question).fetchone()

    def write(self) -> str:
        """One acknowledged write: the name of its row."""
        insert = "INSERT INTO deadlines_heartbeat (name, at) VALUES (gen_random_uuid()::text, now()) RETURNING name"
        return self.ask(insert)[0]

    def kept(self, name: str) -> bool:
        return self.ask(f"SELECT count(*) FROM deadlines_heartbeat WHERE name = '{name}'") == (1,)

    def end(self, sig: int) -> list[str]:
        """Sends `sig` to the parent alone and returns what is still there afterwards."""
        family = descendants(self.parent.pid)
        self.parent.send_signal(sig)
        self.parent.wait(40)
        until(lambda: not alive(family))
        return alive(family)
