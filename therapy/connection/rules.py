"""How long a session was without its connection, from facts that the platform itself kept (APPT-17). Pure.

A side is connected from the moment it is heard of to the last word heard. What lies between two such stretches, after
the side first came in, is lost, unless its page had said that the person leaves: then they are away by their own
choice, which counts for nothing. In doubt it is lost. A known outage is lost time for both. Moments are aware UTC;
only what lies between the planned start and the planned end counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

# APPT-17: from this much lost time on, in one stretch or added up, a session may be ended as aborted.
ABORT_AFTER = dt.timedelta(minutes=10)
# A heartbeat comes every 15 seconds; a page in the background may be held to one a minute by its browser.
SILENT_AFTER = dt.timedelta(seconds=70)
# Somebody who closed the connection and is back sooner than this has reloaded the page: nothing was lost.
BACK_WITHIN = dt.timedelta(seconds=5)
# A close that comes this soon after a word is itself a word; a later one is only when the server noticed.
IN_RHYTHM = dt.timedelta(seconds=20)
# The service's own heartbeat, and from what pause on it counts as an outage rather than as a restart.
PULSE = dt.timedelta(seconds=15)
OUTAGE_AFTER = dt.timedelta(seconds=60)
NOTHING = dt.timedelta(0)


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of time, its end not included."""

    begins: dt.datetime
    ends: dt.datetime

    @property
    def length(self) -> dt.timedelta:
        return self.ends - self.begins


@dataclass(frozen=True)
class Heard:
    """What was heard of one side: when it first came in, its ended stretches, and the one that may still go on.

    `gone`: the connection was closed since the last word; `left_at`: the ends of stretches at which the person left.
    """

    joined_at: dt.datetime
    ended: tuple[Span, ...]
    since: dt.datetime
    last_at: dt.datetime
    gone: bool
    left_at: tuple[dt.datetime, ...] = ()


@dataclass(frozen=True)
class Side:
    """What was measured of one side; `came` is None where it never came in, `left` when the person was away."""

    name: str
    came: dt.datetime | None
    connected: tuple[Span, ...]
    lost: tuple[Span, ...]
    left: tuple[Span, ...] = ()

    @property
    def total(self) -> dt.timedelta:
        return total(self.lost)


@dataclass(frozen=True)
class Record:
    """The measured connection of one session, up to a moment."""

    window: Span
    until: dt.datetime
    sides: tuple[Side, ...]
    outages: tuple[Span, ...]
    lost: tuple[Span, ...]

    @property
    def total(self) -> dt.timedelta:
        """Time in which at least one side was without connection."""
        return total(self.lost)

    @property
    def longest(self) -> dt.timedelta:
        return max((span.length for span in self.lost), default=NOTHING)

    @property
    def reaches_limit(self) -> bool:
        """Whether the session may be ended as aborted on what was measured: exactly the limit is enough (APPT-17)."""
        return self.total >= ABORT_AFTER

    @property
    def limit_at(self) -> dt.datetime | None:
        """When the limit is reached if nobody comes back: None where it is reached already or nobody is away."""
        away = any(span.ends == self.until for span in self.lost)
        return self.until + (ABORT_AFTER - self.total) if away and not self.reaches_limit else None

    @property
    def by_outage(self) -> bool:
        """Whether known outages alone reach the limit: then nothing of this session is held against anybody."""
        return total(self.outages) >= ABORT_AFTER


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, those that touch or overlap as one, empty ones left out."""
    found: list[Span] = []
    for span in sorted(span for span in spans if span.ends > span.begins):
        if found and span.begins <= found[-1].ends:
            found[-1] = Span(found[-1].begins, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return tuple(found)


def within(spans: Iterable[Span], begins: dt.datetime, ends: dt.datetime) -> tuple[Span, ...]:
    """Return what of the spans lies between two moments."""
    return merged(Span(max(span.begins, begins), min(span.ends, ends)) for span in spans)


def gaps(spans: Iterable[Span], begins: dt.datetime, ends: dt.datetime) -> tuple[Span, ...]:
    """Return what between two moments is covered by none of the spans."""
    found, reached = [], begins
    for span in within(spans, begins, ends):
        found.append(Span(reached, span.begins))
        reached = span.ends
    return merged([*found, Span(reached, ends)])


def total(spans: Iterable[Span]) -> dt.timedelta:
    """Return how long spans are together; those given must not overlap."""
    return sum((span.length for span in spans), NOTHING)


def connected_until(heard: Heard, at: dt.datetime) -> dt.datetime:
    """Return until when the newest stretch goes at a moment: the last word, or on while nothing speaks against it."""
    speaking = not heard.gone and at - heard.last_at <= SILENT_AFTER
    return max(at, heard.last_at) if speaking else heard.last_at


def away_by_choice(heard: Heard, until: dt.datetime) -> tuple[Span, ...]:
    """Return the times from somebody's leaving to their coming back, or to `until` where they have not."""
    back = sorted([*(span.begins for span in heard.ended), heard.since])
    return merged(Span(left, next((came for came in back if came > left), until)) for left in heard.left_at)


def measure_side(name: str, heard: Heard | None, outages: tuple[Span, ...], window: Span, until: dt.datetime) -> Side:
    """Return what one side lost between the window's begin and `until`; one who never came lost only by outages."""
    if heard is None:
        return Side(name, None, (), outages)
    stretches = merged([*heard.ended, Span(heard.since, connected_until(heard, until))])
    away = within(away_by_choice(heard, until), window.begins, until)
    own = gaps([*stretches, *away], max(window.begins, heard.joined_at), until)
    left = merged(part for span in away for part in gaps(outages, span.begins, span.ends))
    return Side(name, heard.joined_at, within(stretches, window.begins, until), merged([*own, *outages]), left)


def measure(
    heard: dict[str, Heard | None],
    outages: Iterable[Span],
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    at: dt.datetime,
) -> Record:
    """Return the record of a session from its planned start to `at`, at most to its planned end (APPT-17)."""
    window, until = Span(starts_at, ends_at), max(starts_at, min(at, ends_at))
    known = within(outages, starts_at, until)
    sides = tuple(measure_side(name, one, known, window, until) for name, one in heard.items())
    lost = merged(span for spans in ([side.lost for side in sides] or [known]) for span in spans)
    return Record(window, until, sides, known, lost)


def wait_begins(starts_at: dt.datetime, outages: Iterable[Span]) -> dt.datetime:
    """Return from when on a patient is waited for: the start, or anew after an outage since then (APPT-17)."""
    return max([starts_at, *(span.ends for span in outages if span.ends > starts_at)])


def in_minutes(length: dt.timedelta) -> str:
    """Return a length in words, minutes and seconds, for example "12 minutes" or "3 minutes 20 seconds"."""
    seconds = int(length.total_seconds())
    parts = [_counted(seconds // 60, "minute"), _counted(seconds % 60, "second")]
    return " ".join(part for part in parts if part) or "0 minutes"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""
