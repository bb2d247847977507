"""When a sign-in locks for want of input (ACC-3), and what a device is called (ACC-15). Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt
import re

# Policy may ask for less of staff, never for more and never for less than five minutes.
STAFF_IDLE_MINUTES, SHORTEST_STAFF_IDLE_MINUTES = 15, 5
PATIENT_IDLE_MINUTES = 30
# How long before the lock "still there?" is asked: two minutes, of a short limit a fifth.
ASK_BEFORE_SECONDS = 120
# Input is noted at most this often, so that a person who works does not write a row at each step.
NOTED_EVERY = dt.timedelta(seconds=10)

# In this order: Edge, Opera and Samsung call themselves Chrome too, and Chrome calls itself Safari.
BROWSERS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\b(?:OPR|Opera)/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Chrome|Chromium|CriOS)/"),
    ("Safari", r"\bSafari/"),
)
SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Mac", r"\bMacintosh\b"),
    ("Linux", r"\bLinux\b"),
)
UNKNOWN_DEVICE = "A device that we do not know"


def staff_idle_minutes(policies: list[int]) -> int:
    """Return the minutes after which staff are locked: the shortest that a site asks for, within its bounds."""
    return min([STAFF_IDLE_MINUTES, *(max(SHORTEST_STAFF_IDLE_MINUTES, minutes) for minutes in policies)])


def ask_before_seconds(idle_seconds: int) -> int:
    """Return how many seconds before the lock "still there?" is asked."""
    return min(ASK_BEFORE_SECONDS, idle_seconds // 5)


def is_locked(locks_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether a sign-in is locked: at the very second at which its time is over it is."""
    return locks_at is not None and locks_at <= now


def device_name(user_agent: str) -> str:
    """Return "Firefox on Android" of what a browser says of itself; what is not known is left out."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else UNKNOWN_DEVICE)


def _first(table: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in table if re.search(pattern, text)), "")
