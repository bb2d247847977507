"""Sweeping workers that a test moves step by step: each is a thread with a connection of its own, which stops before
and after every handler until it is told to go on or to die."""

from __future__ import annotations

import datetime as dt
import queue
import threading

from django.db import connection

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage

PATIENCE_SECONDS = 20
GO, DIE = "go", "die"


class Killed(BaseException):
    """The worker is gone: nothing catches this, its transaction is lost with its connection."""


class Worker:
    """One sweeping worker; `step()` lets it run to its next stop, `kill()` ends it where it stands."""

    here = threading.local()

    def __init__(self, at: dt.datetime) -> None:
        self.at, self.failure = at, None
        self.orders: queue.Queue[str] = queue.Queue()
        self.stops: queue.Queue[str] = queue.Queue()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.running = True
        self._hear()

    def step(self) -> None:
        self.orders.put(GO)
        self._hear()

    def kill(self) -> None:
        self.orders.put(DIE)
        self._hear()

    def finish(self) -> None:
        while self.running:
            self.step()

    def _hear(self) -> None:
        if self.stops.get(timeout=PATIENCE_SECONDS) == "gone":
            self.running = False
            self.thread.join(PATIENCE_SECONDS)
            if self.failure:
                raise self.failure

    def _run(self) -> None:
        Worker.here.one = self
        try:
            sweep(self.at)
        except Killed:
            pass
        except BaseException as error:  # handed to the test
            self.failure = error
        finally:
            connection.close()
            self.stops.put("gone")

    @classmethod
    def stop(cls, where: str) -> None:
        """Called by a handler: wait here for an order, in whichever worker this is."""
        worker = getattr(cls.here, "one", None)
        if worker is None:
            return
        worker.stops.put(where)
        if worker.orders.get(timeout=PATIENCE_SECONDS) == DIE:
            raise Killed


class Ledger:
    """The handlers of the kind "chore": each act is an outbox row with a key of its own, so that a second one shows."""

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self.number = 0

    def due(self, deadline: Deadline, at: dt.datetime) -> None:
        assert deadline.due_at <= at
        self._act("due", deadline, at, deadline.due_at)

    def remind(self, deadline: Deadline, at: dt.datetime) -> None:
        assert at < deadline.due_at, "a stale reminder"
        self._act("remind", deadline, at, deadline.next_at)

    def _act(self, what: str, deadline: Deadline, at: dt.datetime, happens_at: dt.datetime) -> None:
        self._nothing_before_it(deadline, at, happens_at)
        Worker.stop("before")
        if deadline.key in self.failing:
            raise RuntimeError("out of paper")
        self.number += 1
        OutboxMessage.objects.create(
            key=f"{self.number}", recipient="nobody@example.org", notice=what, case_ref=deadline.case_ref,
            link=f"{deadline.key} {deadline.due_at.isoformat()}", created_at=at, next_at=at, not_before=at,
        )  # fmt: skip
        Worker.stop("after")

    @staticmethod
    def _nothing_before_it(deadline: Deadline, at: dt.datetime, happens_at: dt.datetime) -> None:
        """Within a case nothing that was due earlier is left behind, but for what failed and waits."""
        if not deadline.case_ref:
            return
        for other in Deadline.objects.claimable(at).filter(case_ref=deadline.case_ref, attempts=0):
            theirs = other.due_at if other.due_at <= at else other.next_at
            assert (theirs, other.pk) >= (happens_at, deadline.pk), f"{other} came before {deadline}"

    @staticmethod
    def entries() -> list[tuple[str, str]]:
        return list(OutboxMessage.objects.order_by("pk").values_list("notice", "link"))
