"""Clocks that hang on a case's state or a request of its person (TIME-15, TIME-16, TIME-17)."""

import datetime as dt

import pytest

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases import clocks
from patients.cases.actions import turn
from patients.models import Case

START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
WEEK = dt.timedelta(weeks=1)
DAY = dt.timedelta(days=1)


def told() -> set[tuple[str, str]]:
    return set(OutboxMessage.objects.values_list("notice", "recipient"))


@pytest.mark.rule("TIME-17a")
def test_a_hold_asks_the_clinician_after_four_weeks_and_the_supervisor_at_six(world):
    turn(world.alice_case, "on_hold", by=world.olu, at=START)
    sweep(START + 4 * WEEK - DAY)
    assert told() == set()
    sweep(START + 4 * WEEK)
    assert told() == {("pause_lasts", world.amara.user.email)}
    sweep(START + 6 * WEEK)
    assert told() == {("pause_lasts", world.amara.user.email), ("pause_lasts", world.sunniva.email)}
    assert [row.kind for row in Deadline.objects.owed_by(world.sunniva)] == [clocks.HOLD_ENDS]


@pytest.mark.rule("TIME-17a")
def test_a_hold_that_ends_asks_nobody_and_a_second_one_begins_anew(world):
    turn(world.alice_case, "on_hold", by=world.olu, at=START)
    turn(world.alice_case, "treatment", by=world.olu, at=START + WEEK)
    sweep(START + 5 * WEEK)
    assert told() == set()
    turn(world.alice_case, "on_hold", by=world.olu, at=START + 5 * WEEK)
    sweep(START + 9 * WEEK)
    assert told() == {("pause_lasts", world.amara.user.email)}


@pytest.mark.rule("TIME-16a")
def test_access_to_transcripts_ends_six_weeks_after_discharge(world, at):
    turn(world.alice_case, "discharging", by=world.amara.user, at=START)
    turn(world.alice_case, "discharged", by=world.olu, at=START + DAY)
    ends = START + DAY + 6 * WEEK
    row = Deadline.objects.get(kind=clocks.TRANSCRIPTS)
    assert row.due_at == ends
    with at(ends - dt.timedelta(seconds=1)):
        assert Case.objects.visible_to(world.amara.user, "transcript").filter(pk=world.alice_case.pk).exists()
    sweep(ends)
    with at(ends):
        assert not Case.objects.visible_to(world.amara.user, "transcript").filter(pk=world.alice_case.pk).exists()
    row.refresh_from_db()
    assert (row.state, row.closed_by) == ("met", "access ended")


@pytest.mark.rule("TIME-15a")
def test_a_request_for_data_is_due_in_a_calendar_month(world):
    clocks.data_request_received("request-1", at=dt.datetime(2026, 1, 31, 9, tzinfo=dt.UTC))
    due = dt.datetime(2026, 2, 28, 9, tzinfo=dt.UTC)
    sweep(due - WEEK)
    assert told() == {("request_due_soon", world.olu.email)}
    sweep(due)
    assert told() >= {("request_overdue", world.olu.email), ("request_overdue", world.dora.email)}
    assert clocks.data_request_answered("request-1", at=due + DAY)
    assert not clocks.data_request_answered("request-1", at=due + DAY)


@pytest.mark.rule("TIME-15a")
def test_one_answered_in_time_reminds_nobody(world):
    clocks.data_request_received("request-1", at=START)
    assert clocks.data_request_answered("request-1", at=START + DAY)
    sweep(START + 9 * WEEK)
    assert told() == set()
