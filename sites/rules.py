"""A site's policy: one typed record with documented fields and units (SITE-2). Pure: no Django, no clock."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

STEPS = ("2", "3", "3+")
MODALITIES = {"typed": "Typed", "video": "Video"}
# The keys of a table of session lengths: the assessment has its own, a treatment session has its step's.
LENGTH_KEYS = ("assessment", *STEPS)
SHORTEST_SESSION_MINUTES = 15
LONGEST_SESSION_MINUTES = 120
LONGEST_WAIT_MINUTES = 30
FOUR_WEEKS_HOURS = 672
SECONDARY_CARE_ROUTES = {"form": "By the site's form", "letter": "By letter", "gp": "Back to the GP only"}
# SITE-1: who may refer to a site.
SELF_REFERRAL = "self"
SOURCES = {
    "gp": "GP",
    "service": "NHS Talking Therapies service",
    "psychology": "Psychology service",
    "statutory": "Other statutory or third-sector body",
    SELF_REFERRAL: "Self-referral",
    "employer": "Employer",
    "insurer": "Insurer",
}


class PolicyError(ValueError):
    """A policy that cannot be: `field` names what is wrong, the message says why in plain words."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Kind:
    """What a field holds: its words, its unit, and the check that refuses a wrong value with a ValueError."""

    label: str
    unit: str
    check: Callable[[Any], Any]
    choices: Mapping[str, str] = field(default_factory=dict)
    lowest: int | None = None
    highest: int | None = None


def _whole_number(value: Any, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")
    if not lowest <= value <= highest:
        raise ValueError(f"must be between {lowest} and {highest}")
    return value


def _number(default: int, label: str, unit: str, lowest: int, highest: int) -> Any:
    kind = Kind(label, unit, lambda value: _whole_number(value, lowest, highest), lowest=lowest, highest=highest)
    return field(default=default, metadata={"kind": kind})


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be yes or no")
    return value


def _yes_no(default: bool, label: str) -> Any:
    return field(default=default, metadata={"kind": Kind(label, "yes or no", _truth)})


def _choice(default: str, label: str, choices: Mapping[str, str]) -> Any:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return field(default=default, metadata={"kind": Kind(label, "one of", check, choices)})


def _exact_keys(value: Any, keys: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or set(value) != set(keys):
        raise ValueError(f"must give a value for each of {', '.join(keys)}, and for nothing else")
    return value


def _waits(value: Any) -> dict[str, int]:
    given = _exact_keys(value, STEPS)
    return {step: _whole_number(given[step], 1, LONGEST_WAIT_MINUTES) for step in STEPS}


def _lengths(value: Any) -> dict[str, list[int]]:
    given = _exact_keys(value, LENGTH_KEYS)
    return {key: _length_list(given[key]) for key in LENGTH_KEYS}


def _length_list(value: Any) -> list[int]:
    if not isinstance(value, list) or not value:
        raise ValueError("must give at least one length for each")
    if len(set(map(str, value))) != len(value):
        raise ValueError("must not give a length twice")
    return [_whole_number(minutes, SHORTEST_SESSION_MINUTES, LONGEST_SESSION_MINUTES) for minutes in value]


def _table(default: Mapping[str, Any], label: str, check: Callable[[Any], Any]) -> Any:
    kind = Kind(label, "minutes", check)
    return field(default_factory=lambda: check(default), metadata={"kind": kind})


@dataclass(frozen=True)
class Policy:
    """What a site's contract settles. Hours count real elapsed time (UTC)."""

    confirmation_notice_hours: int = _number(
        48, "A patient confirms an appointment at least this long before it", "hours", 1, 168
    )
    cancellation_notice_hours: int = _number(
        48, "A cancellation is in time this long before the start", "hours", 1, 168
    )
    wait_minutes: Mapping[str, int] = _table(
        {"2": 10, "3": 15, "3+": 15}, "A clinician waits for a late patient", _waits
    )
    breaches_before_discharge: int = _number(
        2, "Missed or late-cancelled sessions before discharge is considered", "sessions", 1, 10
    )
    welcome_hours: int = _number(48, "A clinician welcomes a new patient within", "hours", 1, FOUR_WEEKS_HOURS)
    reply_hours: int = _number(48, "A clinician answers a message within", "hours", 1, FOUR_WEEKS_HOURS)
    note_hours: int = _number(48, "A clinician signs the note of a session within", "hours", 1, FOUR_WEEKS_HOURS)
    letter_hours: int = _number(48, "A clinician submits a letter within", "hours", 1, FOUR_WEEKS_HOURS)
    sessions_before_extension: int = _number(6, "Sessions before an extension is needed", "sessions", 1, 50)
    sessions_per_extension: int = _number(4, "Sessions that an extension adds", "sessions", 1, 50)
    typed_minutes: Mapping[str, list[int]] = _table(
        {"assessment": [60], "2": [45], "3": [60, 30], "3+": [60, 30]}, "Lengths of a typed session", _lengths
    )
    video_minutes: Mapping[str, list[int]] = _table(
        {"assessment": [50], "2": [50, 30], "3": [50, 30], "3+": [50, 30]}, "Lengths of a video session", _lengths
    )
    assessment_letter_required: bool = _yes_no(True, "An assessment letter is required")
    takes_patients_back: bool = _yes_no(True, "The site takes patients back")
    secondary_care_route: str = _choice("letter", "How a referral to secondary care is made", SECONDARY_CARE_ROUTES)
    post_discharge_letters: bool = _yes_no(False, "Discharge letters are posted")
    idle_minutes: int = _number(15, "Staff are locked after this long without input", "minutes", 5, 15)
    auto_accept: bool = _yes_no(False, "A referral without a flag is accepted without a person")

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Policy:
        """Return the policy of stored or typed data; fields not given take their default.

        Raises PolicyError, which names the field, for an unknown field and for a wrong value.
        """
        known = {spec.name: spec.metadata["kind"] for spec in fields(cls)}
        if unknown := sorted(set(data) - set(known)):
            raise PolicyError(unknown[0], "is no field of a policy")
        return cls(**{name: _checked(name, known[name], value) for name, value in data.items()})

    def as_data(self) -> dict[str, Any]:
        """Return the whole policy as JSON data, the twin of `from_data`."""
        return asdict(self)

    def wait_for(self, step: str) -> int:
        """Return the minutes to wait for a late patient; without a step the longest of them (APPT-14)."""
        return self.wait_minutes.get(step) or max(self.wait_minutes.values())

    def lengths(self, modality: str, *, step: str, assessment: bool) -> list[int]:
        """Return the minutes that a session may have; none for a treatment session without a step (APPT-1)."""
        table = self.video_minutes if modality == "video" else self.typed_minutes
        return list(table.get("assessment" if assessment else step, []))


def _checked(name: str, kind: Kind, value: Any) -> Any:
    try:
        return kind.check(value)
    except ValueError as error:
        raise PolicyError(name, str(error)) from error


def documented_fields() -> dict[str, Kind]:
    """Return each field of a policy with its words, unit and limits, in the order in which pages show them."""
    return {spec.name: spec.metadata["kind"] for spec in fields(Policy)}


def differences(before: Policy, after: Policy) -> list[tuple[str, Any, Any]]:
    """Return what changes from one policy to another, as (field, before, after)."""
    old, new = before.as_data(), after.as_data()
    return [(name, old[name], new[name]) for name in old if old[name] != new[name]]


def in_words(name: str, value: Any) -> str:
    """Return a field's value as people read it, with its unit."""
    kind = documented_fields()[name]
    if isinstance(value, Mapping):
        rows = [f"{_row_in_words(key)}: {_joined(row)} {kind.unit}" for key, row in value.items()]
        return "; ".join(rows)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return kind.choices[value] if kind.choices else f"{value} {kind.unit}"


def _row_in_words(key: str) -> str:
    return key if key == "assessment" else f"step {key}"


def _joined(row: Any) -> str:
    return " or ".join(map(str, row)) if isinstance(row, list) else str(row)


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """Return what a new version of a text took away and added, as ("removed" or "added", line); SITE-3."""
    kinds = {"-": "removed", "+": "added"}
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(kinds[line[0]], line[2:]) for line in lines if line[0] in kinds and line[2:].strip()]


def district(postcode: str) -> str:
    """Return the outward part of a UK postcode, "SW1A" of "sw1a 1aa"."""
    return "".join(postcode.split()).upper()[:-3]


def covers_practice(practices: list[str], practice: str) -> bool:
    """Tell whether a practice is among those listed, whatever the case and the spacing of its name."""

    def plain(name: str) -> str:
        return " ".join(name.casefold().split())

    return bool(practice.strip()) and plain(practice) in map(plain, practices)
