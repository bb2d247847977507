"""Which answers of the self-assessment are signs of risk, and what is missing (REF-4, TIME-12). Pure: no Django."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

OCCASION = "self-assessment"
MEASURES = ("phq-9", "gad-7")

# The pages in their order, each with the title that the list of pages calls it by.
PAGE_TITLES = {
    "problem": "What troubles you",
    "life": "How it affects your life",
    "tried": "What you have tried",
    "care": "Care and medicine",
    "health": "Your health",
    "children": "Children",
    "safety": "Keeping safe",
    "goals": "What you hope for",
}

# The page about safety: each field with the answers that a person must look at, and how they read.
RISK_PAGE = "safety"
RISK_ANSWERS: dict[str, dict[str, str]] = {
    "thoughts": {
        "sometimes": "Thoughts of harming themselves or ending their life: sometimes.",
        "often": "Thoughts of harming themselves or ending their life: often.",
        "plan": "Thoughts of ending their life, with a plan.",
    },
    "attempts": {
        "year": "Harmed themselves or tried to end their life within the last year.",
        "earlier": "Harmed themselves or tried to end their life more than a year ago.",
    },
    "from_others": {"yes": "At risk of harm from somebody else."},
    "to_others": {"yes": "Worried that they might harm somebody else."},
}


def risk_sentences(answers: Mapping[str, object]) -> list[str]:
    """Return a sentence for each answer of the page about safety that a person must look at (TIME-12)."""
    found = [words.get(str(answers.get(name, "")), "") for name, words in RISK_ANSWERS.items()]
    return [sentence for sentence in found if sentence]


def alert_source(sentences: Iterable[str]) -> str:
    """Return the source of an alert for these answers: the same answers are one alert, others are another."""
    digest = hashlib.sha256("\n".join(sentences).encode()).hexdigest()[:16]
    return f"self-assessment:{digest}"


def what_is_missing(pages: Iterable[str], pages_done: Iterable[str], measures_open: Iterable[str]) -> list[str]:
    """Return what is still to be done, pages first, then measures, each by its name."""
    done = set(pages_done)
    return [page for page in pages if page not in done] + list(measures_open)
