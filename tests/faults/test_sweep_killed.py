"""Real workers on one database: they share what is due, and a killed one leaves nothing half done (TIME-0)."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time

import pytest

from deadlines.models import Deadline
from ieso import paths, processes

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
CASES = [f"CASE{number:04}" for number in range(20)]
DEADLINES_A_CASE = 5
# Each handler writes one row into the outbox of its own, slowly enough to be killed in between.
WORKER = """
import datetime as dt, sys, time, django
django.setup()
from django.db import connection
from deadlines import registry
from deadlines.actions import sweep
from notices.models import OutboxMessage

def act(deadline, at):
    moment = dt.datetime.now(dt.UTC)
    OutboxMessage.objects.create(
        key=f"{deadline.key}:{moment.timestamp()}", recipient="nobody@example.org", notice="test",
        case_ref=deadline.case_ref, link=deadline.key, created_at=moment, next_at=moment, not_before=moment,
    )
    time.sleep(0.02)

registry.register("chore", label="Chore", on_due=act)
print("ready", flush=True)
while True:
    sweep(dt.datetime.fromisoformat(sys.argv[1]))
    connection.close()
    time.sleep(0.01)
"""


@pytest.fixture
def workers():
    """A function that starts one more sweeping process; all are ended afterwards."""
    running: list[subprocess.Popen] = []

    def start() -> subprocess.Popen:
        command = [sys.executable, "-c", WORKER, AT.isoformat()]
        child = processes.spawn(command, env=dict(os.environ), cwd=paths.BASE_DIR)
        running.append(child)
        return child

    yield start
    for child in running:
        processes.stop(child, signal.SIGKILL)


@pytest.mark.rule("TIME-0b")
@pytest.mark.rule("TIME-0c")
@pytest.mark.rule("TIME-0d")
@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_each_deadline_acts_once_and_in_order(workers):
    from notices.models import OutboxMessage

    Deadline.objects.bulk_create(
        Deadline(kind="chore", key=f"{case}-{number}", case_ref=case, due_at=due(number), next_at=due(number),
                 opened_at=AT - dt.timedelta(days=9), opened_by="the test")
        for case in CASES
        for number in range(DEADLINES_A_CASE)
    )  # fmt: skip
    everything = len(CASES) * DEADLINES_A_CASE
    children = [workers(), workers()]
    limit = time.monotonic() + 60
    kills = 0
    while Deadline.objects.open().exists() and time.monotonic() < limit:
        acted = OutboxMessage.objects.count()
        if acted > (kills + 1) * 15:
            children.pop(0).kill()
            children.append(workers())
            kills += 1
        time.sleep(0.01)
    assert kills >= 3
    assert Deadline.objects.filter(state="missed", attempts=0).count() == everything
    written = list(OutboxMessage.objects.order_by("pk").values_list("link", flat=True))
    assert sorted(written) == sorted(f"{case}-{number}" for case in CASES for number in range(DEADLINES_A_CASE))
    for case in CASES:
        assert [key for key in written if key.startswith(case)] == [f"{case}-{n}" for n in range(DEADLINES_A_CASE)]


def due(number: int) -> dt.datetime:
    return AT - dt.timedelta(hours=DEADLINES_A_CASE - number)
