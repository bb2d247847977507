"""What a calendar program is told of an appointment (APPT-8): times and the case reference, nothing else. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

TITLE = "Appointment"
PRODUCT = "-//ieso//appointments//EN"
REFRESH = "PT1H"
LONGEST_LINE = 75
# What is over stays in the feed for so long.
KEPT = dt.timedelta(days=90)
CANCELLED = frozenset({"declined", "lapsed", "cancelled", "late_cancelled", "clinician_cancelled"})


@dataclass(frozen=True)
class Entry:
    """One appointment as a calendar shows it; `changes` counts what has happened to it, `changed_at` is the last."""

    uid: str
    starts_at: dt.datetime
    minutes: int
    status: str
    reference: str
    changes: int
    changed_at: dt.datetime


def status_of(status: str) -> str:
    """Return the standard's word for the status of an appointment (RFC 5545, 3.8.1.11)."""
    if status in CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if status == "offered" else "CONFIRMED"


def calendar_of(entries: Iterable[Entry]) -> bytes:
    """Return the entries as an iCalendar file (RFC 5545). All times are UTC, so that no zone needs describing in it.

    Written out line by line: a library takes twenty times as long, and nothing in our values needs escaping.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "METHOD:PUBLISH"]
    lines += ["X-WR-CALNAME:Appointments", f"X-PUBLISHED-TTL:{REFRESH}"]
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _event(entry: Entry) -> list[str]:
    changed = _moment(entry.changed_at)
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{max(0, entry.changes - 1)}",
        f"DTSTART:{_moment(entry.starts_at)}",
        f"DTEND:{_moment(entry.starts_at + dt.timedelta(minutes=entry.minutes))}",
        f"SUMMARY:{TITLE} (to confirm)" if entry.status == "offered" else f"SUMMARY:{TITLE}",
        f"DESCRIPTION:Reference: {entry.reference}",
        f"STATUS:{status_of(entry.status)}",
        f"TRANSP:{'TRANSPARENT' if entry.status in CANCELLED else 'OPAQUE'}",
        "CLASS:PRIVATE",
        "END:VEVENT",
    ]


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> str:
    """Return a line in pieces of at most 75 octets, each but the first begun by a blank; our lines are ASCII."""
    if len(line) <= LONGEST_LINE:
        return line
    pieces = [line[:LONGEST_LINE]]
    rest = line[LONGEST_LINE:]
    pieces += [rest[start : start + LONGEST_LINE - 1] for start in range(0, len(rest), LONGEST_LINE - 1)]
    return "\r\n ".join(pieces)


def new_token() -> str:
    """Return a token that nobody can guess, 43 characters."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is stored of a token: a copy of the database opens no feed."""
    return hashlib.sha256(token.encode()).hexdigest()
