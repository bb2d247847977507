"""Message templates: which there are, what each may hold, how one is filled (MSG-3). Pure: no Django, no clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_TITLE = 80
LONGEST_TEXT = 6000
# Whatever looks like a placeholder is taken for one: a slip of the pen must not reach a patient.
PLACEHOLDER = re.compile(r"\{\s*([A-Za-z][A-Za-z_ ]*?)\s*\}")


@dataclass(frozen=True)
class Placeholder:
    """What stands for a value: its words for people, and what an invented person would read there."""

    label: str
    example: str


@dataclass(frozen=True)
class Kind:
    """One template of the library: its words, when it is used, which placeholders it may hold."""

    label: str
    used: str
    placeholders: frozenset[str]


PLACEHOLDERS: dict[str, Placeholder] = {
    "preferred_name": Placeholder("what the patient wants to be called", "Robin"),
    "clinician_name": Placeholder("the therapist's name", "Morgan Ellis"),
    "site_name": Placeholder("the local NHS service", "Northmere Talking Therapies"),
    "appointment_time": Placeholder("day and time of the session, UK time", "Tue 24 November 2026, 7:00pm"),
    "appointment_minutes": Placeholder("length of the session in minutes", "60"),
    "confirm_by": Placeholder("last moment to confirm the session", "Sun 22 November 2026, 7:00pm"),
    "cancel_by": Placeholder("last moment to cancel without it counting", "Sun 22 November 2026, 7:00pm"),
    "notice_hours": Placeholder("notice for cancelling, in hours", "48"),
    "reply_hours": Placeholder("hours within which the therapist answers", "48"),
    "wait_minutes": Placeholder("how long the therapist waits, in minutes", "15"),
    "answer_by": Placeholder("day by which we hope to hear from the patient", "Tue 1 December 2026"),
    "discharge_date": Placeholder("day on which the case may be closed", "Thu 3 December 2026"),
    "patient_services_phone": Placeholder("telephone of patient services", "01632 960 100"),
}
PEOPLE = frozenset({"preferred_name", "clinician_name", "site_name", "reply_hours", "patient_services_phone"})
SESSION = PEOPLE | {"appointment_time", "appointment_minutes", "notice_hours", "wait_minutes"}
ENDING = PEOPLE | {"answer_by", "discharge_date"}

KINDS: dict[str, Kind] = {
    "welcome": Kind("Welcome", "The first message, within 48 hours of allocation.", PEOPLE | {"notice_hours"}),
    "booking_reminder": Kind(
        "Reminder to book", "Two or three days after the welcome, when nothing was heard.", PEOPLE | {"answer_by"}
    ),
    "first_appointment": Kind(
        "First appointment", "Confirms the first session.", SESSION | {"confirm_by", "cancel_by"}
    ),
    "post_assessment": Kind("After the assessment", "What to expect from treatment.", PEOPLE | {"notice_hours"}),
    "confidentiality": Kind("Confidentiality statement", "At the start of the first session, or before it.", PEOPLE),
    "waiting": Kind("Waiting in the room", "Posted while the therapist waits for the patient.", SESSION),
    "new_patient_risk": Kind("Risk, new patient", "Risk was shown before the first session.", PEOPLE | {"answer_by"}),
    "engagement_prompt": Kind("7-7 rule: prompt", "Step a: a warm prompt to arrange a session.", PEOPLE),
    "engagement": Kind("7-7 rule: engagement", "Step b: names the 7 days and the day of discharge.", ENDING),
    "discharge": Kind("7-7 rule: discharge", "Step c: the last message, 48 hours before the case may close.", ENDING),
    "first_dna_engaged": Kind("First missed session, good engagement", "After the first DNA.", SESSION | ENDING),
    "first_dna_new": Kind("First missed session, little engagement", "After the first DNA.", SESSION | ENDING),
    "second_dna_engaged": Kind("Second missed session, good engagement", "After the second DNA.", SESSION | ENDING),
    "second_dna_new": Kind("Second missed session, little engagement", "After the second DNA.", SESSION | ENDING),
    "late_cancellation": Kind("Late cancellation", "After a session was cancelled too late.", SESSION | ENDING),
    "session_cancelled": Kind("Session cancelled", "After either side cancelled in time.", SESSION),
    "session_aborted": Kind("Session broken off", "After a session that the connection ended.", SESSION),
}


@dataclass(frozen=True)
class Filled:
    """A text with its values in it, and the placeholders for which there was none, each once, in their order."""

    text: str
    missing: tuple[str, ...] = ()


def placeholders_in(text: str) -> tuple[str, ...]:
    """Return the names that stand in braces in a text, each once, in their order."""
    return tuple(dict.fromkeys(match.group(1) for match in PLACEHOLDER.finditer(text)))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put values into a text; a placeholder without a value, or with an empty one, stays and is named (MSG-3)."""
    missing = tuple(name for name in placeholders_in(text) if not values.get(name))
    filled = PLACEHOLDER.sub(lambda match: values.get(match.group(1)) or match.group(), text)
    return Filled(filled, missing)


def strangers(slug: str, text: str) -> list[str]:
    """Return the placeholders of a text that its template does not know (MSG-3)."""
    return [name for name in placeholders_in(text) if name not in KINDS[slug].placeholders]


def in_order(slug: str) -> list[tuple[str, Placeholder]]:
    """Return the placeholders that a template may hold, as its page lists them."""
    return [(name, known) for name, known in PLACEHOLDERS.items() if name in KINDS[slug].placeholders]


def examples() -> dict[str, str]:
    """Return a value for every placeholder, those of an invented person."""
    return {name: known.example for name, known in PLACEHOLDERS.items()}
