"""When a clinician's next free hour is, in each part of the week (ALLOC-2). Pure: the time is an argument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from clinicians.rules import PARTS, WEEKDAYS, Stretch
from intake.allocation.rules import LOOK_AHEAD_DAYS

UK = ZoneInfo("Europe/London")
A_SESSION = dt.timedelta(minutes=60)

Span = tuple[dt.datetime, dt.datetime]


def first_free(
    week: Iterable[Stretch], busy: Sequence[Span], leaves: Iterable[tuple[dt.date, dt.date]], today: dt.date
) -> dict[str, int]:
    """Return, by part of the week, the days from today to the first hour in it that nothing takes yet.

    `busy` are aware moments. Parts without a free hour in the next 14 days are left out.
    """
    week, leaves = list(week), list(leaves)
    found: dict[str, int] = {}
    for days in range(1, LOOK_AHEAD_DAYS + 1):
        day = today + dt.timedelta(days=days)
        if any(first <= day <= last for first, last in leaves):
            continue
        for part in _free_parts(day, week, busy):
            found.setdefault(part, days)
    return found


def _free_parts(day: dt.date, week: Iterable[Stretch], busy: Sequence[Span]) -> list[str]:
    """Return the parts of one day in which an hour is free."""
    found = []
    for stretch in week:
        if stretch.weekday != day.weekday():
            continue
        for part, (begins, ends) in PARTS.items():
            window = _span(day, max(stretch.starts, begins), min(stretch.ends, ends))
            if has_free_hour(window, busy):
                found.append(f"{WEEKDAYS[stretch.weekday]}-{part}")
    return found


def _span(day: dt.date, starts: dt.time, ends: dt.time) -> Span:
    return dt.datetime.combine(day, starts, tzinfo=UK), dt.datetime.combine(day, ends, tzinfo=UK)


def has_free_hour(window: Span, busy: Sequence[Span]) -> bool:
    """Tell whether an hour in one piece is left in the window between what is busy."""
    free_from, until = window
    for starts, ends in sorted(busy):
        if ends <= free_from or starts >= until:
            continue
        if starts - free_from >= A_SESSION:
            return True
        free_from = max(free_from, ends)
    return until - free_from >= A_SESSION
