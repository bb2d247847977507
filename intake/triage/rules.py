"""Screening flags, waiting standards and indicative steps (REF-5, REF-6, REF-7). Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from intake.selfassessment.rules import RISK_ANSWERS, RISK_PAGE

FIRST_STANDARD = dt.timedelta(weeks=6)
LAST_STANDARD = dt.timedelta(weeks=18)

# The states in which a referral can be decided on.
DECIDABLE_STATES = frozenset({"referred", "in_triage"})

STEPS = ("2", "3", "3+")
# REF-7: from this score on, this step is indicated; the first line that fits counts.
PHQ9_STEPS = ((20, "3+"), (15, "3"), (5, "2"))
GAD7_STEPS = ((15, "3"), (5, "2"))
PHQ9_CASENESS = 10
GAD7_CASENESS = 8

ITEM_9_WORDS = {1: "several days", 2: "more than half the days", 3: "nearly every day"}


@dataclass(frozen=True)
class Sheet:
    """What the screens look at: the referral, the site it came to, and the answers given so far."""

    age: int
    youngest_age: int
    postcode: str = ""
    practice: str = ""
    covered: bool = True
    item_9: int | None = None
    answers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Screen:
    """One flag that may be raised: `raised_by` returns the answer that raises it, in words, or nothing."""

    kind: str
    label: str
    raised_by: Callable[[Sheet], str]


@dataclass(frozen=True)
class Flag:
    """A flag with the answer that raised it."""

    kind: str
    answer: str


def under_age(sheet: Sheet) -> str:
    """Return the words for somebody younger than the site takes, else nothing (REF-5)."""
    young = sheet.age < sheet.youngest_age
    return f"Aged {sheet.age} when referred; this site takes people from {sheet.youngest_age}." if young else ""


def outside_area(sheet: Sheet) -> str:
    """Return the words for somebody whom neither practice nor postcode places in the area, else nothing (REF-5)."""
    where = f"Postcode {sheet.postcode}, practice {sheet.practice}: this site covers neither."
    return "" if sheet.covered else where


def said(page: str, **sentences: Mapping[str, str]) -> Callable[[Sheet], str]:
    """Return a screen over one page of the self-assessment: for each field, the answers that raise it, in words."""

    def raised_by(sheet: Sheet) -> str:
        answers = sheet.answers.get(page, {})
        found = [words.get(str(answers.get(name, "")), "") for name, words in sentences.items()]
        return " ".join(sentence for sentence in found if sentence)

    return raised_by


def said_of_risk(*names: str) -> Callable[[Sheet], str]:
    """Return a screen over those answers of the page about safety that raise an alert too, in the same words."""
    return said(RISK_PAGE, **{name: RISK_ANSWERS[name] for name in names})


def risk_to_self(sheet: Sheet) -> str:
    """Return item 9 of the PHQ-9 answered 1, 2 or 3 and what was said about harming oneself, else nothing (REF-5)."""
    words = ITEM_9_WORDS.get(sheet.item_9 or 0, "")
    item_9 = f"PHQ-9 item 9 answered {sheet.item_9}, {words}." if words else ""
    return f"{item_9} {said_of_risk('thoughts', 'attempts')(sheet)}".strip()


# REF-5: a new flag is a line here.
SCREENS: tuple[Screen, ...] = (
    Screen("risk_to_self", "Risk to self", risk_to_self),
    Screen("risk_others", "Risk to or from others", said_of_risk("from_others", "to_others")),
    Screen("under_age", "Under age", under_age),
    Screen("outside_area", "Outside the area", outside_area),
    Screen(
        "care_elsewhere",
        "Care elsewhere",
        said("care", in_care={"yes": "Says that somebody else looks after their mental health now."}),
    ),
    Screen(
        "substances",
        "Substance misuse",
        said("health", alcohol={"daily": "Drinks alcohol every day."}, drugs={"often": "Often uses drugs."}),
    ),
)
FLAG_LABELS = {screen.kind: screen.label for screen in SCREENS}


def flags(sheet: Sheet) -> list[Flag]:
    """Return every flag that the answers raise, in the order of the table (REF-5)."""
    found = ((screen.kind, screen.raised_by(sheet)) for screen in SCREENS)
    return [Flag(kind, answer) for kind, answer in found if answer]


def _step_of(score: int | None, table: Sequence[tuple[int, str]]) -> str:
    return next((step for least, step in table if score is not None and score >= least), "")


def indicative_step(phq9: int | None, gad7: int | None, *, severe_ocd: bool = False, added_need: bool = False) -> str:
    """Return the highest step that scores or need indicate, "" for none; a missing score indicates nothing (REF-7)."""
    indicated = {_step_of(phq9, PHQ9_STEPS), _step_of(gad7, GAD7_STEPS)}
    if severe_ocd or added_need:
        return STEPS[-1]
    return max(indicated, key=lambda step: STEPS.index(step) if step else -1)


def prompts_disorder_measure(phq9: int | None, gad7: int | None) -> bool:
    """Tell whether both scores are there and below caseness, so that a disorder's own measure is called for (REF-7)."""
    return phq9 is not None and gad7 is not None and phq9 < PHQ9_CASENESS and gad7 < GAD7_CASENESS


def days_waited(referred_at: dt.datetime, at: dt.datetime) -> int:
    """Return whole elapsed days since the referral."""
    return max(dt.timedelta(0), at - referred_at) // dt.timedelta(days=1)


def standard_in_words(referred_at: dt.datetime, at: dt.datetime) -> str:
    """Say where a referral stands against the 6-week and the 18-week standard (REF-6)."""
    waited = at - referred_at
    if waited > LAST_STANDARD:
        return "past 18 weeks"
    if waited > FIRST_STANDARD:
        return f"past 6 weeks, {_days(LAST_STANDARD - waited)} to 18"
    return f"{_days(FIRST_STANDARD - waited)} to 6 weeks"


def _days(left: dt.timedelta) -> str:
    days = -(-left // dt.timedelta(days=1))  # a day begun is still a day
    return "1 day" if days == 1 else f"{days} days"


def why_not_acceptable(state: str, *, assessed: bool, step: str, steps_bought: Sequence[str]) -> str:
    """Return why a referral may not be accepted at this step, "" when it may (REF-6, SUP-9)."""
    if state not in DECIDABLE_STATES:
        return "This referral has been decided on already."
    if not assessed:
        return "The self-assessment is not complete yet, so nobody can accept this referral."
    if step not in steps_bought:
        return f"This site does not buy step {step}: it buys {', '.join(steps_bought) or 'none'}."
    return ""
