"""The demonstration's processes: killed one by one and all at once; nothing is lost and nothing is left over."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from ieso import paths
from tests.harness.servers_folder import servers_folder

READY_SECONDS = 110
# One demonstration for all of them: its start is most of their time.
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("demo")]
# A part of the command line that tells each process of the runner from the others.
PROCESSES = {
    "web": "ieso.web",
    "worker": " worker --concurrency",
    "beat": " beat --loglevel",
    "redis": "redis-server",
    "postgres": "bin/postgres",
}


def until(condition, seconds: float = 30) -> bool:
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        time.sleep(0.1)
    return bool(condition())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
        assert until(lambda: f"ready: http://127.0.0.1:{self.port}" in self.said(), READY_SECONDS), self.said()

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


@pytest.fixture(scope="module")
def demo():
    with servers_folder() as folder:
        running = Demo(folder / "data")
        yield running
        if running.parent.poll() is None:
            assert running.end(signal.SIGTERM) == []


def test_each_killed_process_is_started_again_and_what_was_acknowledged_is_kept(demo):
    for name in PROCESSES:
        kill_and_see(demo, name)


def kill_and_see(demo: Demo, name: str) -> None:
    written = demo.write()
    family = descendants(demo.parent.pid)
    victim = min(pid for pid, command in family.items() if PROCESSES[name] in command)
    os.kill(victim, signal.SIGKILL)
    assert until(lambda: f"{name} ended with code -9: starting it again" in demo.said())
    assert until(lambda: any(PROCESSES[name] in command for command in alive(descendants(demo.parent.pid))))
    assert until(demo.serves)
    assert until(lambda: not alive({victim: family[victim]}))
    assert demo.kept(written)


def test_a_second_one_on_the_same_port_or_folder_says_so(demo):
    for options, reason in (
        ([f"--port={demo.port}", f"--data={demo.data}-2"], "is taken"),
        ([f"--port={free_port()}", f"--data={demo.data}"], "already running"),
        ([f"--port={free_port()}", f"--data={demo.data}", "--fresh"], "in use"),
    ):
        second = subprocess.run(
            [sys.executable, "-m", "ieso.runner", *options], cwd=paths.BASE_DIR, capture_output=True, text=True
        )
        assert second.returncode == 1
        assert reason in second.stderr
    assert demo.serves()


def test_a_killed_parent_leaves_nothing_and_loses_nothing(demo):
    written = demo.write()
    assert demo.end(signal.SIGKILL) == []
    demo.start()
    assert demo.serves()
    assert demo.kept(written)


def test_ctrl_c_leaves_no_process_behind(demo):
    assert demo.end(signal.SIGINT) == []
    assert demo.said().endswith("stopped\n")
    assert demo.parent.returncode == 0
    demo.start()


def test_fresh_wipes_only_what_the_demonstration_made(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = subprocess.run(
        [sys.executable, "-m", "ieso.runner", "--fresh", f"--port={free_port()}", f"--data={tmp_path}"],
        cwd=paths.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert "was not made by bin/demo" in refused.stderr
    assert (tmp_path / "thesis.txt").exists()
