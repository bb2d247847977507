"""A day typed in three parts."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.dates import MONTHS, NotADate, read_date
from ui.fields import DateParts
from ui.samples import SampleForm


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
        (("45", "3", "1984"), "must have a day from 1 to 31"),
    ],
)
def test_the_complaint_says_what_to_put_right(parts, complaint):
    with pytest.raises(NotADate, match=complaint):
        read_date(*parts)


def test_everything_wrong_is_said_at_once_and_names_its_parts():
    with pytest.raises(NotADate) as caught:
        read_date("45", "mai", "")
    assert caught.value.complaints == [
        "must include a year",
        "must have a day from 1 to 31",
        'must have a month from 1 to 12, or its name, such as "March"',
    ]
    assert caught.value.parts == ("day", "month", "year")
    with pytest.raises(NotADate) as caught:
        read_date("15", "3", "84")
    assert caught.value.parts == ("year",)


def test_only_the_wrong_boxes_are_red_and_the_summary_leads_to_the_first():
    form = SampleForm({"born_day": "15", "born_month": "13", "born_year": ""})
    html = str(form["born"])
    assert [part for part in ("day", "month", "year") if re.search(rf'name="born_{part}"[^>]*input--error', html)] == [
        "month",
        "year",
    ]
    assert form["born"].error_target == "id_born_1"
    assert len(form["born"].errors) == 2


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
