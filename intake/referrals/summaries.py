"""What was said in a referral, in words, for the page on which it is checked before sending (REF-1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from intake.referrals.drafts import Written
from intake.referrals.fields import Grid
from intake.referrals.forms import PAGES
from intake.referrals.rules import wishes_in_words
from patients.people.identity import nhs_number_in_groups
from ui.words import birthday

NOT_SAID = "Not given"


@dataclass(frozen=True)
class Said:
    """One question and its answer, as lines."""

    question: str
    lines: list[str]


@dataclass(frozen=True)
class Section:
    """One page of questions with its answers."""

    page: str
    title: str
    answers: list[Said]


def sections(written: Written) -> list[Section]:
    """Return every page of a whole draft with its answers in words."""
    found = []
    for page in PAGES:
        form = written.bound(page)
        form.is_valid()
        said = [Said(str(field.label), in_words(field, form.cleaned_data[field.name])) for field in form]
        found.append(Section(page, form.title, said))
    return found


def in_words(field: BoundField, value: Any) -> list[str]:
    """Return an answer as lines of plain words."""
    if isinstance(field.field.widget, Grid):
        return wishes_in_words(value)
    if isinstance(value, dt.date):
        return [birthday(value)]
    if isinstance(value, bool):
        return ["Yes" if value else "No"]
    if field.name == "nhs_number":
        return [nhs_number_in_groups(value) or NOT_SAID]
    choices = dict(getattr(field.field, "choices", []))
    return str(choices.get(value, value) or NOT_SAID).splitlines()
