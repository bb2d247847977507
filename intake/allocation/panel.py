"""One look at every clinician for each case: who may be given it, what excludes the rest, why nobody (ALLOC-7).

Pure. What is the same for many cases (who is open, who is cleared for site, step and modality) is worked out once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.allocation import rules
from intake.allocation.rules import CaseFacts, ClinicianFacts, Exclusion, Kindred

CLOSED_WORDS = {
    "inactive": "not active",
    "hold": "on an allocation hold",
    "full": "without a free place",
    "documents": "with a document missing or expired",
    "leave": "away or about to be",
}


@dataclass(frozen=True)
class Candidate:
    """A clinician who may be given the case, and the worth of that."""

    clinician: str
    score: float


@dataclass
class Found:
    """What a run found for one case; `excluded` holds the open clinicians, since who is closed is the same for all."""

    case: str
    candidates: list[Candidate] = field(default_factory=list)
    excluded: dict[Exclusion, list[str]] = field(default_factory=dict)
    chosen: Candidate | None = None
    why_nobody: str = ""


class Panel:
    """All clinicians on one day, ready to be looked at case by case."""

    def __init__(self, clinicians: Sequence[ClinicianFacts], today: dt.date) -> None:
        self.clinicians = clinicians
        self.closed = {clinician.ref: rules.closed(clinician, today) for clinician in clinicians}
        self._unfit: dict[Kindred, dict[str, list[Exclusion]]] = {}

    def unfit(self, wanted: Kindred) -> dict[str, list[Exclusion]]:
        """Return, for each clinician, what clearance is missing; the same for all cases of that kind."""
        if wanted not in self._unfit:
            self._unfit[wanted] = {one.ref: rules.unfit(wanted, one) for one in self.clinicians}
        return self._unfit[wanted]

    def look(self, case: CaseFacts) -> Found:
        """Return the candidates for a case, best first, and the reasons against every other open clinician."""
        found, unfit, barred = Found(case.ref), self.unfit(case.kindred), rules.barred(case)
        for clinician in self.clinicians:
            if self.closed[clinician.ref]:
                continue
            reasons = barred or [*unfit[clinician.ref], *rules.no_hours(case, clinician)]
            for reason in reasons:
                found.excluded.setdefault(reason, []).append(clinician.ref)
            if not reasons:
                found.candidates.append(Candidate(clinician.ref, rules.score(case, clinician)))
        found.candidates.sort(key=lambda one: (-one.score, one.clinician))
        return found

    def why_nobody(self, case: CaseFacts, found: Found) -> str:
        """Say why nobody was found for a case, naming the first thing that nobody had (ALLOC-7)."""
        if barred := rules.barred(case):
            return f"{_sentence(barred[0].words)}."
        if not case.step:
            return "The case has no step yet, so nobody can be cleared for it."
        if found.candidates:
            return (
                f"Every place that fits went to somebody else: {_counted(len(found.candidates), 'clinician')} fitted."
            )
        left, kind = list(self.clinicians), rules.KIND_OF_STEP[case.step]
        for missing, words in self._narrowing(case, kind):
            kept = [one for one in left if missing not in self._names(case, one)]
            if not kept:
                return words
            left = kept
        return self._all_closed(left, kind)

    def _narrowing(self, case: CaseFacts, kind: str) -> list[tuple[str, str]]:
        """Return what is asked in turn, each with the words for the case that nobody has it."""
        return [
            ("site", "No clinician is cleared for this site."),
            ("step", f"No {kind} is cleared for this site."),
            ("modality", f"No {kind} for this site works by {rules.MODALITY_WORDS.get(case.modality, case.modality)}."),
            ("hours", f"No {kind} for this site has {_parts_in_words(case.hours)} availability."),
            ("protocol", f"No {kind} whose hours fit has acknowledged the site's protocol."),
        ]

    def _names(self, case: CaseFacts, clinician: ClinicianFacts) -> set[str]:
        reasons = [*self.unfit(case.kindred)[clinician.ref], *rules.no_hours(case, clinician)]
        return {reason.name for reason in reasons}

    def _all_closed(self, clinicians: Sequence[ClinicianFacts], kind: str) -> str:
        first = Counter(self.closed[clinician.ref][0].name for clinician in clinicians)
        parts = [f"{number} {CLOSED_WORDS[name]}" for name, number in first.items()]
        return f"No {kind} who fits takes new cases now: {', '.join(parts)}."


def _parts_in_words(hours: frozenset[str]) -> str:
    """Return the parts of the day that were asked for: "evening", "morning or evening"."""
    asked = [part for part in ("morning", "afternoon", "evening") if any(hour.endswith(part) for hour in hours)]
    return " or ".join(asked) or "any"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
