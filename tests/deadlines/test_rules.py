"""Elapsed hours, working days, hours of office and duty, back-off."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadlines import rules

UK = ZoneInfo("Europe/London")
HOLIDAYS = frozenset({dt.date(2026, 12, 25), dt.date(2026, 12, 28), dt.date(2027, 3, 26), dt.date(2027, 3, 29)})


def uk(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UK)


@pytest.mark.rule("TIME-23a")
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-10-24 09:00", "2026-10-26 08:00"),  # the night with 25 hours
        ("2027-03-27 09:00", "2027-03-29 10:00"),  # the night with 23 hours
        ("2026-11-02 09:00", "2026-11-04 09:00"),
    ],
)
def test_48_hours_are_48_real_hours(start, end):
    assert rules.elapsed(uk(start), 48) == uk(end)


@pytest.mark.rule("TIME-23a")
@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-10-23 16:00", 1, "2026-10-26 16:00"),  # a Friday, over the clock change
        ("2027-03-25 16:00", 1, "2027-03-30 16:00"),  # Maundy Thursday, over Easter and the clock change
        ("2026-12-24 10:30", 4, "2027-01-01 10:30"),
        ("2026-11-07 12:00", 1, "2026-11-09 12:00"),  # opened on a Saturday
        ("2026-11-02 12:00", 0, "2026-11-02 12:00"),
    ],
)
def test_working_days_keep_the_wall_clock(start, days, end):
    assert rules.add_working_days(uk(start), days, HOLIDAYS) == uk(end)


@pytest.mark.rule("TIME-23a")
@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        ("2026-10-26 08:59:59", False),
        ("2026-10-26 09:00", True),
        ("2026-10-26 17:29:59", True),
        ("2026-10-26 17:30", False),
        ("2027-03-29 12:00", False),  # Easter Monday
        ("2027-03-30 09:00", True),
        ("2026-10-25 12:00", False),  # a Sunday
    ],
)
def test_office_hours(moment, open_now):
    assert rules.is_office_hours(uk(moment), HOLIDAYS) is open_now
    assert rules.is_office_hours(uk(moment).astimezone(dt.UTC), HOLIDAYS) is open_now


@pytest.mark.rule("TIME-23b")
@pytest.mark.parametrize(
    ("moment", "on_call"),
    [
        ("2026-10-24 20:00", False),  # nobody is on duty in the night with 25 hours
        ("2026-10-25 01:30", False),
        ("2026-10-25 07:59:59", False),
        ("2026-10-25 08:00", True),  # the Sunday after it
        ("2026-10-25 19:59:59", True),
        ("2026-10-26 08:59:59", True),  # the first working day after it: until the office opens, and after it closed
        ("2026-10-26 09:00", False),
        ("2026-10-26 17:30", True),
        ("2027-03-28 07:59:59", False),  # the night with 23 hours
        ("2027-03-28 08:00", True),
        ("2027-03-29 12:00", True),  # Easter Monday, all day
        ("2027-03-30 08:59:59", True),
        ("2027-03-30 12:00", False),
        ("2027-03-30 20:00", False),
    ],
)
def test_on_call_hours(moment, on_call):
    assert rules.is_on_call_hours(uk(moment), HOLIDAYS) is on_call
    assert rules.is_on_call_hours(uk(moment).astimezone(dt.UTC), HOLIDAYS) is on_call


def test_the_end_of_the_next_working_day():
    assert rules.end_of_next_working_day(uk("2026-12-24 09:00"), HOLIDAYS) == uk("2026-12-29 17:30")


@pytest.mark.rule("TIME-23a")
@given(
    start=st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: uk("2026-01-01") + dt.timedelta(minutes=minutes)),
    days=st.integers(1, 20),
)
def test_working_days_end_on_working_days(start, days):
    end = rules.add_working_days(start, days, HOLIDAYS)
    assert rules.is_working_day(end.astimezone(UK).date(), HOLIDAYS)
    between = (end.astimezone(UK).date() - start.astimezone(UK).date()).days
    assert days <= between <= 3 * days + 4


def test_back_off_doubles_up_to_an_hour():
    minutes = [rules.back_off(attempts) // dt.timedelta(minutes=1) for attempts in (1, 2, 3, 6, 7, 8, 30000)]
    assert minutes == [1, 2, 4, 32, 60, 60, 60]


def test_a_heartbeat_is_stale_after_three_minutes():
    at = uk("2026-10-26 09:00")
    assert not rules.is_stale(at - dt.timedelta(minutes=3), at)
    assert rules.is_stale(at - dt.timedelta(minutes=3, microseconds=1), at)
    assert rules.is_stale(None, at)


def test_a_heartbeat_from_the_future_is_stale_as_well():
    """It was written before the clock was set back, and nobody has written one since."""
    at = uk("2026-10-26 09:00")
    assert rules.is_stale(at + dt.timedelta(days=7), at)
    assert not rules.is_stale(at + dt.timedelta(minutes=2), at)


@pytest.mark.parametrize(
    ("reminder", "moved_to", "comes"),
    [
        ("2026-11-03 21:00", "2026-11-06 09:00", "2026-11-05 21:00"),  # as long before it as ever
        ("2026-11-03 21:00", "2026-11-03 19:00", None),  # that would be in the past
        (None, "2026-11-06 09:00", None),
    ],
)
def test_a_reminder_moves_with_its_deadline(reminder, moved_to, comes):
    at, due = uk("2026-11-03 09:00"), uk("2026-11-04 09:00")
    moved = rules.moved_reminder(reminder and uk(reminder), due, uk(moved_to), at)
    assert moved == (comes and uk(comes))


@pytest.mark.parametrize(
    ("moved_to", "comes"),
    [
        ("2026-11-03 21:00", None),  # the reminder would come this very moment
        ("2026-11-03 21:01", "2026-11-03 09:01"),
    ],
)
def test_a_moved_reminder_lies_ahead(moved_to, comes):
    at, due = uk("2026-11-03 09:00"), uk("2026-11-04 09:00")
    assert rules.moved_reminder(uk("2026-11-03 21:00"), due, uk(moved_to), at) == (comes and uk(comes))


@pytest.mark.parametrize("remind", ["2026-11-04 09:00", "2026-11-04 10:00"])
def test_a_reminder_that_is_not_before_its_deadline_does_not_move_with_it(remind):
    at, due = uk("2026-11-03 09:00"), uk("2026-11-04 09:00")
    assert rules.moved_reminder(uk(remind), due, uk("2026-11-06 09:00"), at) is None


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-05-20 09:00", 6, "2026-11-20 09:00"),  # the wall clock stays, over the clock change
        ("2026-08-31 09:00", 6, "2027-02-28 09:00"),
        ("2027-08-31 09:00", 6, "2028-02-29 09:00"),
        ("2026-12-31 23:30", 1, "2027-01-31 23:30"),
        ("2026-11-30 09:00", 1, "2026-12-30 09:00"),
        ("2026-11-30 09:00", 13, "2027-12-30 09:00"),
        ("2026-07-01 00:30", 1, "2026-08-01 00:30"),  # in UTC the day before
        ("2026-11-20 09:00", 0, "2026-11-20 09:00"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_one(start, months, end):
    assert rules.add_months(uk(start).astimezone(dt.UTC), months) == uk(end)


def test_the_sooner_of_reminder_and_due_comes_next():
    due, before, later = uk("2026-11-04 09:00"), uk("2026-11-03 21:00"), uk("2026-11-05 09:00")
    assert rules.next_at(due, None) == due
    assert rules.next_at(due, before) == before
    assert rules.next_at(due, later) == due
