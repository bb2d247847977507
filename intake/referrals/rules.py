"""Who may refer to which site, and what a referral asks. Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from patients.people.identity import district
from patients.rules import search_key

# What nobody is older than, and what no referred person is younger than: outside, the date is a slip.
OLDEST_AGE = 115
YOUNGEST_CREDIBLE_AGE = 10
DEFAULT_YOUNGEST_AGE = 18
DRAFT_KEPT = dt.timedelta(days=7)

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
PARTS = {"morning": "Morning", "afternoon": "Afternoon", "evening": "Evening"}
PART_HOURS = {"morning": "8am to midday", "afternoon": "midday to 5pm", "evening": "5pm to 10pm"}
WISHES = {f"{day}-{part}": f"{DAYS[day]} {part}" for day in DAYS for part in PARTS}
MODALITIES = {"typed": "By typing", "video": "By video"}
GENDER_WISHES = {"": "I do not mind", "woman": "A woman", "man": "A man"}


class Covering(Protocol):
    """What of a site says whom it covers (SITE-1)."""

    practices: list[str]
    postcode_districts: list[str]


def age_on(born: dt.date, day: dt.date) -> int:
    """Return the whole years somebody born on `born` has lived on `day`."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def same_practice(one: str, other: str) -> bool:
    """Tell whether two names mean the same practice, whatever their case, accents and punctuation."""
    return _practice_key(one) == _practice_key(other)


def _practice_key(name: str) -> str:
    words = "".join(sign if sign.isalnum() else " " for sign in search_key(name.replace("&", " and "))).split()
    return " ".join(word for word in words if word != "the")


def covers(site: Covering, gp_practice: str, postcode: str) -> bool:
    """Tell whether a site covers somebody by practice or by postcode; a site that lists neither covers everybody."""
    return (
        not (site.practices or site.postcode_districts)
        or covers_practice(site, gp_practice)
        or district(postcode) in site.postcode_districts
    )


def covers_practice(site: Covering, gp_practice: str) -> bool:
    """Tell whether a site's contract names the practice."""
    return any(same_practice(gp_practice, practice) for practice in site.practices)


def contract_name(site: Covering, gp_practice: str) -> str:
    """Return a practice's name as the contract writes it, as it was given where the contract does not name it."""
    return next((practice for practice in site.practices if same_practice(practice, gp_practice)), gp_practice)


def wishes_in_words(wishes: Iterable[str]) -> list[str]:
    """Return the wished hours as lines such as "Monday: morning, evening", in the order of the week."""
    wanted = set(wishes)
    found = {name: [part for part in PARTS if f"{day}-{part}" in wanted] for day, name in DAYS.items()}
    return [f"{name}: {', '.join(parts)}" for name, parts in found.items() if parts]


def same_person(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return by what two rows are the same person, "" where they are not (REF-3).

    Both hold nhs_number, last_name, date_of_birth and postcode.
    """
    if one["nhs_number"] and one["nhs_number"] == other["nhs_number"]:
        return "the NHS number"
    return "surname, date of birth and postcode" if person_key(one) == person_key(other) else ""


def person_key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what tells a person apart where there is no NHS number: surname, date of birth and postcode."""
    return search_key(row["last_name"]), str(row["date_of_birth"]), row["postcode"]
