"""What a calendar program is told of an appointment (APPT-8): times and the case reference, nothing else. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from icalendar import Calendar, Event

TITLE = "Appointment"
PRODUCT = "-//ieso//appointments//EN"
REFRESH = "PT1H"
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
    """Return the entries as an iCalendar file. All times are UTC, so that no zone needs to be described in it."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Appointments")
    calendar.add("x-published-ttl", REFRESH)
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    cancelled = entry.status in CANCELLED
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(dt.UTC))
    event.add("last-modified", entry.changed_at.astimezone(dt.UTC))
    event.add("sequence", max(0, entry.changes - 1))
    event.add("dtstart", entry.starts_at.astimezone(dt.UTC))
    event.add("dtend", (entry.starts_at + dt.timedelta(minutes=entry.minutes)).astimezone(dt.UTC))
    event.add("summary", f"{TITLE}, to confirm" if entry.status == "offered" else TITLE)
    event.add("description", f"Reference: {entry.reference}")
    event.add("status", status_of(entry.status))
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    return event


def new_token() -> str:
    """Return a token that nobody can guess, 43 characters."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is stored of a token: a copy of the database opens no feed."""
    return hashlib.sha256(token.encode()).hexdigest()
