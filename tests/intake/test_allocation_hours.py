"""When a clinician's next free hour is, in each part of the week."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from clinicians.rules import Stretch
from intake.allocation.hours import first_free, has_free_hour

UK = ZoneInfo("Europe/London")
MONDAY = dt.date(2026, 11, 2)
EVENINGS = [Stretch(day, dt.time(18), dt.time(20)) for day in (0, 1)]


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=UK)


@pytest.mark.rule("ALLOC-2b")
def test_the_first_free_hour_of_each_part_counts_from_tomorrow():
    assert first_free(EVENINGS, [], [], MONDAY) == {"tue-evening": 1, "mon-evening": 7}


def test_a_stretch_over_two_parts_is_free_in_both():
    assert first_free([Stretch(2, dt.time(10), dt.time(14))], [], [], MONDAY) == {"wed-morning": 2, "wed-afternoon": 2}


def test_half_an_hour_of_a_part_is_no_free_hour():
    assert first_free([Stretch(2, dt.time(11, 30), dt.time(14))], [], [], MONDAY) == {"wed-afternoon": 2}


def test_appointments_and_leave_put_it_off():
    tuesday = MONDAY + dt.timedelta(days=1)
    busy = [(at(tuesday, 18), at(tuesday, 19)), (at(tuesday, 19, 30), at(tuesday, 20))]
    assert first_free(EVENINGS, busy, [], MONDAY)["tue-evening"] == 8
    leave = [(tuesday, MONDAY + dt.timedelta(days=13))]
    assert first_free(EVENINGS, [], leave, MONDAY) == {"mon-evening": 14}
    assert first_free(EVENINGS, [], [(tuesday, MONDAY + dt.timedelta(days=30))], MONDAY) == {}


@pytest.mark.parametrize(
    ("busy", "free"),
    [
        ([], True),
        ([(18, 19)], True),
        ([(19, 20)], True),
        ([(18, 20)], False),
        ([(17, 18), (20, 21)], True),
        ([(17, 19), (18, 20)], False),
        ([(18, 21)], False),
    ],
)
def test_an_hour_in_one_piece_is_left_or_not(busy, free):
    window = (at(MONDAY, 18), at(MONDAY, 20))
    assert has_free_hour(window, [(at(MONDAY, starts), at(MONDAY, ends)) for starts, ends in busy]) is free


def test_the_clock_change_does_not_move_the_evening():
    sunday = dt.date(2026, 10, 25)
    week = [Stretch(6, dt.time(18), dt.time(19))]
    busy = [(dt.datetime(2026, 10, 25, 18, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, 19, tzinfo=dt.UTC))]
    assert first_free(week, busy, [], sunday - dt.timedelta(days=1))["sun-evening"] == 8
