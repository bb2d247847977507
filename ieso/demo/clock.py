"""The moved clock under which the demonstration's past is lived through."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from zoneinfo import ZoneInfo

import time_machine

UK = ZoneInfo("Europe/London")


def moved(at: dt.datetime) -> AbstractContextManager:
    """Within the block it is `at`, an aware time; the clock stands still."""
    return time_machine.travel(at, tick=False)


def uk(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a wall-clock time of the UK on a day, as UTC."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=UK).astimezone(dt.UTC)
