"""When messages may be written and how often their mail goes out. Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt

# TIME-1: the reminder comes twelve hours before the welcome message is due, at 36 of 48 hours.
WELCOME_REMINDER_BEFORE = dt.timedelta(hours=12)
# TIME-5: a day after a reply became overdue the supervisor takes it up, at 72 of 48 hours.
SUPERVISOR_AFTER_OVERDUE = dt.timedelta(hours=24)
# MSG-1: at most one mail an hour while something is unread.
BETWEEN_MAILS = dt.timedelta(hours=1)
LONGEST_MESSAGE = 8000
# MSG-10: so long a message can be taken back before it is sent for good.
HELD_FOR = dt.timedelta(seconds=10)
# The clocks of two servers differ by less; a message held further ahead was held by a clock that ran wrong.
CLOCKS_AGREE_WITHIN = dt.timedelta(minutes=1)
SHORTEST_SEARCH = 2

WRITING_STATES = frozenset({"allocated", "assessment", "treatment", "on_hold"})
# MSG-6: once the case is discharging only the clinician writes.
CLINICIAN_WRITING_STATES = WRITING_STATES | {"discharging"}
BEFORE_ALLOCATION = frozenset({"referred", "in_triage", "waiting"})


def tidy(text: str) -> str:
    """Return what was typed with plain line ends and without null characters or blank edges."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def search_words(typed: str) -> list[str]:
    """Return the words that a message must hold to be found: at most eight, case does not count (MSG-7)."""
    words = typed.replace("\x00", "").split()[:8]
    return words if sum(map(len, words)) >= SHORTEST_SEARCH else []


def may_write(side: str, state: str) -> bool:
    """Tell whether a side of the conversation may write while the case is in a state (MSG-1, MSG-6)."""
    return state in (WRITING_STATES if side == "patient" else CLINICIAN_WRITING_STATES)


def mail_not_before(last_mail_at: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    """Return when a mail about a new message may go out: now, or an hour after the last one (MSG-1)."""
    return at if last_mail_at is None else max(at, last_mail_at + BETWEEN_MAILS)


def welcome_times(allocated_at: dt.datetime, hours: int) -> tuple[dt.datetime, dt.datetime | None]:
    """Return (due, remind) of a welcome message; no reminder where the site gives twelve hours or less (TIME-1)."""
    due_at = allocated_at + dt.timedelta(hours=hours)
    remind_at = due_at - WELCOME_REMINDER_BEFORE
    return due_at, (remind_at if remind_at > allocated_at else None)
