"""Weeks, parts of days, documents and leave. No database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinicians import rules
from clinicians.rules import Stretch

NINE, NOON, SEVEN = dt.time(9), dt.time(12), dt.time(19)
HOURS = st.integers(8, 21)


@st.composite
def stretches(draw) -> Stretch:
    starts = draw(HOURS)
    return Stretch(draw(st.integers(0, 6)), dt.time(starts), dt.time(draw(st.integers(starts + 1, 22))))


WEEKS = st.lists(stretches(), max_size=10)


def hours(week) -> set[tuple[int, int]]:
    return {(one.weekday, hour) for one in week for hour in range(one.starts.hour, one.ends.hour)}


@pytest.mark.parametrize(
    ("starts", "ends", "parts"),
    [
        ("08:00", "12:00", {"mon-morning"}),
        ("12:00", "17:00", {"mon-afternoon"}),
        ("11:59", "12:01", {"mon-morning", "mon-afternoon"}),
        ("17:00", "22:00", {"mon-evening"}),
        ("09:00", "21:00", {"mon-morning", "mon-afternoon", "mon-evening"}),
    ],
)
def test_the_parts_that_a_stretch_lies_in(starts, ends, parts):
    assert rules.parts_of([Stretch(0, dt.time.fromisoformat(starts), dt.time.fromisoformat(ends))]) == parts


def test_shared_parts_are_wished_and_worked():
    week = [Stretch(0, SEVEN, dt.time(21)), Stretch(5, NINE, NOON)]
    assert rules.shared_parts({"mon-evening", "tue-evening", "sat-morning"}, week) == {"mon-evening", "sat-morning"}
    assert rules.shared_parts(set(), week) == set()


@given(WEEKS)
def test_merging_keeps_the_hours_and_leaves_no_overlap(week):
    merged = rules.merged(week)
    assert hours(merged) == hours(week)
    assert sum(one.ends.hour - one.starts.hour for one in merged) == len(hours(week))
    assert merged == sorted(merged)
    assert rules.merged(merged) == merged


@given(WEEKS, st.sets(st.sampled_from(rules.DAY_PARTS)))
def test_a_changed_week_has_the_parts_asked_for_and_keeps_its_hours(week, parts):
    after = rules.with_parts(week, parts)
    assert rules.parts_of(after) == parts
    kept = {part for part in parts if part in rules.parts_of(week)}
    in_kept = [rules.within(one, part) for one in rules.merged(week) for part in kept & rules.parts_of([one])]
    assert hours(in_kept) == {hour for hour in hours(after) if hour in hours(week)}


@given(WEEKS)
def test_saving_the_parts_as_they_are_changes_no_hour(week):
    assert hours(rules.with_parts(week, rules.parts_of(week))) == hours(week)


@pytest.mark.parametrize("part", ["mon-night", "someday-morning", "monday"])
def test_what_is_no_part_of_a_week(part):
    with pytest.raises((KeyError, ValueError)):
        rules.stretches_of([part])


@pytest.mark.parametrize(
    ("expires", "lacking"), [("2026-11-02", []), ("2026-11-01", ["insurance"]), (None, ["insurance"])]
)
def test_a_document_is_in_date_on_its_last_day(expires, lacking):
    documents = {"insurance": dt.date.fromisoformat(expires)} if expires else {}
    assert rules.expired_documents(documents, ["insurance"], dt.date(2026, 11, 2)) == lacking


@pytest.mark.parametrize(
    ("first", "last", "on", "stops"),
    [
        ("2026-11-16", "2026-11-29", "2026-11-02", True),
        ("2026-11-16", "2026-11-29", "2026-11-01", False),
        ("2026-11-16", "2026-11-28", "2026-11-02", False),
        ("2026-11-16", "2026-11-28", "2026-11-16", True),
        ("2026-11-16", "2026-11-16", "2026-11-16", True),
        ("2026-11-16", "2026-11-16", "2026-11-17", False),
    ],
)
def test_a_long_leave_keeps_new_cases_away_two_weeks_before(first, last, on, stops):
    leave = (dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    found = rules.leave_about_to_start([leave], dt.date.fromisoformat(on))
    assert found == (leave if stops else None)
