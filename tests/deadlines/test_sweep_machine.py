"""Whatever people do, whenever the sweep runs and however the clock jumps: each deadline acts exactly once."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from deadlines import actions, registry
from deadlines.models import Deadline
from tests.deadlines.conftest import HOUR, START, Diary

KEYS = st.sampled_from(["a", "b", "c", "d"])
CASES = st.sampled_from(["", "BCDFGHJ2", "KMNPQRT3"])


class SweepMachine(RuleBasedStateMachine):
    """Opens, closes, sweeps, breaks handlers and moves the clock both ways; `told` is the model."""

    @initialize()
    def begin(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        Deadline.objects.all().delete()
        self.diary, self.now, self.latest = Diary(), START, START
        registry.register("chore", label="Chore", on_due=self.diary.due, on_remind=self.diary.remind)

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        registry.KINDS.pop("chore", None)

    @rule(key=KEYS, case=CASES, hours=st.integers(1, 60), reminder=st.integers(0, 60))
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

    @rule(hours=st.integers(-30, 200))
    def clock_jumps(self, hours):
        self.now += hours * HOUR

    @rule(key=KEYS)
    def handler_breaks(self, key):
        self.diary.failing.add(key)

    @rule()
    def handlers_are_mended(self):
        self.diary.failing.clear()

    @rule()
    def sweep(self):
        actions.sweep(self.now)
        late = self.now - dt.timedelta(hours=1, minutes=1)
        stuck = Deadline.objects.open().filter(due_at__lte=late, next_at__lte=self.now)
        assert set(stuck.values_list("key", flat=True)) <= self.diary.failing

    @invariant()
    def each_acts_at_most_once(self):
        if hasattr(self, "diary"):
            entries = self.diary.entries
            assert len(entries) == len(set(entries)), entries

    @invariant()
    def rows_and_acts_agree(self):
        if not hasattr(self, "diary"):
            return
        for row in Deadline.objects.all():
            assert (("due", row.key) in self.diary.entries) == (row.state == "missed")
            assert (("remind", row.key) in self.diary.entries) == (row.reminded_at is not None)
            assert row.reminded_at is None or row.reminded_at < row.due_at, "a stale reminder"


@pytest.mark.rule("TIME-0b")
@pytest.mark.rule("TIME-0f")
@pytest.mark.rule("TIME-0i")
def test_each_deadline_acts_exactly_once(db):
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(SweepMachine, settings=settings(max_examples=40, stateful_step_count=30, deadline=None))
