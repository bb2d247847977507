"""When a message goes out and when it is tried again. Pure: the time is an argument, always aware."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")

# TIME-22: reminders go out in these hours, by the clock on the wall where the person lives.
REMINDERS_FROM = dt.time(8)
REMINDERS_UNTIL = dt.time(20)

# What must be said before the hours for it end is begun so long before: a round may be late.
LEEWAY = dt.timedelta(minutes=30)

# Whoever takes a message has it in hand for so long: longer than a job may run, so nobody else sends it meanwhile.
LEASE = dt.timedelta(minutes=3)
FIRST_BACK_OFF = dt.timedelta(minutes=1)
LONGEST_BACK_OFF = dt.timedelta(hours=2)
# A server that does not answer is asked again soon: what waited an hour goes out minutes after its return.
LONGEST_WAIT_FOR_A_SERVER = dt.timedelta(minutes=5)
# About a day of trying; after that a person is asked to look.
ATTEMPTS_AT_MOST = 18
# An address that is refused for good is believed the third time.
REFUSALS_AT_MOST = 3
# Somebody is told when a channel has been silent for so long while something waited.
SILENCE_BEFORE_A_PERSON_LOOKS = dt.timedelta(minutes=10)

# From and until, as clocks on the wall show them; a window that ends before it begins goes over midnight.
Window = tuple[dt.time, dt.time]
NIGHT: Window = (REMINDERS_UNTIL, REMINDERS_FROM)


def back_off(attempts: int) -> dt.timedelta:
    """Return the wait after that many attempts (1 or more): doubling, at most two hours."""
    return min(FIRST_BACK_OFF * 2 ** min(attempts - 1, 10), LONGEST_BACK_OFF)


def wait_for_server(attempts: int) -> dt.timedelta:
    """Return the wait after that many attempts (1 or more) at a server that does not answer: at most five minutes."""
    return min(back_off(attempts), LONGEST_WAIT_FOR_A_SERVER)


def gives_up(attempts: int, *, for_good: bool) -> bool:
    """Tell whether a message is not tried again: refused for good three times, or after about a day."""
    return attempts >= (REFUSALS_AT_MOST if for_good else ATTEMPTS_AT_MOST)


def is_within(clock: dt.time, window: Window) -> bool:
    """Tell whether a clock's time lies in a window: its beginning does, its end does not."""
    begins, ends = window
    if begins <= ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by its name, that of the UK for a name which this machine does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UK


def next_allowed(at: dt.datetime, windows: Iterable[Window], zone: ZoneInfo = UK) -> dt.datetime:
    """Return the first moment from `at` on (UTC) that lies in none of the windows of the zone's clock time; `at` where
    the windows leave no time at all."""
    windows, moment = list(windows), at
    for _ in range(2 * len(windows)):
        held = [window for window in windows if is_within(moment.astimezone(zone).time(), window)]
        if not held:
            return moment.astimezone(dt.UTC)
        moment = _next_clock(moment, held[0][1], zone)
    return at.astimezone(dt.UTC)


def last_allowed(at: dt.datetime, windows: Iterable[Window], zone: ZoneInfo = UK) -> dt.datetime:
    """Return the last moment up to `at` (UTC) that lies in none of the windows, with half an hour to spare."""
    windows, moment = list(windows), at
    for _ in range(2 * len(windows)):
        held = [window for window in windows if is_within(moment.astimezone(zone).time(), window)]
        if not held:
            return moment.astimezone(dt.UTC)
        moment = _last_clock(moment, held[0][0], zone) - LEEWAY
    return at.astimezone(dt.UTC)


def reminding_time(wanted: dt.datetime, event: dt.datetime, zone: ZoneInfo = UK) -> dt.datetime:
    """Return when to remind of an event (UTC): at the wanted time, else when the hours for reminders begin, else, where
    that would be too late, before they ended (TIME-22)."""
    later = next_allowed(wanted, [NIGHT], zone)
    return later if later < event else last_allowed(wanted, [NIGHT], zone)


def _next_clock(at: dt.datetime, clock: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The next moment after `at` at which the zone's clocks show this time."""
    return min(moment for moment in _moments_around(at, clock, zone) if moment > at)


def _last_clock(at: dt.datetime, clock: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The last moment up to `at` at which the zone's clocks showed this time."""
    return max(moment for moment in _moments_around(at, clock, zone) if moment <= at)


def _moments_around(at: dt.datetime, clock: dt.time, zone: ZoneInfo) -> list[dt.datetime]:
    """When UK clocks show a time on the day before, that day and the next; twice in the night with an hour more."""
    days = [at.astimezone(zone).date() + dt.timedelta(days=away) for away in (-1, 0, 1)]
    times = [clock.replace(fold=fold) for fold in (0, 1)]
    return [dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC) for day in days for time in times]
