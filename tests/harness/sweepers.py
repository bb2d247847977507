"""Sweeping and sending processes that can be killed at any moment.

They are forked by a small process of their own (`python -m tests.harness.sweepers`), which has everything loaded and no
connection and no thread: so a new one works at once, however much the process holds that asks for it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable

from ieso import paths, processes

KIND = "measured_chore"
NOTICE = "message_waiting"
SWEEP, SEND = "sweep", "send"
MAIL_BACKEND = "IESO_TEST_MAIL_BACKEND"
# How many seconds each act takes beside its writing, so that most kills come in the middle of one.
ACT_SECONDS = "IESO_TEST_ACT_SECONDS"
PATIENCE_SECONDS = 60


class Crew:
    """Processes that do one thing over and over at a time that stands still: `work` is SWEEP or SEND."""

    def __init__(self, work: str, at: dt.datetime) -> None:
        self.pids: list[int] = []
        self.kills = 0
        command = [sys.executable, "-m", "tests.harness.sweepers", work, at.isoformat()]
        self.foreman = subprocess.Popen(command, cwd=paths.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def start(self, number: int = 1) -> None:
        assert self.foreman.stdin
        assert self.foreman.stdout
        for _ in range(number):
            self.foreman.stdin.write(b"one more\n")
            self.foreman.stdin.flush()
            self.pids.append(int(self.foreman.stdout.readline()))

    def replace_oldest(self) -> None:
        """`kill -9` for the one that has worked longest, and another in its place."""
        os.kill(self.pids.pop(0), signal.SIGKILL)
        self.kills += 1
        self.start()

    def stop(self) -> None:
        """Ends all of them; returns when none is left."""
        while self.pids:
            _end(self.pids.pop())
        self.foreman.kill()
        self.foreman.communicate()


def _end(pid: int) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < limit:
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)


# --- in the processes -------------------------------------------------------------------------------


def act(deadline, at: dt.datetime) -> None:
    """One mail into the outbox, as most handlers do; its key is new each time, so that a second act shows."""
    from notices.models import OutboxMessage

    OutboxMessage.objects.create(
        key=f"{deadline.key}:{uuid.uuid4()}", recipient="nobody@example.org", notice=NOTICE,
        case_ref=deadline.case_ref, link=f"/{deadline.key}/", created_at=at, next_at=at, not_before=at,
    )  # fmt: skip
    time.sleep(float(os.environ.get(ACT_SECONDS, 0)))


def register() -> None:
    from deadlines import registry

    registry.register(KIND, label="Measured chore", on_due=act)


def main(work: str, at: dt.datetime) -> None:
    """The foreman: forks one more for each line that it reads and says its number. The kernel buries the killed."""
    import django

    processes.die_with_parent(signal.SIGKILL)
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    do = work_of(work)
    while sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            toil(lambda: do(at))
        print(pid, flush=True)


def work_of(name: str) -> Callable[[dt.datetime], object]:
    from django.conf import settings

    from deadlines.actions import sweep
    from notices.actions import send_outbox

    register()
    settings.EMAIL_BACKEND = os.environ.get(MAIL_BACKEND, settings.EMAIL_BACKEND)
    return {SWEEP: sweep, SEND: send_outbox}[name]


def toil(work: Callable[[], object]) -> None:
    processes.die_with_parent(signal.SIGKILL)
    try:
        while True:
            if not work():
                time.sleep(0.01)
    finally:
        os._exit(1)


def missed_and_doubled(wanted: list[str]) -> tuple[int, int]:
    """How many of the deadlines (their keys) did not act, and how many acts there were too many."""
    from notices.models import OutboxMessage

    acts = list(OutboxMessage.objects.values_list("link", flat=True))
    return len({f"/{key}/" for key in wanted} - set(acts)), len(acts) - len(set(acts))


def disconnect() -> None:
    """Give up this process's connections, so that a server that they hang on can end."""
    from django.db import connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    for each in connections.all(initialized_only=True):
        each.close()
        if isinstance(each, DatabaseWrapper):
            each.close_pool()


if __name__ == "__main__":
    main(sys.argv[1], dt.datetime.fromisoformat(sys.argv[2]))
