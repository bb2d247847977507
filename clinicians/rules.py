"""When a clinician works and what is in date. Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")

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
HALF_HOUR_MINUTES = 30
# TIME-6: so many notes overdue within so long propose a hold on new cases.
LATE_NOTES = 3
LATE_NOTES_WITHIN = dt.timedelta(days=30)


class Stretch(NamedTuple):
    """A stretch of a day of the week in UK wall-clock time; weekday 0 is Monday."""

    weekday: int
    starts: dt.time
    ends: dt.time


class DayHours(NamedTuple):
    """A stretch of one date in UK wall-clock time: extra hours, or blocked ones."""

    day: dt.date
    starts: dt.time
    ends: dt.time


def asks_for_hold(overdue: Iterable[dt.datetime]) -> bool:
    """Tell whether three of the moments at which notes came due unwritten lie within 30 days (TIME-6)."""
    ordered = sorted(overdue)
    runs = zip(ordered, ordered[LATE_NOTES - 1 :], strict=False)
    return any(last - first <= LATE_NOTES_WITHIN for first, last in runs)


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


# --- the week by half hours, and dates with hours of their own (CLIN-5) --------------------------


def half_hours() -> list[dt.time]:
    """Return the starts of the half hours between the earliest and the latest hour."""
    first, last = _minute(EARLIEST_HOUR), _minute(LATEST_HOUR)
    return [_clock(minute) for minute in range(first, last, HALF_HOUR_MINUTES)]


def half_hours_of(week: Iterable[Stretch]) -> frozenset[str]:
    """Return the half hours that lie wholly in the week's stretches, as "2-18:30" (weekday 0 is Monday)."""
    return frozenset(
        f"{stretch.weekday}-{_clock(minute):%H:%M}"
        for stretch in merged(week)
        for minute in range(
            -(-_minute(stretch.starts) // HALF_HOUR_MINUTES) * HALF_HOUR_MINUTES,
            _minute(stretch.ends) - HALF_HOUR_MINUTES + 1,
            HALF_HOUR_MINUTES,
        )
    )


def stretches_of_half_hours(chosen: Iterable[str]) -> list[Stretch]:
    """Return the stretches that half hours ("2-18:30") make. Raises ValueError for what is none."""
    week = []
    for name in chosen:
        weekday, _, clock = name.partition("-")
        starts = dt.time.fromisoformat(clock)
        week.append(Stretch(int(weekday), starts, _clock(_minute(starts) + HALF_HOUR_MINUTES)))
    return merged(week)


def open_hours(
    week: Iterable[Stretch],
    *,
    extra: Iterable[DayHours] = (),
    blocked: Iterable[DayHours] = (),
    leaves: Iterable[tuple[dt.date, dt.date]] = (),
    first: dt.date,
    last: dt.date,
) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return when the clinician works from one day to another (both included), as moments in UTC in their order.

    A day's hours are those of the week and the extra ones, less the blocked ones; on days of leave there are none.
    Wall-clock hours stay what they are over a change of the clocks.
    """
    by_weekday, added, taken = _by_weekday(week), _by_day(extra), _by_day(blocked)
    away = [(begins, ends) for begins, ends in leaves if begins <= last and ends >= first]
    found = []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        hours = by_weekday[day.weekday()] if day not in added else _joined([*by_weekday[day.weekday()], *added[day]])
        if hours and not any(begins <= day <= ends for begins, ends in away):
            found += [_moments(day, *span) for span in _less(hours, taken.get(day, []))]
    return found


def _by_weekday(week: Iterable[Stretch]) -> list[list[tuple[int, int]]]:
    days: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for stretch in merged(week):
        days[stretch.weekday].append((_minute(stretch.starts), _minute(stretch.ends)))
    return days


def _by_day(hours: Iterable[DayHours]) -> dict[dt.date, list[tuple[int, int]]]:
    days: dict[dt.date, list[tuple[int, int]]] = {}
    for row in hours:
        days.setdefault(row.day, []).append((_minute(row.starts), _minute(row.ends)))
    return days


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begins, ends in sorted(spans):
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def _less(spans: list[tuple[int, int]], cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    for cut_begins, cut_ends in cuts:
        halves = [
            half for begins, ends in spans for half in ((begins, min(ends, cut_begins)), (max(begins, cut_ends), ends))
        ]
        spans = [(begins, ends) for begins, ends in halves if begins < ends]
    return spans


def _moments(day: dt.date, begins: int, ends: int) -> tuple[dt.datetime, dt.datetime]:
    starts, stops = (dt.datetime.combine(day, _clock(minute), tzinfo=UK) for minute in (begins, ends))
    return starts.astimezone(dt.UTC), stops.astimezone(dt.UTC)


def _minute(clock: dt.time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(minute: int) -> dt.time:
    return dt.time(*divmod(minute, 60))
