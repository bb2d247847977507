"""Whatever people do, whenever workers sweep or die and however the clock jumps: each deadline acts exactly once."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.models import User
from deadlines import actions, registry
from deadlines.models import Deadline
from tests.deadlines.conftest import DAY, HOUR, START
from tests.deadlines.crew import Ledger, Worker
from tests.harness import database
from ui.errors import Refused

KEYS = st.sampled_from(["a", "b", "c", "d", "e"])
CASES = st.sampled_from(["", "BCDFGHJ2", "KMNPQRT3"])
MOST_WORKERS = 3
WEEK = 7 * DAY


class SweepMachine(RuleBasedStateMachine):
    """Opens, closes, moves; sweeps by several workers at once, kills them, sweeps twice; breaks handlers; sets the
    clock on and back. What the handlers wrote is the ledger, and the rows must agree with it."""

    @initialize()
    def begin(self):
        database.clean()
        self.ledger, self.now, self.workers = Ledger(), START, []
        self.olu = User.objects.create_user("olu@example.org", name="Olu Ade")
        registry.register("chore", label="Chore", on_due=self.ledger.due, on_remind=self.ledger.remind)

    def teardown(self):
        for worker in getattr(self, "workers", []):
            while worker.running:
                worker.kill()
        registry.KINDS.pop("chore", None)

    # --- people -----------------------------------------------------------------------------------

    @rule(key=KEYS, case=CASES, hours=st.integers(-60, 200), reminder=st.integers(-60, 200))
    def open(self, key, case, hours, reminder):
        actions.open_deadline(
            "chore", key, due_at=self.now + hours * HOUR, remind_at=self.now + reminder * HOUR,
            case_ref=case, opened_by="the machine", at=self.now,
        )  # fmt: skip

    @rule(key=KEYS)
    def meet(self, key):
        actions.meet("chore", key, closed_by="the machine", at=self.now)

    @rule(key=KEYS)
    def cancel(self, key):
        actions.cancel("chore", key, closed_by="the machine", at=self.now)

    @rule(key=KEYS, hours=st.integers(1, 300))
    def move(self, key, hours):
        row = Deadline.objects.filter(key=key).first()
        if row is not None:
            try:
                actions.move(row, self.now + hours * HOUR, by=self.olu, reason="asked to", at=self.now)
            except Refused:
                assert Deadline.objects.get(key=key).state != "open"

    # --- workers ----------------------------------------------------------------------------------

    @precondition(lambda self: len(self.workers) < MOST_WORKERS)
    @rule()
    def a_worker_begins(self):
        self._tend(Worker(self.now))

    @precondition(lambda self: self.workers)
    @rule(data=st.data(), steps=st.integers(1, 4))
    def a_worker_goes_on(self, data, steps):
        worker = data.draw(st.sampled_from(self.workers))
        while steps and worker.running:
            worker.step()
            steps -= 1
        self._tend(worker)

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def a_worker_is_killed(self, data):
        worker = data.draw(st.sampled_from(self.workers))
        worker.kill()
        self._tend(worker)

    @rule(times=st.integers(1, 2))
    def a_sweep_is_doubled(self, times):
        for _ in range(times):
            actions.sweep(self.now)

    def _tend(self, worker):
        if worker.running and worker not in self.workers:
            self.workers.append(worker)
        if not worker.running and worker in self.workers:
            self.workers.remove(worker)

    # --- the machine room -------------------------------------------------------------------------

    @rule(jump=st.sampled_from([HOUR, 5 * HOUR, DAY, WEEK, -HOUR, -5 * HOUR, dt.timedelta(minutes=1)]))
    def clock_jumps(self, jump):
        self.now += jump

    @rule()
    def an_outage_of_a_week(self):
        for worker in list(self.workers):
            worker.kill()
            self._tend(worker)
        self.now += WEEK
        self._sweep_to_the_end()

    @rule(key=KEYS)
    def handler_breaks(self, key):
        self.ledger.failing.add(key)

    @rule()
    def handlers_are_mended(self):
        self.ledger.failing.clear()

    def _sweep_to_the_end(self):
        """Nothing that was due stays behind, but for what fails; a back-off is at most an hour."""
        for _ in range(2):
            actions.sweep(self.now)
            self.now += HOUR
        actions.sweep(self.now)
        left = Deadline.objects.open().filter(due_at__lte=self.now)
        assert set(left.values_list("key", flat=True)) <= self.ledger.failing

    # --- what always holds ------------------------------------------------------------------------

    @invariant()
    def each_acts_at_most_once(self):
        if hasattr(self, "ledger"):
            entries = self.ledger.entries()
            assert len(entries) == len(set(entries)), entries

    @invariant()
    def rows_and_acts_agree(self):
        if not hasattr(self, "ledger"):
            return
        entries = set(self.ledger.entries())
        for row in Deadline.objects.all():
            due, name = row.due_at.isoformat(), f"{row.key} "
            assert (("due", name + due) in entries) == (row.state == "missed")
            assert (("remind", name + due) in entries) == (row.reminded_at is not None)
            assert row.reminded_at is None or row.reminded_at < row.due_at, "a stale reminder"

    @invariant()
    def failures_are_only_what_was_broken(self):
        if hasattr(self, "ledger"):
            errors = Deadline.objects.exclude(last_error="").values_list("last_error", flat=True)
            assert set(errors) <= {"RuntimeError"}, "the ledger found something out of order"


@pytest.mark.rule("TIME-0b")
@pytest.mark.rule("TIME-0e")
@pytest.mark.rule("TIME-0f")
@pytest.mark.slow
def test_each_deadline_acts_exactly_once(transactional_db):
    from hypothesis.stateful import run_state_machine_as_test

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        SweepMachine,
        settings=settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=checks),
    )
