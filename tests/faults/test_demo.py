"""The demonstration's processes: killed one by one and all at once; nothing is lost and nothing is left over."""

import os
import signal
import subprocess
import sys

import pytest

from ieso import paths
from tests.faults.demonstration import Demo, alive, descendants, until
from tests.harness.served import free_port

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("demo")]
# A part of the command line that tells each process of the runner from the others.
PROCESSES = {
    "web": "ieso.web",
    "worker": " worker --concurrency",
    "beat": " beat --loglevel",
    "redis": "redis-server",
    "postgres": "bin/postgres",
}


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
