"""The sweep: reminders, due times, order, outages, failures."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deadlines import actions, registry
from deadlines.actions import meet, open_deadline, sweep
from deadlines.models import Deadline, Heartbeat, OperatorTask
from deadlines.sweeping import Lane
from tests.deadlines.conftest import DAY, HOUR, START
from tests.harness import database

WEEK = dt.timedelta(days=7)


def test_nothing_happens_before_its_time(chore, diary):
    chore(remind_at=START + DAY)
    assert sweep(START + DAY - dt.timedelta(microseconds=1)) == 0
    assert diary.entries == []


@pytest.mark.rule("TIME-0b")
def test_reminded_once_and_missed_once(chore, diary):
    chore(remind_at=START + DAY)
    for hours in (24, 25, 48, 49, 500):
        sweep(START + hours * HOUR)
    assert diary.entries == [("remind", "one"), ("due", "one")]
    row = Deadline.objects.get()
    assert (row.state, row.reminded_at, row.closed_at) == ("missed", START + DAY, START + 2 * DAY)


@pytest.mark.rule("TIME-0d")
def test_within_a_case_in_the_order_of_their_times(chore, diary):
    chore("third", case_ref="BCDFGHJ2", due_at=START + 3 * DAY)
    chore("first", case_ref="BCDFGHJ2", due_at=START + DAY)
    chore("second", case_ref="BCDFGHJ2", due_at=START + 2 * DAY)
    sweep(START + WEEK)
    assert [key for _, key in diary.entries] == ["first", "second", "third"]


@pytest.mark.rule("TIME-0e")
def test_after_a_week_away_it_catches_up_in_order_without_stale_reminders(chore, diary):
    """The reminder of "late" was before "early" came due; its due time is after it."""
    chore("late", case_ref="BCDFGHJ2", remind_at=START + HOUR, due_at=START + 3 * DAY)
    chore("early", case_ref="BCDFGHJ2", due_at=START + DAY)
    chore("to come", case_ref="BCDFGHJ2", remind_at=START + 6 * DAY, due_at=START + 9 * DAY)
    sweep(START + WEEK)
    assert diary.entries == [("due", "early"), ("due", "late"), ("remind", "to come")]


@pytest.mark.rule("TIME-0f")
def test_a_clock_set_back_repeats_nothing(chore, diary):
    chore(remind_at=START + DAY)
    for hours in (24, 23, 24, 48, 47, 48):
        sweep(START + hours * HOUR)
    assert diary.entries == [("remind", "one"), ("due", "one")]


@pytest.mark.rule("TIME-0g")
def test_a_failing_handler_is_undone_and_holds_up_nobody(chore, diary, world):
    def fails_after_writing(deadline, at):
        open_deadline("chore", "written by the failure", due_at=START + WEEK, opened_by="the handler")
        raise RuntimeError("out of paper")

    registry.register("faulty", label="Faulty", on_due=fails_after_writing)
    try:
        open_deadline("faulty", "x", due_at=START, case_ref="BCDFGHJ2", opened_by="the test")
        chore("same case", case_ref="BCDFGHJ2", due_at=START + HOUR)
        chore("other case", case_ref="KMNPQRT3", due_at=START + HOUR)
        sweep(START + DAY)
    finally:
        del registry.KINDS["faulty"]
    assert sorted(key for _, key in diary.entries) == ["other case", "same case"]
    assert not Deadline.objects.filter(key="written by the failure").exists()
    row = Deadline.objects.get(kind="faulty")
    assert (row.state, row.attempts, row.last_error) == ("open", 1, "RuntimeError")


@pytest.mark.rule("TIME-0g")
def test_after_five_attempts_a_person_is_asked_and_the_trying_goes_on(chore, diary):
    chore()
    diary.failing.add("one")
    at = START + 2 * DAY
    for _ in range(7):
        assert sweep(at) == 1
        assert sweep(at) == 0, "a failed one waits before it is tried again"
        at = Deadline.objects.get().next_at
    task = OperatorTask.objects.get()
    assert "Do the chore" in task.what
    assert task.closed_at is None
    diary.failing.clear()
    sweep(at)
    assert diary.entries == [("due", "one")]
    assert OperatorTask.objects.get().closed_at == at


@pytest.mark.rule("TIME-0g")
def test_a_kind_whose_code_is_gone_becomes_an_operators_task(chore, diary):
    chore()
    kind = registry.KINDS.pop("chore")
    at = START + 2 * DAY
    for _ in range(5):
        sweep(at)
        at = Deadline.objects.get().next_at
    assert OperatorTask.objects.get().what == "Chore: failed 5 times (UnknownKindError)."
    registry.KINDS["chore"] = kind


@pytest.mark.rule("TIME-0h")
def test_who_closes_it_meanwhile_wins(chore, diary, monkeypatch):
    chore()

    def closed_by_somebody_else(deadline, at):
        diary.due(deadline, at)
        Deadline.objects.filter(pk=deadline.pk).update(state="met", closed_at=at, closed_by="somebody")
        open_deadline("chore", "follows", due_at=START + WEEK, opened_by="the handler")

    registry.register("chore", label="Chore", on_due=closed_by_somebody_else)
    sweep(START + 2 * DAY)
    assert not Deadline.objects.filter(key="follows").exists()
    assert diary.entries == [("due", "one")], "one that is overtaken again and again does not take up the round"


@pytest.mark.rule("TIME-0h")
def test_one_that_is_overtaken_holds_up_no_other_case(chore, diary):
    def overtaken(deadline, at):
        Deadline.objects.filter(pk=deadline.pk).update(due_at=at + HOUR)

    registry.register("overtaken", label="Overtaken", on_due=overtaken)
    try:
        open_deadline("overtaken", "x", due_at=START, case_ref="BCDFGHJ2", opened_by="the test")
        chore("other case", case_ref="KMNPQRT3", due_at=START + HOUR)
        assert sweep(START + DAY) == 1
    finally:
        del registry.KINDS["overtaken"]
    assert diary.entries == [("due", "other case")]


def test_a_handler_decides_what_becomes_of_its_own_deadline(chore):
    registry.register("chore", label="Chore", on_due=lambda d, at: meet("chore", d.key, closed_by="seen to", at=at))
    chore()
    sweep(START + 2 * DAY)
    row = Deadline.objects.get()
    assert (row.state, row.closed_by) == ("met", "seen to")


def test_a_reminder_can_close_its_own_deadline(chore):
    cancels = lambda d, at: actions.cancel("chore", d.key, closed_by="moot", at=at)  # noqa: E731
    registry.register("chore", label="Chore", on_due=cancels, on_remind=cancels)
    chore(remind_at=START + DAY)
    sweep(START + DAY)
    assert Deadline.objects.get().state == "cancelled"


def test_what_lapses_is_not_owed_afterwards(chore, diary):
    registry.register("chore", label="Chore", on_due=diary.due, stays_owed=False)
    chore()
    sweep(START + 2 * DAY)
    assert Deadline.objects.get().state == "missed"
    assert not Deadline.objects.owed().exists()


@pytest.mark.rule("TIME-0j")
def test_it_costs_by_what_is_due(chore, diary):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            sweep(START)
        return len(queries)

    sweep(START)
    before = cost()
    fill("open", 3000, START + DAY)
    assert cost() == before
    assert "deadline_next" in Deadline.objects.claimable(START).order_by("next_at", "id")[:100].explain()


@pytest.mark.rule("TIME-0j")
@pytest.mark.django_db(transaction=True)
def test_a_claim_reads_its_lane_whatever_the_statistics_say(chore, diary):
    """Counted while nothing was due, many have come due since: the index of what is due would read them all."""
    fill("to come", 3000, START + WEEK)
    # The database counts by itself, as the owner of its tables; the site's role may not.
    database.superuser().execute("VACUUM ANALYZE deadlines_deadline")
    fill("due", 3000, START)
    plan = Lane("due 7", 0).rows().open().explain(analyze=True)
    assert "deadline_lane" in plan
    assert "Index Cond: ((case_ref)::text = 'due 7'::text)" in plan
    assert "Filter" not in plan


def fill(case: str, number: int, due_at: dt.datetime) -> None:
    """That many open deadlines, each of a case of its own."""
    Deadline.objects.bulk_create(
        Deadline(kind="chore", key=f"{case} {n}", case_ref=f"{case} {n}", due_at=due_at, next_at=due_at,
                 opened_at=START, opened_by="the test")
        for n in range(number)
    )  # fmt: skip


def test_a_back_off_counted_by_a_wrong_clock_is_forgotten(chore, diary):
    """The clock ran a week ahead, a handler failed by it, and the clock was set back."""
    chore(due_at=START)
    diary.failing.add("one")
    sweep(START + WEEK)
    diary.failing.clear()
    sweep(START + HOUR)
    assert diary.entries == [("due", "one")]


def test_a_round_ends_by_its_time_as_well(chore, diary):
    chore()
    assert sweep(START + WEEK, seconds=0) == 0
    assert sweep(START + WEEK) == 1


def test_a_round_has_an_end(chore, diary):
    for number in range(5):
        chore(f"{number}")
    assert sweep(START + WEEK, limit=3) == 3
    assert sweep(START + WEEK, limit=3) == 2


@pytest.mark.rule("TIME-0k")
def test_each_round_leaves_a_heartbeat(chore, diary):
    sweep(START)
    sweep(START + HOUR)
    assert Heartbeat.objects.get(name="sweep").at == START + HOUR


@pytest.mark.rule("TIME-0g")
@pytest.mark.django_db(transaction=True)
def test_what_only_the_commit_refuses_holds_up_nobody(chore, diary):
    """A foreign key is checked when the transaction ends, after the handler and its mark."""
    registry.register("faulty", label="Faulty", on_due=lambda d, at: Deadline.objects.filter(pk=d.pk).update(owner=-1))
    try:
        open_deadline("faulty", "x", due_at=START, opened_by="the test")
        chore("after it", due_at=START + HOUR)
        sweep(START + DAY)
    finally:
        del registry.KINDS["faulty"]
    assert diary.entries == [("due", "after it")]
    row = Deadline.objects.get(kind="faulty")
    assert (row.state, row.attempts, row.last_error) == ("open", 1, "IntegrityError")
