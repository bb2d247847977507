"""Times, durations and money as the pages say them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import words
from ui.templatetags.ui import local_day, local_time, time_left

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "midnight"),
        (0, 5, "12:05am"),
        (9, 0, "9:00am"),
        (11, 59, "11:59am"),
        (12, 0, "midday"),
        (12, 30, "12:30pm"),
        (19, 0, "7:00pm"),
    ],
)
def test_a_time_of_day(hour, minute, said):
    assert words.clock(datetime(2026, 11, 24, hour, minute, tzinfo=LONDON)) == said


def test_a_moment_names_day_and_time():
    assert words.moment(datetime(2026, 11, 24, 19, 0, tzinfo=LONDON)) == "Tue 24 November 2026, 7:00pm"


@pytest.mark.parametrize(
    ("utc", "said"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Sun 25 October 2026, 1:30am"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Sun 25 October 2026, 1:30am"),
        (datetime(2026, 7, 1, 18, 0, tzinfo=UTC), "Wed 1 July 2026, 7:00pm"),
    ],
)
def test_moments_are_shown_in_the_zone_of_the_viewer(utc, said):
    assert local_time(utc) == said


def test_the_day_of_a_moment_is_the_viewers_day():
    assert local_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "Wed 1 July 2026"
    assert local_day(date(2026, 6, 30)) == "Tue 30 June 2026"


def test_nothing_is_said_of_no_moment():
    assert local_time(None) == local_day(None) == time_left(None) == ""


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(seconds=10), "now"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=20, seconds=10), "in 20 minutes"),
        (timedelta(hours=1, minutes=59), "in 1 hour"),
        (timedelta(hours=47), "in 1 day"),
        (timedelta(hours=48), "in 2 days"),
        (timedelta(hours=-2), "2 hours ago"),
    ],
)
def test_how_far_away(away, said):
    assert words.distance(away) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(minutes=50), "50 minutes"),
        (timedelta(minutes=90), "1 hour 30 minutes"),
        (timedelta(days=2, hours=1, minutes=5), "2 days 1 hour"),
        (timedelta(seconds=20), "less than a minute"),
    ],
)
def test_how_long(length, said):
    assert words.duration(length) == said


@pytest.mark.parametrize(
    ("pence", "said"), [(4483, "£44.83"), (2241, "£22.41"), (0, "£0.00"), (-500, "-£5.00"), (104483, "£1,044.83")]
)
def test_money(pence, said):
    assert words.pounds(pence) == said


@given(st.integers(-(10**9), 10**9))
def test_money_can_be_read_back(pence):
    said = words.pounds(pence).replace("£", "").replace(",", "").replace(".", "")
    assert int(said) == pence


def test_a_reference_is_read_out_in_groups_of_four():
    assert words.grouped("ABCD2345") == "ABCD 2345"
    assert words.grouped("ABCD-2345") == "ABCD-2345"
