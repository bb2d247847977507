"""The page of free times, a week at a time, in the viewer's zone; the same for booking and for moving."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from patients.models import Case
from therapy.appointments import booking, slots

HOW = {"typed": "in writing", "video": "by video"}
WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True)
class Option:
    """A way and a length that the next appointment of a case may have."""

    modality: str
    minutes: int

    @property
    def key(self) -> str:
        return f"{self.modality}-{self.minutes}"

    @property
    def words(self) -> str:
        return f"{self.minutes} minutes, {HOW[self.modality]}"


def options_of(case: Case) -> list[Option]:
    """Return what the patient of a case can choose from: the case's own way first, longest first."""
    ways = sorted(case.site.modalities, key=lambda name: name != case.modality)
    return [Option(way, length) for way in ways for length in sorted(booking.allowed_minutes(case, way), reverse=True)]


def wanted(options: list[Option], asked: str) -> Option | None:
    """Return the option asked for by its key, or the first; None where there is none."""
    return next((option for option in options if option.key == asked), options[0] if options else None)


def query_of(start: dt.datetime, option: Option) -> str:
    """Return a free time as the query of an address; a plus is all that needs escaping, and a week has a hundred."""
    return f"start={start.astimezone(dt.UTC).isoformat().replace('+', '%2B')}&how={option.key}"


def week_of(day: dt.date) -> dt.date:
    """Return the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def monday(asked: str) -> dt.date | None:
    """Return the Monday of the week that an address asks for, or None for what is no day of our time."""
    try:
        day = dt.date.fromisoformat(asked)
    except ValueError:
        return None
    return week_of(day) if dt.date(2000, 1, 1) < day < dt.date(2200, 1, 1) else None


def page_of_times(case: Case, option: Option, asked_week: str, at: dt.datetime, href: Callable[[str], str]) -> dict:
    """Return one week of free times by day and part of the day, and the weeks before and after that have any."""
    by_week = _by_week(slots.free_times(case, option.minutes, at=at))
    weeks = list(by_week)
    week = monday(asked_week) or (weeks[0] if weeks else week_of(timezone.localdate(at)))
    return {
        "week": week,
        "last_day": week + dt.timedelta(days=6),
        "days": _by_day(by_week.get(week, []), option, href),
        "earlier": max((one for one in weeks if one < week), default=None),
        "later": min((one for one in weeks if one > week), default=None),
    }


def _by_week(starts: list[dt.datetime]) -> dict[dt.date, list[dt.datetime]]:
    """The starts, which are in their order, by the Monday of their week; there are thousands, so not one by one."""
    zone = timezone.get_current_timezone()
    weeks: dict[dt.date, list[dt.datetime]] = {}
    begins = 0
    while begins < len(starts):
        week = week_of(starts[begins].astimezone(zone).date())
        over = dt.datetime.combine(week + WEEK, dt.time(), tzinfo=zone).astimezone(dt.UTC)
        ends = bisect_left(starts, over)
        weeks[week] = starts[begins:ends]
        begins = ends
    return weeks


def _by_day(starts: list[dt.datetime], option: Option, href: Callable[[str], str]) -> list[tuple[dt.date, list]]:
    days: dict[dt.date, dict[str, list]] = {}
    for start in starts:
        local = timezone.localtime(start)
        parts = days.setdefault(local.date(), {})
        parts.setdefault(_part(local.hour), []).append({"start": start, "href": href(query_of(start, option))})
    return [(day, list(parts.items())) for day, parts in days.items()]


def _part(hour: int) -> str:
    return "Morning" if hour < 12 else "Afternoon" if hour < 17 else "Evening"
