"""Sweeping and sending processes that can be killed at any moment, forked from one that has everything loaded."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
import uuid
from collections.abc import Callable

from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from deadlines import registry
from deadlines.actions import sweep
from deadlines.models import Deadline
from ieso import processes
from notices.models import OutboxMessage

KIND = "measured_chore"
NOTICE = "message_waiting"


def act(deadline: Deadline, at: dt.datetime) -> None:
    """One mail into the outbox, as most handlers do; its key is new each time, so that a second act shows."""
    OutboxMessage.objects.create(
        key=f"{deadline.key}:{uuid.uuid4()}", recipient="nobody@example.org", notice=NOTICE,
        case_ref=deadline.case_ref, link=f"/{deadline.key}/", created_at=at, next_at=at, not_before=at,
    )  # fmt: skip


def register() -> None:
    registry.register(KIND, label="Measured chore", on_due=act)


def disconnect() -> None:
    """Nothing of this process's connections may be used on both sides of a fork."""
    for each in connections.all(initialized_only=True):
        each.close()
        if isinstance(each, DatabaseWrapper):
            each.close_pool()


class Crew:
    """Child processes that do one thing over and over."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.work, self.pids, self.kills = work, [], 0

    def start(self, number: int = 1) -> None:
        disconnect()
        for _ in range(number):
            pid = os.fork()
            if pid == 0:
                self._toil()
            self.pids.append(pid)

    def _toil(self) -> None:
        processes.die_with_parent(signal.SIGKILL)
        for caught in (signal.SIGTERM, signal.SIGINT):
            signal.signal(caught, signal.SIG_DFL)
        try:
            while True:
                if not self.work():
                    time.sleep(0.01)
        finally:
            os._exit(1)

    def replace_oldest(self) -> None:
        """`kill -9` for the one that has worked longest, and another in its place."""
        self._end(self.pids.pop(0))
        self.kills += 1
        self.start()

    def stop(self) -> None:
        while self.pids:
            self._end(self.pids.pop())

    @staticmethod
    def _end(pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def sweepers(at: dt.datetime) -> Crew:
    return Crew(lambda: sweep(at))


def missed_and_doubled(wanted: list[str]) -> tuple[int, int]:
    """How many of the deadlines (their keys) did not act, and how many acts there were too many."""
    acts = list(OutboxMessage.objects.values_list("link", flat=True))
    connection.close()
    return len({f"/{key}/" for key in wanted} - set(acts)), len(acts) - len(set(acts))
