"""When a clinician works and what is in date. Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# UK wall-clock time; a part of a day is named "mon-evening" wherever hours are wished for or offered.
PARTS = {
    "morning": (dt.time(8), dt.time(12)),
    "afternoon": (dt.time(12), dt.time(17)),
    "evening": (dt.time(17), dt.time(22)),
}
DAY_PARTS = tuple(f"{day}-{part}" for day in WEEKDAYS for part in PARTS)
EARLIEST_HOUR, LATEST_HOUR = dt.time(8), dt.time(22)
MOST_CASES = 60
MODALITIES = ("typed", "video")
LONG_LEAVE = dt.timedelta(weeks=2)


class Stretch(NamedTuple):
    """A stretch of a day of the week in UK wall-clock time; weekday 0 is Monday."""

    weekday: int
    starts: dt.time
    ends: dt.time


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return the stretches in the order of the week, those that touch or overlap made one."""
    week: list[Stretch] = []
    for stretch in sorted(stretches):
        last = week[-1] if week else None
        if last and last.weekday == stretch.weekday and stretch.starts <= last.ends:
            week[-1] = last._replace(ends=max(last.ends, stretch.ends))
        else:
            week.append(stretch)
    return week


def parts_of(stretches: Iterable[Stretch]) -> frozenset[str]:
    """Return the parts of the week in which any of the stretches lies, if only for an hour."""
    return frozenset(
        f"{WEEKDAYS[stretch.weekday]}-{part}"
        for stretch in stretches
        for part, (begins, ends) in PARTS.items()
        if stretch.starts < ends and stretch.ends > begins
    )


def stretches_of(parts: Iterable[str]) -> list[Stretch]:
    """Return the stretches that whole parts of the week make. Raises KeyError or ValueError for no part."""
    named = (part.split("-", 1) for part in parts)
    return merged(Stretch(WEEKDAYS.index(day), *PARTS[part]) for day, part in named)


def with_parts(week: Iterable[Stretch], parts: Iterable[str]) -> list[Stretch]:
    """Return the week changed to these parts: hours within a part that stays are kept, a new part is whole."""
    before, wanted = merged(week), frozenset(parts)
    kept = [within(stretch, part) for stretch in before for part in wanted & parts_of([stretch])]
    return merged([*kept, *stretches_of(wanted - parts_of(before))])


def within(stretch: Stretch, part: str) -> Stretch:
    """Return what of a stretch lies in a part of its day."""
    begins, ends = PARTS[part.split("-", 1)[1]]
    return Stretch(stretch.weekday, max(stretch.starts, begins), min(stretch.ends, ends))


def shared_parts(wished: Iterable[str], stretches: Iterable[Stretch]) -> frozenset[str]:
    """Return the parts of the week that a patient wishes for and a clinician works in."""
    return frozenset(wished) & parts_of(stretches)


def expired_documents(documents: Mapping[str, dt.date], kinds: Iterable[str], on: dt.date) -> list[str]:
    """Return the kinds of document that are missing or out of date on a day; the last day itself is in date."""
    return [kind for kind in kinds if kind not in documents or documents[kind] < on]


def leave_about_to_start(leaves: Iterable[tuple[dt.date, dt.date]], on: dt.date) -> tuple[dt.date, dt.date] | None:
    """Return the leave that keeps new cases away on a day: one running, or of two weeks or more within two weeks."""
    for first, last in sorted(leaves):
        is_long = last - first + dt.timedelta(days=1) >= LONG_LEAVE
        begins = first - LONG_LEAVE if is_long else first
        if begins <= on <= last:
            return first, last
    return None
