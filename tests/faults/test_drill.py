"""The drill of `bench/faults.py`, short: processes killed under load, a cutting proxy, a deploy; and its control."""

import os
import re
import subprocess
import sys

import pytest

from bench.drill.verdict import Row, Transcript, Verdict, judge
from ieso import paths
from tests.harness.served import collect_static, free_port

pytestmark = pytest.mark.timeout(180)
LAST = re.compile(
    r"faults: (\d+) kills, (\d+) cuts, (\d+) acknowledged lines; lost (\d+) doubled (\d+) misplaced (\d+)"
)


def drill(*options: str) -> tuple[int, dict[str, int]]:
    """Run the drill; return its code and the figures of its last line."""
    command = [sys.executable, "-m", "bench.faults", "--rooms=2", f"--port={free_port(2)}", *options]
    env = os.environ | {"IESO_STATIC_ROOT": str(collect_static())}
    done = subprocess.run(command, env=env, cwd=paths.BASE_DIR, capture_output=True, text=True)
    found = LAST.fullmatch(done.stdout.strip().splitlines()[-1])
    assert found, done.stdout + done.stderr
    names = ("kills", "cuts", "acknowledged", "lost", "doubled", "misplaced")
    return done.returncode, dict(zip(names, map(int, found.groups()), strict=True)) | {"said": done.stdout}


@pytest.mark.rule("ROOM-2c")
@pytest.mark.rule("ROOM-2d")
@pytest.mark.rule("ROOM-10a")
def test_killed_cut_and_deployed_the_room_loses_nothing():
    code, said = drill("--minutes=0.2", "--kills=6")
    assert (code, said["lost"], said["doubled"], said["misplaced"]) == (0, 0, 0, 0), said
    assert said["kills"] >= 4
    assert said["cuts"] > 10
    assert said["acknowledged"] == 2 * 20 * 12


def test_the_same_without_resuming_shows_that_loss_would_be_seen():
    code, said = drill("--minutes=0.1", "--kills=2", "--web=1", "--control")
    assert code == 1
    assert said["lost"] > 0


TABLE = [Row(1, "a", "patient", "one"), Row(2, "b", "patient", "two"), Row(3, "c", "clinician", "three")]


def seen(shown: list[Row], **changes) -> Transcript:
    made = Transcript("patient", ["a", "b"], {"a": 1, "b": 2}, {}, shown)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("table", "transcript", "wrong"),
    [
        (TABLE, seen(TABLE), (0, 0, 0)),
        (TABLE, seen(TABLE[:2]), (1, 0, 0)),
        (TABLE, seen([*TABLE, TABLE[1]]), (0, 1, 1)),
        (TABLE, seen([TABLE[0], TABLE[2], TABLE[1]]), (0, 0, 1)),
        (TABLE, seen(TABLE, acks={"a": 1, "b": 2, "z": 9}), (1, 0, 0)),
        (TABLE, seen(TABLE, twins={"a": 2}), (0, 0, 1)),
        (TABLE, seen(TABLE, written=["b", "a"]), (0, 0, 1)),
        (TABLE, seen([TABLE[0], TABLE[1]._replace(text="altered"), TABLE[2]]), (0, 0, 1)),
        ([TABLE[0], TABLE[1], TABLE[2]._replace(seq=4)], seen([TABLE[0], TABLE[1]]), (1, 0, 1)),
        ([*TABLE, Row(4, "d", "patient", "one")], seen([*TABLE, Row(4, "d", "patient", "one")]), (0, 1, 0)),
    ],
)
def test_the_judge_sees_each_kind_of_fault(table, transcript, wrong):
    verdict = Verdict()
    judge(table, [transcript], "room", verdict)
    assert (verdict.lost, verdict.doubled, verdict.misplaced) == wrong, verdict.notes
