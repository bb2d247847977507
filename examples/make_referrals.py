"""Makes `referrals.csv`: 200 referrals of invented people as a partner's system would export them, mess included.

    python -m examples.make_referrals

The same seed makes the same file. Nobody in it exists: NHS numbers begin with 999, which the NHS gives to nobody,
phone numbers are those kept for fiction, addresses and e-mail domains are not real. The file is for a site that covers
the practices below.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from patients.people.identity import nhs_check_digit

SEED = 1881
FILE = Path(__file__).with_name("referrals.csv")
ROWS = 200
FIRST_DAY = dt.date(2026, 9, 1)
HEADER = (
    "Referral ID", "Referral Date", "NHS Number", "Title", "Forename", "Surname", "Preferred Name", "DOB", "Mobile",
    "Email", "Address Line 1", "Address Line 2", "Town", "Postcode", "GP Practice Name", "Presenting Problem",
    "Consent to Inform GP", "SMS OK", "Voicemail OK", "Letters OK",
)  # fmt: skip
PRACTICES = ("Rowan Road Surgery", "The Quay Practice")
FAR_PRACTICES = ("Hilltop Health Centre", "Long Acre Surgery")
DISTRICTS = ("NM1", "NM2")
FAR_DISTRICTS = ("ZX4", "ZX9")
TOWNS = ("Northmere", "Rowanby", "Quayside")
STREETS = ("Lantern Lane", "Mill Row", "Harbour Street", "Sycamore Close", "Station Approach", "Chapel Walk")
FIRST_NAMES = (
    "Aaliyah", "Zoë", "Bronwen", "Callum", "Chidi", "Dafydd", "Edith", "Eilís", "Farah", "François", "Grace",
    "Harpreet", "Ines", "Jamal", "Jürgen", "Kezia", "Łukasz", "Leila", "Malachy", "Maud", "Noor", "Océane", "Owen",
    "Priya", "Quentin", "Renée", "Rosalind", "Siân", "Søren", "Tamsyn", "Tomás", "Uma", "Victor", "Wanda", "Yusuf",
    "Zofia",
)  # fmt: skip
SURNAMES = (
    "Abernathy-Rowe", "Ashdown", "Björklund", "Bramwell", "Castellano", "Cooper-Lyle", "D'Arcy", "Dunmore", "Eastwick",
    "Farrow", "Faßbender", "Gallimore", "Hollins", "Iqbal-Hart", "Jellicoe", "Kowalczyk", "Larkspur", "Lindqvist",
    "Marlowe", "Muñoz", "Nightingale", "O'Shea", "Okonjo", "Pemberton", "Quill", "Ravenscroft", "Sandoval", "Thackeray",
    "Underhay", "Vasquez", "Wetherby", "Yaxley", "Zielińska",
)  # fmt: skip
PROBLEMS = (
    "Low mood since the summer", "Worry, poor sleep", "Panic on public transport", "Anxiety about health",
    "Low mood and no energy", "Worry about work", "Avoids going out", "Checks doors and taps many times",
    "Nightmares after an accident", "Very shy with people",
)  # fmt: skip
YES_NO = ("Y", "N", "Yes", "No", "yes")

Row = dict[str, str]
Mess = Callable[[random.Random, Row], None]


def nhs_number(chance: random.Random) -> str:
    """A number of the range that is kept for tests, with its check digit."""
    while True:
        nine = f"999{chance.randrange(1_000_000):06}"
        if check := nhs_check_digit(nine):
            return nine + check


def birth_date(chance: random.Random) -> dt.date:
    return dt.date(2026, 1, 1) - dt.timedelta(days=chance.randrange(19 * 365, 78 * 365))


def written(chance: random.Random, day: dt.date) -> str:
    """One of the three ways in which the partner's clinics write a day."""
    return day.strftime(chance.choice(("%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y")))


def postcode(chance: random.Random) -> str:
    return f"{chance.choice(DISTRICTS)} {chance.randrange(1, 10)}{chance.choice('ABDEFGH')}{chance.choice('JLNPQR')}"


def flat(name: str) -> str:
    plain = name.lower().translate(str.maketrans("ëéèíáñöüøłßîâôńó", "eeeiaoouolsiaono", "'-"))
    return "".join(letter for letter in plain if letter.isascii())


def ordinary(chance: random.Random, number: int) -> Row:
    """A referral without mess."""
    first, last = chance.choice(FIRST_NAMES), chance.choice(SURNAMES)
    nhs = nhs_number(chance)
    answers = {name: chance.choice(YES_NO) for name in HEADER[-4:]}
    return {
        "Referral ID": f"NTT-{40_000 + number * 7}",
        "Referral Date": (FIRST_DAY + dt.timedelta(days=chance.randrange(60))).strftime("%d/%m/%Y"),
        "NHS Number": chance.choice((nhs, f"{nhs[:3]} {nhs[3:6]} {nhs[6:]}")),
        "Title": chance.choice(("Mr", "Ms", "Mrs", "Mx", "Dr", "")),
        "Forename": first,
        "Surname": last,
        "Preferred Name": first[:3] if chance.random() < 0.1 else "",
        "DOB": written(chance, birth_date(chance)),
        "Mobile": f"07700 900{chance.randrange(1000):03}",
        "Email": f"{flat(first)}.{flat(last)}.{number}@example.org",
        "Address Line 1": f"{chance.randrange(1, 180)} {chance.choice(STREETS)}",
        "Address Line 2": "",
        "Town": chance.choice(TOWNS),
        "Postcode": postcode(chance),
        "GP Practice Name": chance.choice(PRACTICES),
        "Presenting Problem": chance.choice(PROBLEMS),
    } | answers


# --- mess that is put right by itself -----------------------------------------------------------


def trailing_spaces(chance: random.Random, row: Row) -> None:
    for name in chance.sample(("Forename", "Surname", "Postcode", "Email", "NHS Number", "DOB"), 3):
        row[name] = f"{row[name]}  "


def lost_zero(chance: random.Random, row: Row) -> None:
    row["Mobile"] = row["Mobile"].replace(" ", "").removeprefix("0")


def whole_exponent(chance: random.Random, row: Row) -> None:
    digits = "44" + row["Mobile"].replace(" ", "").removeprefix("0")
    row["Mobile"] = f"{digits[0]}.{digits[1:]}E+11"


def country_code(chance: random.Random, row: Row) -> None:
    row["Mobile"] = f"+44 (0){row['Mobile'].removeprefix('0')}"


def broken_accents(chance: random.Random, row: Row) -> None:
    row["Forename"] = chance.choice(("Zoë", "Renée", "Siân", "Tomás")).encode().decode("cp1252")


def shouting(chance: random.Random, row: Row) -> None:
    row["Postcode"] = row["Postcode"].lower().replace(" ", "")
    row["GP Practice Name"] = row["GP Practice Name"].upper()


def no_nhs_number(chance: random.Random, row: Row) -> None:
    row["NHS Number"] = ""


def short_year(chance: random.Random, row: Row) -> None:
    row["DOB"] = "04/05/86"


# --- mess that a person must put right ----------------------------------------------------------


def wrong_check_digit(chance: random.Random, row: Row) -> None:
    digits = row["NHS Number"].replace(" ", "")
    row["NHS Number"] = digits[:-1] + str((int(digits[-1]) + 1) % 10)


def no_surname(chance: random.Random, row: Row) -> None:
    row["Surname"] = " "


def far_practice(chance: random.Random, row: Row) -> None:
    row["GP Practice Name"] = chance.choice(FAR_PRACTICES)
    row["Postcode"] = row["Postcode"].replace(row["Postcode"][:3], chance.choice(FAR_DISTRICTS))


def cut_phone(chance: random.Random, row: Row) -> None:
    row["Mobile"] = "4.47701E+11"


def short_phone(chance: random.Random, row: Row) -> None:
    row["Mobile"] = row["Mobile"][:-3]


def no_email(chance: random.Random, row: Row) -> None:
    row["Email"] = ""


def comma_in_email(chance: random.Random, row: Row) -> None:
    row["Email"] = row["Email"].replace(".org", ",org")


def no_such_day(chance: random.Random, row: Row) -> None:
    row["DOB"] = "31/02/1990"


def half_postcode(chance: random.Random, row: Row) -> None:
    row["Postcode"] = row["Postcode"].split()[0]


def unclear_consent(chance: random.Random, row: Row) -> None:
    row["Consent to Inform GP"] = "ask again"


def formula(chance: random.Random, row: Row) -> None:
    row["Surname"] = "=HYPERLINK(1)"


MENDED: dict[Mess, int] = {
    trailing_spaces: 24, lost_zero: 9, whole_exponent: 3, country_code: 6, broken_accents: 4, shouting: 8,
    no_nhs_number: 10, short_year: 2,
}  # fmt: skip
BAD: dict[Mess, int] = {
    wrong_check_digit: 5, no_surname: 2, far_practice: 4, cut_phone: 4, short_phone: 1, no_email: 1, comma_in_email: 2,
    no_such_day: 2, half_postcode: 2, unclear_consent: 1, formula: 1,
}  # fmt: skip
SAME_PERSON_TWICE = 2
SAME_REFERENCE_TWICE = 1


def make(seed: int = SEED) -> list[Row]:
    """The rows of the file: ordinary ones, each sort of mess as often as the tables say, and people who come twice."""
    chance = random.Random(seed)
    doubles = SAME_PERSON_TWICE + SAME_REFERENCE_TWICE
    rows = [ordinary(chance, number) for number in range(ROWS - doubles)]
    messes = [mess for table in (MENDED, BAD) for mess, times in table.items() for _ in range(times)]
    for mess, row in zip(messes, chance.sample(rows, len(messes)), strict=True):
        mess(chance, row)
    untouched = [row for row in rows[: ROWS // 2] if row["Surname"].strip() and row["NHS Number"].strip()]
    for number, row in enumerate(chance.sample(untouched, doubles)):
        again = row | ({"Referral ID": f"NTT-9{number:04}"} if number < SAME_PERSON_TWICE else {})
        rows.insert(chance.randrange(ROWS // 2 + 20, len(rows)), again)
    return rows


def write(rows: list[Row], out: TextIO) -> None:
    writer = csv.DictWriter(out, HEADER, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)


if __name__ == "__main__":
    with FILE.open("w", encoding="utf-8-sig", newline="") as file:
        write(make(), file)
