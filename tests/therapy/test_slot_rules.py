"""Free times: what fits, what clashes, what the clocks do to it, and how long the search takes. No database."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicians.rules import DayHours, Stretch, open_hours
from therapy.appointments import rules, slot_rules

HOUR, HALF = dt.timedelta(hours=1), dt.timedelta(minutes=30)
MONDAY = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
EVENING = (MONDAY + 17 * HOUR, MONDAY + 20 * HOUR)


def free(busy=(), hours=(EVENING,), length=HOUR, earliest=MONDAY) -> list[str]:
    found = slot_rules.free_starts(hours, busy, length=length, earliest=earliest)
    return [f"{start:%H:%M}" for start in found]


@pytest.mark.rule("APPT-3a")
def test_a_time_is_free_at_each_half_hour_at_which_the_session_fits():
    assert free() == ["17:00", "17:30", "18:00", "18:30", "19:00"]
    assert free(length=HALF) == ["17:00", "17:30", "18:00", "18:30", "19:00", "19:30"]


@pytest.mark.rule("APPT-3a")
@pytest.mark.rule("APPT-4e")
def test_what_is_booked_is_not_free_and_one_may_begin_when_another_ends():
    assert free(busy=[(MONDAY + 18 * HOUR, MONDAY + 19 * HOUR)]) == ["17:00", "19:00"]
    assert free(busy=[(MONDAY + 17 * HOUR, MONDAY + 17 * HOUR + 45 * HALF / 30)]) == ["18:00", "18:30", "19:00"]
    assert free(busy=[(MONDAY + 17 * HOUR, MONDAY + 20 * HOUR), EVENING]) == []


@pytest.mark.rule("APPT-3b")
@pytest.mark.parametrize(
    ("seconds", "first"), [(-1, "18:00"), (0, "18:00"), (1, "18:30")], ids=["before", "exactly", "after"]
)
def test_nothing_starts_before_the_earliest_moment(seconds, first):
    earliest = MONDAY + 18 * HOUR + dt.timedelta(seconds=seconds)
    assert free(earliest=earliest)[0] == first


SPANS = st.lists(
    st.tuples(st.integers(0, 600), st.integers(1, 120)).map(
        lambda span: (MONDAY + dt.timedelta(minutes=span[0]), MONDAY + dt.timedelta(minutes=sum(span)))
    ),
    max_size=12,
)


@pytest.mark.rule("APPT-3a")
@given(hours=SPANS, busy=SPANS, minutes=st.sampled_from([30, 45, 50, 60]))
def test_exactly_the_half_hours_that_fit_are_found(hours, busy, minutes):
    """Held against the plain definition: every half hour of the day, tried one by one."""
    hours, length = slot_rules.joined(hours), dt.timedelta(minutes=minutes)

    def fits(start):
        end = start + length
        inside = any(opens <= start and end <= closes for opens, closes in hours)
        return inside and not any(begins < end and ends > start for begins, ends in busy)

    expected = [start for number in range(48) if fits(start := MONDAY + number * HALF)]
    assert slot_rules.free_starts(hours, busy, length=length, earliest=MONDAY) == expected


@pytest.mark.rule("APPT-8a")
@pytest.mark.parametrize("sunday", [dt.date(2026, 10, 25), dt.date(2027, 3, 28)], ids=["back", "forward"])
def test_seven_in_the_evening_stays_seven_over_a_change_of_the_clocks(sunday):
    week = [Stretch(day, dt.time(19), dt.time(20)) for day in range(7)]
    found = open_hours(week, first=sunday - dt.timedelta(days=1), last=sunday + dt.timedelta(days=1))
    assert {opens.astimezone(rules.UK).time() for opens, _ in found} == {dt.time(19)}
    assert len({opens.hour for opens, _ in found}) == 2


@pytest.mark.rule("CLIN-5a")
def test_a_dates_hours_are_the_weeks_and_the_extra_ones_less_the_blocked_ones_and_none_on_leave():
    day, week = MONDAY.date(), [Stretch(0, dt.time(17), dt.time(20))]
    extra = [DayHours(day, dt.time(9), dt.time(10)), DayHours(day, dt.time(19), dt.time(21))]
    blocked = [DayHours(day, dt.time(18), dt.time(18, 30))]

    def hours(**changes):
        kinds = {"extra": extra, "blocked": blocked} | changes
        return [f"{a:%H:%M}-{b:%H:%M}" for a, b in open_hours(week, first=day, last=day, **kinds)]

    assert hours() == ["09:00-10:00", "17:00-18:00", "18:30-21:00"]
    assert hours(extra=[], blocked=[]) == ["17:00-20:00"]
    assert hours(blocked=[DayHours(day, dt.time(8), dt.time(22))]) == []
    assert hours(leaves=[(day, day)]) == []


@pytest.mark.rule("APPT-3c")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, ""),
        ({"state": "on_hold"}, "while you are in therapy"),
        ({"state": "discharged"}, "while you are in therapy"),
        ({"clinician_open": False}, "offers you times"),
        ({"assessment_booked": True}, "is booked"),
        ({"ahead": slot_rules.MOST_AHEAD - 1}, ""),
        ({"ahead": slot_rules.MOST_AHEAD}, "ahead already"),
    ],
)
def test_who_may_choose(changes, says):
    facts = {"state": "treatment", "clinician_open": True, "assessment_booked": False, "ahead": 0} | changes
    why_not = slot_rules.why_not_choose(slot_rules.Choosing(**facts))
    assert says in why_not
    assert bool(why_not) == bool(says)


@pytest.mark.rule("APPT-3d")
def test_half_a_year_of_fourteen_hours_a_day_is_searched_in_a_moment():
    """The pure part of the search, on the worst of weeks; the whole of it is measured in docs/measurements.md."""
    week = [Stretch(day, dt.time(8), dt.time(22)) for day in range(7)]
    first = MONDAY.date()
    busy = [(MONDAY + number * 9 * HOUR, MONDAY + number * 9 * HOUR + HOUR) for number in range(480)]

    def search() -> float:
        began = time.perf_counter()
        hours = open_hours(week, first=first, last=first + slot_rules.AHEAD)
        assert slot_rules.free_starts(hours, busy, length=HOUR, earliest=MONDAY)
        return time.perf_counter() - began

    assert min(search() for _ in range(5)) < 0.05
