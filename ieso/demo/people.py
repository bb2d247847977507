"""Invented sites, staff and patients. Nobody here is real."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any


def _names(text: str) -> list[str]:
    return text.split()


SITES: list[dict[str, Any]] = [
    {
        "code": "northmere",
        "name": "Northmere Talking Therapies",
        "commissioner": "Northmere Integrated Care Board",
        "contact_name": "Wenna Trask",
        "contact_email": "contact@northmere.example.org",
        "practices": ["Rowan Road Surgery", "The Quay Practice"],
        "postcode_districts": ["NM1", "NM2"],
        "sources": ["self", "gp", "service"],
        "steps": ["2", "3", "3+"],
        "modalities": ["typed", "video"],
        "policy": {},
    },
    {
        "code": "moorland",
        "name": "Moorland Wellbeing Service",
        "commissioner": "Moorland Integrated Care Board",
        "contact_name": "Idris Pell",
        "contact_email": "contact@moorland.example.org",
        "practices": ["Heather Lane Surgery", "Tor View Practice"],
        "postcode_districts": ["ZM1", "ZM4"],
        "sources": ["service", "psychology", "gp"],
        "steps": ["2", "3"],
        "modalities": ["typed"],
        "youngest_age": 16,
        "policy": {"wait_minutes": {"2": 10, "3": 10, "3+": 15}, "assessment_letter_required": True},
    },
    {
        "code": "foundry",
        "name": "Foundry Staff Health",
        "commissioner": "Foundry Works",
        "contact_name": "Oona Marsh",
        "contact_email": "contact@foundry.example.org",
        "practices": [],
        "postcode_districts": ["ZF7", "ZF8"],
        "sources": ["employer", "self"],
        "steps": ["2", "3"],
        "modalities": ["typed"],
        "policy": {"welcome_hours": 24, "assessment_letter_required": False, "takes_patients_back": False},
    },
]
PROTOCOL = """# Working with {name}

- **Who we see.** Adults with common anxiety problems and depression.
- **Who we do not see.** People in crisis, or with current psychosis or an active eating disorder: refer back.
- **Risk.** Follow the risk pages of the handbook. Out of hours call 111, in danger 999.
- **Letters.** Every letter goes to the patient, and to the GP where the patient agreed.
"""
FIRST_NAMES = _names("""
    Alda Benno Cerys Dorian Elspet Fenn Greta Hollin Imke Joren Kestrel Linnet Maelis Norrin Ottilie Perran Quilla
    Rowan Senna Tamsyn Ulric Verity Wyn Xanthe Yorick Zennor Arlo Bryony Corin Delphine
""")
LAST_NAMES = _names("""
    Ashdell Brackenby Coldharbour Dunmere Ellerwick Fallowfeld Greenhythe Hartsease Ivelchild Kettleby Larkrise
    Merrowdown Nettlecombe Oxbourne Pennyfold Quillhurst Ravelstone Saltmarsh Thornevale Underhay Vellacott
    Whinmoor Yarrowby Zelland
""")
STREETS = ["Cobble Row", "Lamplighter Lane", "Orchard Close", "Signal Hill", "Weavers' Yard", "Chandler Street"]
HITS = ["Amara Lindqvist", "Jonah Pembury", "Saoirse Holt"]
PWPS = ["Piet Calloway", "Nerys Vance", "Tobias Wren"]
SUPERVISORS = ["Sunniva Thorne", "Marek Oldfield"]
OFFICE = {
    "patient_services": ["Olu Bramwell", "Petra Finch"],
    "triage": ["Tamsin Rook"],
    "finance": ["Farid Copeland"],
    "safeguarding": ["Ines Harrow"],
    "dpo": ["Caspian Dell"],
    "clinical_lead": ["Leonie Strand"],
    "commissioner": ["Wenna Trask"],
}


def email_of(name: str) -> str:
    """Return the invented address of a name."""
    return f"{name.casefold().replace(' ', '.')}@example.org".replace("'", "")


@dataclass(frozen=True)
class Person:
    """An invented patient."""

    first_name: str
    last_name: str
    date_of_birth: dt.date
    email: str
    postcode: str
    address: str
    gp_practice: str
    phone: str
    nhs_number: str


def nhs_number(number: int) -> str:
    """Return a well-formed number of the range kept for tests (999...), or the next one whose check digit exists."""
    while True:
        body = f"999{number:06d}"
        check = 11 - sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return body + str(0 if check == 11 else check)
        number += 1


def patient(number: int, site: dict, chance: random.Random, today: dt.date) -> Person:
    """Return the patient of a number: the same number and seed give the same person, aged 19 to 68."""
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[(number * 7 + number // len(FIRST_NAMES)) % len(LAST_NAMES)]
    born = today - dt.timedelta(days=chance.randint(19 * 366, 68 * 365))
    practices = site["practices"] or ["Foundry Gate Surgery"]
    return Person(
        first_name=first,
        last_name=last,
        date_of_birth=born,
        email=f"{first}.{last}.{number}@example.org".casefold(),
        postcode=f"{chance.choice(site['postcode_districts'])} {chance.randint(1, 9)}AB",
        address=f"{chance.randint(1, 90)} {chance.choice(STREETS)}",
        gp_practice=chance.choice(practices),
        phone=f"07700 900{chance.randint(0, 999):03d}",
        nhs_number=nhs_number(100 + number * 3),
    )
