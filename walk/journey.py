"""What the walk knows as it goes: who is signed in, which case it is, what must come out in the end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from walk import doors
from walk.pages import Page
from walk.person import Person

UK = ZoneInfo("Europe/London")


@dataclass
class Booking:
    """One appointment of the walk: its address and its start (UTC)."""

    path: str
    starts_at: dt.datetime


@dataclass
class Journey:
    """The state of one walk."""

    url: str
    out: Path
    stamp: str
    case: str = ""
    clinician_name: str = ""
    bookings: dict[str, Booking] = field(default_factory=dict)
    session: str = ""
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def email(self) -> str:
        """The address of the walk's own patient, of this walk alone."""
        return f"robin.{self.stamp}@example.org"

    @property
    def patient(self) -> Person:
        """The walk's own patient, once the account is open."""
        return self.people["the patient"]

    @property
    def clinician(self) -> Person:
        """The clinician who treats the patient, once signed in."""
        return self.people["the clinician"]

    def staff(self, role: str) -> Person:
        """The first person of a role, signed in by one click and kept."""
        if role not in self.people:
            self.people[role] = doors.by_one_click(self.url, role)
        return self.people[role]

    def case_page(self, person: Person) -> Page:
        """The case as this person sees it."""
        return person.get(f"/cases/{self.case}/")

    def save(self, name: str, content: bytes) -> None:
        """Leave a file in the folder of the walk."""
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / name).write_bytes(content)
