"""A day typed in three parts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.dates import MONTHS, NotADate, read_date
from ui.fields import DateParts


@pytest.mark.parametrize("month", ["3", "03", "mar", "Mar.", "MARCH", "march"])
def test_the_month_may_be_a_number_or_a_word(month):
    assert read_date(" 15 ", month, "1984") == date(1984, 3, 15)


def test_sept_is_september():
    assert read_date("1", "Sept", "2026") == date(2026, 9, 1)


def test_three_empty_boxes_are_no_date():
    assert read_date("", " ", "") is None


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        (("", "3", "1984"), "must include a day"),
        (("15", "", ""), "must include a month and a year"),
        (("15", "13", "1984"), "must have a month from 1 to 12"),
        (("15", "ma", "1984"), "must have a month from 1 to 12"),
        (("31", "Feb", "1984"), "must be a real date"),
        (("29", "2", "2025"), "must be a real date"),
        (("15", "3", "84"), "must have a year of four numbers"),
        (("first", "3", "1984"), "must have a day in numbers"),
        (("1٣", "3", "1984"), "must have a day in numbers"),
    ],
)
def test_the_complaint_says_what_to_put_right(parts, complaint):
    with pytest.raises(NotADate, match=complaint):
        read_date(*parts)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.booleans())
def test_every_date_can_be_typed(day, in_words):
    month = MONTHS[day.month - 1] if in_words else str(day.month)
    assert read_date(str(day.day), month, str(day.year)) == day


@given(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9))
def test_whatever_is_typed_is_a_date_or_a_complaint(day, month, year):
    try:
        found = read_date(day, month, year)
    except NotADate:
        return
    assert found is None or isinstance(found, date)


def test_a_day_outside_its_limits_is_refused_with_the_limit():
    field = DateParts(subject="The start", earliest=lambda: date(2026, 1, 2), latest=lambda: date(2026, 12, 31))
    assert field.clean(["2", "1", "2026"]) == date(2026, 1, 2)
    for typed, limit in ((["1", "1", "2026"], "2 January 2026 or later"), (["1", "1", "2027"], "2026 or earlier")):
        with pytest.raises(Exception, match=limit):
            field.clean(typed)
