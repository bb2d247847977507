"""How often an address may ask for calendar feeds: a count a minute, in the cache (allauth's limits count no GET)."""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache

MOST_A_MINUTE = 60
WINDOW_SECONDS = 60


def is_too_often(address: str, at: dt.datetime) -> bool:
    """Count one request of a network address, and tell whether it is one too many in this minute."""
    key = f"feed:{address}:{int(at.timestamp()) // WINDOW_SECONDS}"
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    try:
        return cache.incr(key) > MOST_A_MINUTE
    except ValueError:  # gone between the two lines: the cache was emptied
        return False
