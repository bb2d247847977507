"""Every rule with a time in it on the days on which clocks and calendars are awkward (TIME-23): both nights on which
the clocks change, the end of February, bank holidays, Friday 17:29 and 17:31."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from deadlines import rules
from deadlines.calendars import ENGLAND

UK = ZoneInfo("Europe/London")


def uk(text: str, fold: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=UK, fold=fold)


def said(moment: dt.datetime) -> str:
    return f"{moment.astimezone(UK):%a %d %b %Y %H:%M}"


ELAPSED = [
    # start, hours, end by UK clocks
    ("2026-10-23 17:29", 24, "Sat 24 Oct 2026 17:29"),
    ("2026-10-23 17:31", 48, "Sun 25 Oct 2026 16:31"),  # the night with 25 hours
    ("2026-10-24 09:00", 48, "Mon 26 Oct 2026 08:00"),
    ("2026-10-25 00:30", 1, "Sun 25 Oct 2026 01:30"),
    ("2026-10-25 00:30", 2, "Sun 25 Oct 2026 01:30"),  # the same words an hour later
    ("2026-10-25 00:30", 3, "Sun 25 Oct 2026 02:30"),
    ("2027-03-26 17:31", 48, "Sun 28 Mar 2027 18:31"),  # the night with 23 hours
    ("2027-03-28 00:30", 1, "Sun 28 Mar 2027 02:30"),
    ("2027-02-27 12:00", 48, "Mon 01 Mar 2027 12:00"),
    ("2028-02-28 12:00", 24, "Tue 29 Feb 2028 12:00"),  # a leap year
    ("2026-12-24 17:29", 72, "Sun 27 Dec 2026 17:29"),  # bank holidays are hours like all others
]


@pytest.mark.rule("TIME-23a")
@pytest.mark.parametrize(("start", "hours", "end"), ELAPSED)
def test_elapsed(start, hours, end):
    assert said(rules.elapsed(uk(start), hours)) == end
    assert rules.elapsed(uk(start), hours) - uk(start).astimezone(dt.UTC) == dt.timedelta(hours=hours)


WORKING_DAYS = [
    ("2026-10-23 17:29", 1, "Mon 26 Oct 2026 17:29"),
    ("2026-10-23 17:31", 1, "Mon 26 Oct 2026 17:31"),
    ("2026-10-23 17:31", 4, "Thu 29 Oct 2026 17:31"),
    ("2027-03-25 17:29", 1, "Tue 30 Mar 2027 17:29"),  # Good Friday, the clock change, Easter Monday
    ("2027-03-26 10:00", 1, "Tue 30 Mar 2027 10:00"),  # begun on Good Friday
    ("2027-02-26 09:00", 1, "Mon 01 Mar 2027 09:00"),
    ("2028-02-28 09:00", 1, "Tue 29 Feb 2028 09:00"),
    ("2026-12-24 17:31", 1, "Tue 29 Dec 2026 17:31"),  # Boxing Day is a Saturday: its Monday is free
    ("2026-12-31 09:00", 1, "Mon 04 Jan 2027 09:00"),
    ("2026-08-28 09:00", 4, "Fri 04 Sep 2026 09:00"),  # over the summer's bank holiday
]


@pytest.mark.rule("TIME-23a")
@pytest.mark.parametrize(("start", "days", "end"), WORKING_DAYS)
def test_working_days(start, days, end):
    assert said(rules.add_working_days(uk(start), days, ENGLAND)) == end


NEXT_WORKING_DAY = [
    ("2026-10-23 17:29", "Mon 26 Oct 2026 17:30"),
    ("2026-10-23 17:31", "Mon 26 Oct 2026 17:30"),
    ("2026-10-25 01:30", "Mon 26 Oct 2026 17:30"),
    ("2027-03-25 09:00", "Tue 30 Mar 2027 17:30"),
    ("2027-03-28 03:00", "Tue 30 Mar 2027 17:30"),
    ("2027-02-26 23:59", "Mon 01 Mar 2027 17:30"),
    ("2026-12-24 23:59", "Tue 29 Dec 2026 17:30"),
    ("2026-12-25 00:00", "Tue 29 Dec 2026 17:30"),
]


@pytest.mark.rule("TIME-13a")
@pytest.mark.rule("TIME-23a")
@pytest.mark.parametrize(("start", "end"), NEXT_WORKING_DAY)
def test_the_end_of_the_next_working_day(start, end):
    assert said(rules.end_of_next_working_day(uk(start), ENGLAND)) == end


OFFICE = [
    ("2026-10-23 17:29", True),
    ("2026-10-23 17:29:59.999999", True),
    ("2026-10-23 17:30", False),
    ("2026-10-23 17:31", False),
    ("2026-10-25 01:30", False),
    ("2026-10-26 09:00", True),  # the first morning of winter time
    ("2026-10-26 08:59", False),
    ("2027-03-26 12:00", False),  # Good Friday
    ("2027-03-29 12:00", False),  # Easter Monday
    ("2027-03-30 09:00", True),
    ("2028-02-29 09:00", True),
    ("2026-12-28 12:00", False),  # Boxing Day, observed
    ("2027-05-03 12:00", False),
]


@pytest.mark.rule("TIME-23a")
@pytest.mark.parametrize(("moment", "expected"), OFFICE)
def test_office_hours(moment, expected):
    assert rules.is_office_hours(uk(moment), ENGLAND) is expected


MONTHS = [
    ("2026-01-31 17:31", 1, "Sat 28 Feb 2026 17:31"),
    ("2028-01-31 09:00", 1, "Tue 29 Feb 2028 09:00"),
    ("2026-10-05 09:00", 1, "Thu 05 Nov 2026 09:00"),  # over the clock change, the same clock
    ("2027-03-05 09:00", 1, "Mon 05 Apr 2027 09:00"),
    ("2026-12-15 09:00", 1, "Fri 15 Jan 2027 09:00"),
    ("2026-08-31 09:00", 6, "Sun 28 Feb 2027 09:00"),
    ("2026-10-25 01:30", 1, "Wed 25 Nov 2026 01:30"),
]


@pytest.mark.rule("TIME-15a")
@pytest.mark.rule("TIME-23a")
@pytest.mark.parametrize(("start", "months", "end"), MONTHS)
def test_calendar_months(start, months, end):
    assert said(rules.add_months(uk(start), months)) == end


REMINDERS = [
    ("2026-10-25 00:30", "2026-10-25 08:00"),
    ("2026-10-24 19:59", "2026-10-24 19:59"),
    ("2026-10-24 20:00", "2026-10-25 08:00"),
    ("2027-03-27 20:00", "2027-03-28 08:00"),
    ("2027-03-28 03:30", "2027-03-28 08:00"),
    ("2027-02-28 23:59", "2027-03-01 08:00"),
]


@pytest.mark.rule("TIME-22a")
@pytest.mark.rule("TIME-23a")
@pytest.mark.parametrize(("at", "goes_out"), REMINDERS)
def test_hours_for_reminders(at, goes_out):
    from notices.rules import NIGHT, next_allowed

    assert next_allowed(uk(at), [NIGHT]) == uk(goes_out)


@pytest.mark.rule("TIME-22a")
@pytest.mark.rule("TIME-23a")
def test_quiet_hours_that_end_within_the_hour_that_comes_twice():
    from notices.rules import next_allowed

    window = (dt.time(22), dt.time(1, 30))
    for begins, ends, fold in (("01:10", "01:30", 0), ("01:40", "01:40", 0), ("01:10", "01:30", 1)):
        goes_out = next_allowed(uk(f"2026-10-25 {begins}", fold), [window])
        assert goes_out == uk(f"2026-10-25 {ends}", fold).astimezone(dt.UTC)
