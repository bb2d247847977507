"""Time as the service counts it: elapsed hours, working days, hours of office and duty, back-off. Pure: no Django,
no clock."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Container
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")
OFFICE_OPENS = dt.time(9)
OFFICE_CLOSES = dt.time(17, 30)
DUTY_BEGINS, DUTY_ENDS = dt.time(8), dt.time(20)
SATURDAY = 5

# TIME-0: every state of a deadline and the states it may turn into; it begins open.
TRANSITIONS: dict[str, frozenset[str]] = {
    "open": frozenset({"met", "missed", "cancelled"}),
    "met": frozenset(),
    "missed": frozenset(),
    "cancelled": frozenset(),
}

# A handler that failed is tried again after 1, 2, 4, 8 ... minutes, at most an hour apart (TIME-0).
FIRST_BACK_OFF = dt.timedelta(minutes=1)
LONGEST_BACK_OFF = dt.timedelta(hours=1)
ATTEMPTS_BEFORE_A_PERSON_LOOKS = 5

# What a team owes stands on its members' lists from then on (TIME-21).
TEAM_BEGINS_BEFORE = dt.timedelta(days=31)

# Whoever leads has on the list what a team without members would owe, and what nobody is left to oversee (TIME-21).
STANDS_IN = "clinical_lead"

# A heartbeat older than this means that the machinery has stopped (TIME-0).
HEARTBEAT_STALE_AFTER = dt.timedelta(minutes=3)


def elapsed(start: dt.datetime, hours: float) -> dt.datetime:
    """Return the moment that many real hours after an aware start, in UTC: clock changes neither add nor take."""
    return start.astimezone(dt.UTC) + dt.timedelta(hours=hours)


def is_working_day(day: dt.date, holidays: Container[dt.date]) -> bool:
    """Tell whether a day is neither a weekend nor one of the holidays."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(start: dt.datetime, days: int, holidays: Container[dt.date]) -> dt.datetime:
    """Return the same UK wall-clock time that many working days later, in UTC; `start` must be aware."""
    local = start.astimezone(UK)
    day = local.date()
    while days > 0:
        day += dt.timedelta(days=1)
        days -= is_working_day(day, holidays)
    return dt.datetime.combine(day, local.time(), tzinfo=UK).astimezone(dt.UTC)


def add_months(start: dt.datetime, months: int) -> dt.datetime:
    """Return the same UK wall-clock time on the same day of the month that many calendar months later, in UTC; where
    that month is too short, on its last day."""
    local = start.astimezone(UK)
    count = local.year * 12 + local.month - 1 + months
    year, month = count // 12, count % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return dt.datetime.combine(dt.date(year, month, day), local.time(), tzinfo=UK).astimezone(dt.UTC)


def end_of_next_working_day(start: dt.datetime, holidays: Container[dt.date]) -> dt.datetime:
    """Return the close of the office on the first working day after the UK day of an aware `start`, in UTC."""
    day = add_working_days(start, 1, holidays).astimezone(UK).date()
    return dt.datetime.combine(day, OFFICE_CLOSES, tzinfo=UK).astimezone(dt.UTC)


def is_office_hours(at: dt.datetime, holidays: Container[dt.date]) -> bool:
    """Tell whether the office is open at an aware moment: working days, 09:00 up to 17:30 UK time."""
    local = at.astimezone(UK)
    return is_working_day(local.date(), holidays) and OFFICE_OPENS <= local.time() < OFFICE_CLOSES


def is_on_call_hours(at: dt.datetime, holidays: Container[dt.date]) -> bool:
    """Tell whether the on-call rota has the duty at an aware moment: 08:00 up to 20:00 UK time outside office hours,
    weekends and bank holidays all of it (SUP-4)."""
    return DUTY_BEGINS <= at.astimezone(UK).time() < DUTY_ENDS and not is_office_hours(at, holidays)


def back_off(attempts: int) -> dt.timedelta:
    """Return how long to wait after that many failed attempts (1 or more): doubling, at most an hour."""
    if attempts > 10:
        return LONGEST_BACK_OFF
    return min(FIRST_BACK_OFF * 2 ** (attempts - 1), LONGEST_BACK_OFF)


def next_at(due_at: dt.datetime, remind_at: dt.datetime | None) -> dt.datetime:
    """Return when a deadline next wants attention: the sooner of a reminder not yet given and due."""
    return due_at if remind_at is None else min(due_at, remind_at)


def moved_reminder(
    remind_at: dt.datetime | None, before: dt.datetime, after: dt.datetime, at: dt.datetime
) -> dt.datetime | None:
    """Return when to remind of a deadline that was moved: as long before it as ever, or not where that is past."""
    if remind_at is None:
        return None
    moved = after - (before - remind_at)
    return moved if at < moved < after else None


def is_stale(beat_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Tell whether a heartbeat is missing or more than three minutes away (TIME-0); one that lies ahead was written
    before the clock was set back."""
    return beat_at is None or abs(at - beat_at) > HEARTBEAT_STALE_AFTER
