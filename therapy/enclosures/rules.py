"""Which web addresses a message may carry, and what is said of where they lead (MSG-4). Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

LONGEST_LINK = 500
LONGEST_LINK_WORDS = 120
# A name that a domain register knows: parts of letters, figures and dashes, the last of them no number.
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\\\\<>\"]")


def why_not_link(url: str) -> str:
    """Return what is wrong with a web address, with what to do; an empty string where a message may carry it."""
    if len(url) > LONGEST_LINK:
        return f"This address is longer than {LONGEST_LINK} characters. Look for a shorter one."
    parts = _parts(url)
    if parts is None or UNSEEN.search(url):
        return "This is not a web address. Copy it from the address bar of the page."
    if parts.scheme != "https":
        return "Only addresses that begin with https:// can be sent. Look for the page under https."
    if "@" in parts.netloc or not host_of(url):
        return "It cannot be seen where this address leads. Copy it from the address bar of the page."
    return ""


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def host_of(url: str) -> str:
    """Return the host to which an address leads, in plain letters, without `www.`; empty where there is none.

    A name in other scripts is taken only as it is registered (xn--...), so that it cannot pass for a known one.
    """
    parts = _parts(url)
    host = (parts.hostname or "").lower() if parts else ""
    return host.removeprefix("www.") if HOST.fullmatch(host) else ""
