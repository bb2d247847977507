"""Making a referral out of a row of a partner's file, or saying in words why not (REF-2). Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from intake.referrals import rules
from patients.people.identity import Unreadable, read_name, read_nhs_number, read_phone, read_postcode, tidy
from sites.rules import STEPS

REASONS_COLUMN = "What to put right"
LONGEST_TEXT = 3000
EMAIL = re.compile(r"[^@\s,;<>()]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
DAY_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")
MONTH_FORMATS = ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%B-%Y")
SHORT_FORMATS = ("%d/%m/%y", "%d-%m-%y", "%d-%b-%y", "%d %b %y")
TIME_OF_DAY = re.compile(r"[T ]00:00(:00(\.0+)?)?$")
YES = {"y", "yes", "true", "1", "consented", "given"}
NO = {"n", "no", "false", "0", "declined", "refused"}


@dataclass(frozen=True)
class Column:
    """What we look for in a file: its name among us, how partners call it, whether a file must have it."""

    name: str
    headings: tuple[str, ...]
    needed: bool = False


COLUMNS = (
    Column(
        "partner_ref", ("referral id", "referral reference", "referral ref", "reference", "partner reference"), True
    ),
    Column("first_name", ("forename", "first name", "given name", "forenames"), True),
    Column("last_name", ("surname", "last name", "family name"), True),
    Column("preferred_name", ("preferred name", "known as")),
    Column("pronouns", ("pronouns",)),
    Column("date_of_birth", ("dob", "date of birth", "birth date"), True),
    Column("nhs_number", ("nhs number", "nhs no", "nhs"), True),
    Column("email", ("email", "e mail", "email address", "e mail address"), True),
    Column("phone", ("mobile", "phone", "telephone", "mobile number", "phone number", "contact number"), True),
    Column("address", ("address", "address line 1", "home address")),
    Column("address_2", ("address line 2",)),
    Column("town", ("town", "city")),
    Column("postcode", ("postcode", "post code"), True),
    Column("gp_practice", ("gp practice", "gp practice name", "practice", "registered gp practice"), True),
    Column("reason", ("presenting problem", "reason for referral", "reason", "notes")),
    Column("pre_assessed", ("pre assessed", "preassessed", "assessed")),
    Column("assessed_step", ("assessed step", "step")),
    Column("gp", ("consent to inform gp", "gp consent", "inform gp")),
    Column("post", ("consent to post", "post consent", "letters ok")),
    Column("voicemail", ("consent to voicemail", "voicemail consent", "voicemail ok")),
    Column("text", ("consent to text", "sms consent", "text consent", "sms ok")),
)
CONSENTS = ("gp", "post", "voicemail", "text")
BY_HEADING = {heading: column for column in COLUMNS for heading in column.headings}


@dataclass(frozen=True)
class Layout:
    """Which heading of a file holds which of our columns, and which needed ones it lacks."""

    headings: dict[str, str]
    missing: list[str]
    twice: list[str]

    def of(self, name: str) -> str:
        """Return how this file calls one of our columns."""
        return self.headings.get(name, name)


def layout_of(header: list[str]) -> Layout:
    """Return what the headings of a file mean, whatever their case and punctuation."""
    headings: dict[str, str] = {}
    twice = []
    for heading in header:
        column = BY_HEADING.get(" ".join(re.sub(r"[^a-z0-9]", " ", heading.lower()).split()))
        if column is None:
            continue
        if column.name in headings:
            twice.append(heading)
        headings.setdefault(column.name, heading)
    missing = [column.headings[0] for column in COLUMNS if column.needed and column.name not in headings]
    return Layout(headings, missing, twice)


@dataclass
class Cleaned:
    """What became of a row: the data for a referral, and why it cannot be one."""

    data: dict[str, object] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cleaner:
    """Cleans rows of one file for one site; `today` is the day of the upload."""

    layout: Layout
    site: rules.Covering
    site_name: str
    today: dt.date

    def clean(self, raw: Mapping[str, str]) -> Cleaned:
        """Return a row cleaned, with a reason for each thing wrong with it, each naming its column."""
        row = Cleaned()
        if raw.get(""):
            row.reasons.append(f"There is text beyond the last column: “{raw['']}”")
        self._take(row, raw, "partner_ref", read_reference)
        for name in ("first_name", "last_name"):
            self._take(row, raw, name, read_name)
        self._take(row, raw, "date_of_birth", lambda text: read_birth_date(text, self.today))
        self._take(row, raw, "nhs_number", read_nhs_number)
        self._take(row, raw, "email", read_email)
        self._take(row, raw, "phone", read_phone)
        self._take(row, raw, "postcode", read_postcode)
        self._take(row, raw, "gp_practice", read_practice)
        self._check_area(row)
        row.data |= self._free_texts(raw)
        row.data["consents"] = self._consents(row, raw)
        row.data |= self._assessment(row, raw)
        return row

    def _cell(self, raw: Mapping[str, str], name: str) -> str:
        return repaired(raw.get(self.layout.of(name), "")) if name in self.layout.headings else ""

    def _take(self, row: Cleaned, raw: Mapping[str, str], name: str, reader: Callable[[str], object]) -> None:
        try:
            row.data[name] = reader(self._cell(raw, name))
        except Unreadable as error:
            row.reasons.append(f"{self.layout.of(name)} {error}")

    def _check_area(self, row: Cleaned) -> None:
        if "gp_practice" not in row.data or "postcode" not in row.data:
            return
        practice, postcode = str(row.data["gp_practice"]), str(row.data["postcode"])
        if not rules.covers(self.site, practice, postcode):
            row.reasons.append(
                f"{self.layout.of('gp_practice')} “{practice}” is outside the area of {self.site_name}, "
                f"and so is {self.layout.of('postcode')} {postcode}"
            )
        row.data["gp_practice"] = rules.contract_name(self.site, practice)

    def _free_texts(self, raw: Mapping[str, str]) -> dict[str, object]:
        lines = [tidy(self._cell(raw, name)) for name in ("address", "address_2", "town")]
        return {
            "address": ", ".join(line for line in lines if line)[:300],
            "preferred_name": tidy(self._cell(raw, "preferred_name"))[:80],
            "pronouns": tidy(self._cell(raw, "pronouns"))[:40],
            "reason": self._cell(raw, "reason").strip()[:LONGEST_TEXT],
        }

    def _consents(self, row: Cleaned, raw: Mapping[str, str]) -> dict[str, bool]:
        consents = {}
        for kind in CONSENTS:
            said = tidy(self._cell(raw, kind)).lower()
            if said in YES | NO:
                consents[kind] = said in YES
            elif said:
                row.reasons.append(f"{self.layout.of(kind)} must be yes or no, this says “{said}”")
        return consents

    def _assessment(self, row: Cleaned, raw: Mapping[str, str]) -> dict[str, object]:
        """What a service has assessed already (APPT-24): the mark, and the step that it found, where it names one."""
        said, step = tidy(self._cell(raw, "pre_assessed")).lower(), tidy(self._cell(raw, "assessed_step"))
        if said and said not in YES | NO:
            row.reasons.append(f"{self.layout.of('pre_assessed')} must be yes or no, this says “{said}”")
        if said not in YES:
            return {}
        if step and step not in STEPS:
            row.reasons.append(f"{self.layout.of('assessed_step')} must be 2, 3 or 3+, this says “{step}”")
        return {"pre_assessed": True} | ({"provisional_step": step} if step in STEPS else {})


def repaired(text: str) -> str:
    """Return text whose accents a wrong encoding broke (Ã© for é) as it was meant; other text as it is."""
    if text.isascii():
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def read_reference(text: str) -> str:
    """Return the partner's reference of a referral."""
    reference = tidy(text)
    if not reference:
        raise Unreadable("is missing: without it we cannot tell whether the referral is here already")
    if len(reference) > 60:
        raise Unreadable("is longer than 60 characters")
    return reference


def read_email(text: str) -> str:
    """Return an e-mail address, its domain in small letters."""
    address = tidy(text)
    if not address:
        raise Unreadable("is missing: the invitation goes there")
    if len(address) > 254 or not EMAIL.fullmatch(address):
        raise Unreadable(f"“{address[:60]}” is not an e-mail address")
    return address.lower()


def read_practice(text: str) -> str:
    """Return the name of a GP practice."""
    practice = tidy(text)
    if not practice:
        raise Unreadable("is missing")
    return practice[:120]


def read_birth_date(text: str, today: dt.date) -> dt.date:
    """Return a date of birth, day before month as in the UK; a year of two digits only where one century fits."""
    typed = TIME_OF_DAY.sub("", tidy(text))
    if not typed:
        raise Unreadable("is missing")
    for candidate in _dates(typed, today):
        age = rules.age_on(candidate, today)
        if candidate > today:
            raise Unreadable(f"“{typed}” is in the future")
        if not rules.YOUNGEST_CREDIBLE_AGE <= age <= rules.OLDEST_AGE:
            raise Unreadable(f"“{typed}” makes an age of {age}")
        return candidate
    raise Unreadable(f"“{typed[:40]}” is not a date we can read: write it as 31/12/1985")


def _dates(typed: str, today: dt.date) -> list[dt.date]:
    whole = [day for form in (*DAY_FORMATS, *MONTH_FORMATS) if (day := _read_as(typed, form))]
    if whole:
        return whole
    short = [day for form in SHORT_FORMATS if (day := _read_as(typed, form))]
    found = {
        day.replace(year=century + day.year % 100) for day in short for century in (1900, 2000) if _fits(day, century)
    }
    adults = [day for day in found if day <= today and 16 <= rules.age_on(day, today) <= 100]
    if short and len(adults) != 1:
        raise Unreadable(f"“{typed}” has a year of two digits that may mean either century: write all four")
    return adults


def _fits(day: dt.date, century: int) -> bool:
    """29 February exists in one century's year and may not in the other's."""
    try:
        day.replace(year=century + day.year % 100)
    except ValueError:
        return False
    return True


def _read_as(typed: str, form: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(typed, form).date()  # noqa: DTZ007 - a day of birth has no zone
    except ValueError:
        return None
