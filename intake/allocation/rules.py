"""Who may be given a case, how well they fit, and why not the others (ALLOC-1, ALLOC-2, CLIN-6). Pure: no Django."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from clinicians.rules import expired_documents, leave_about_to_start

STEPS_OF_KIND = {"PWP": frozenset({"2"}), "HIT": frozenset({"3", "3+"})}
KIND_OF_STEP = {step: kind for kind, steps in STEPS_OF_KIND.items() for step in steps}
DOCUMENTS = {
    "accreditation": "accreditation",
    "insurance": "indemnity insurance",
    "record_check": "criminal-record check",
}
MODALITY_WORDS = {"typed": "typing", "video": "video"}

# How much each part of the fit counts; together 1. Every clinician's effectiveness counts as average for now.
WEIGHTS = {"effectiveness": 0.30, "hours": 0.25, "wishes": 0.25, "soon": 0.20}
AVERAGE_EFFECTIVENESS = 0.5
LOOK_AHEAD_DAYS = 14
DAYS_PER_WEEK = 7

# Exclusions that a person in patient services may override by hand with a reason; all others are hard.
OVERRIDABLE = frozenset({"paused", "leave", "hours"})


class Exclusion(NamedTuple):
    """One named reason why not, in words."""

    name: str
    words: str


class Kindred(NamedTuple):
    """What cases have in common for whom the same clinicians are cleared."""

    site: str
    step: str
    modality: str


@dataclass(frozen=True)
class CaseFacts:
    """What the matching knows of a waiting case; `hours` are parts of days such as "mon-evening", none meaning any."""

    ref: str
    site: str
    step: str
    modality: str
    waited_days: int
    hours: frozenset[str] = frozenset()
    language: str = ""
    gender: str = ""
    paused: bool = False

    @property
    def kindred(self) -> Kindred:
        return Kindred(self.site, self.step, self.modality)


@dataclass(frozen=True)
class ClinicianFacts:
    """What the matching knows of a clinician; `free` gives the days to the first free hour in each part of the week."""

    ref: str
    kind: str
    desired: int
    held: int
    active: bool = True
    hold: str = ""
    modalities: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    protocols: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    free: Mapping[str, int] = field(default_factory=dict)
    documents: Mapping[str, dt.date] = field(default_factory=dict)
    leaves: tuple[tuple[dt.date, dt.date], ...] = ()
    languages: frozenset[str] = frozenset()
    gender: str = ""
    effectiveness: float = AVERAGE_EFFECTIVENESS

    @property
    def places(self) -> int:
        """Free places under the desired caseload."""
        return max(0, self.desired - self.held)


# --- why not ------------------------------------------------------------------------------------


def closed(clinician: ClinicianFacts, today: dt.date) -> list[Exclusion]:
    """Return why a clinician takes no new case at all today (ALLOC-1, CLIN-6)."""
    found = []
    if not clinician.active:
        found.append(Exclusion("inactive", "is not active"))
    if clinician.hold:
        found.append(Exclusion("hold", f"is on an allocation hold: {clinician.hold}"))
    if not clinician.places:
        found.append(Exclusion("full", f"has no free place: holds {clinician.held} of {clinician.desired}"))
    return found + lapsed_documents(clinician, today) + leave(clinician, today)


def lapsed_documents(clinician: ClinicianFacts, today: dt.date) -> list[Exclusion]:
    """Return the compliance documents that are missing or out of date (CLIN-6)."""
    kinds = expired_documents(clinician.documents, DOCUMENTS, today)
    return [
        Exclusion("documents", f"has {'an expired' if kind in clinician.documents else 'no'} {DOCUMENTS[kind]}")
        for kind in kinds
    ]


def leave(clinician: ClinicianFacts, today: dt.date) -> list[Exclusion]:
    """Return the leave that stops new cases: any on the day, and a long one from two weeks before it (ALLOC-1)."""
    away = leave_about_to_start(clinician.leaves, today)
    return [Exclusion("leave", f"is away from {away[0]:%-d %B} to {away[1]:%-d %B}")] if away else []


def unfit(wanted: Kindred, clinician: ClinicianFacts) -> list[Exclusion]:
    """Return what a clinician is not cleared for among site, step, modality and protocol (ALLOC-1)."""
    found = []
    if wanted.site not in clinician.sites:
        found.append(Exclusion("site", "is not cleared for this site"))
    if wanted.step not in STEPS_OF_KIND[clinician.kind]:
        found.append(Exclusion("step", f"is a {clinician.kind} and does not take step {wanted.step or '(none set)'}"))
    if wanted.modality not in clinician.modalities:
        found.append(Exclusion("modality", f"does not work by {MODALITY_WORDS.get(wanted.modality, wanted.modality)}"))
    if wanted.site not in clinician.protocols:
        found.append(Exclusion("protocol", "has not acknowledged the site's protocol"))
    return found


def shared_hours(case: CaseFacts, clinician: ClinicianFacts) -> frozenset[str]:
    """Return the parts of the week that suit both; a case without a wish shares all."""
    return clinician.parts & case.hours if case.hours else clinician.parts


def no_hours(case: CaseFacts, clinician: ClinicianFacts) -> list[Exclusion]:
    """Return the exclusion of two who have no hour in common (ALLOC-1)."""
    return [] if shared_hours(case, clinician) else [Exclusion("hours", "has no hours that suit the patient")]


def barred(case: CaseFacts) -> list[Exclusion]:
    """Return why a case can be given to nobody, whoever is free (ALLOC-3)."""
    return [Exclusion("paused", "allocation is paused for this site")] if case.paused else []


def exclusions(case: CaseFacts, clinician: ClinicianFacts, today: dt.date) -> list[Exclusion]:
    """Return every reason why this clinician may not be given this case; none makes a candidate (ALLOC-1)."""
    about_both = unfit(case.kindred, clinician) + no_hours(case, clinician)
    return barred(case) + closed(clinician, today) + about_both


# --- how well -----------------------------------------------------------------------------------


def fit(case: CaseFacts, clinician: ClinicianFacts) -> dict[str, float]:
    """Return each part of the fit, from 0 to 1 (ALLOC-2)."""
    shared = shared_hours(case, clinician)
    soonest = min((clinician.free[part] for part in shared if part in clinician.free), default=LOOK_AHEAD_DAYS)
    return {
        "effectiveness": clinician.effectiveness,
        "hours": len(shared) / len(case.hours) if case.hours else 1.0,
        "wishes": wishes_met(case, clinician),
        "soon": 1 - min(soonest, LOOK_AHEAD_DAYS) / LOOK_AHEAD_DAYS,
    }


def wishes_met(case: CaseFacts, clinician: ClinicianFacts) -> float:
    """Return the share of the wishes for language and gender that are met; 1 where there is none (ALLOC-2)."""
    wishes = []
    if case.language:
        wishes.append(case.language.casefold() in {language.casefold() for language in clinician.languages})
    if case.gender:
        wishes.append(case.gender.casefold() == clinician.gender.casefold())
    return sum(wishes) / len(wishes) if wishes else 1.0


def score(case: CaseFacts, clinician: ClinicianFacts) -> float:
    """Return how much this match is worth: its fit, times a weight that grows with each week waited (ALLOC-2)."""
    parts = fit(case, clinician)
    worth = 1 + sum(WEIGHTS[name] * part for name, part in parts.items())
    return round(worth * (1 + case.waited_days / DAYS_PER_WEEK), 6)


# --- kept and read again ------------------------------------------------------------------------


def as_data(facts: CaseFacts | ClinicianFacts) -> dict[str, Any]:
    """Return facts as JSON data, from which `case_from` and `clinician_from` make the same again (ALLOC-2)."""
    return {name: _plain(value) for name, value in asdict(facts).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in sorted(value.items())}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def case_from(data: Mapping[str, Any]) -> CaseFacts:
    """Return the facts of a case as they were kept."""
    return CaseFacts(**{**data, "hours": frozenset(data["hours"])})


def clinician_from(data: Mapping[str, Any]) -> ClinicianFacts:
    """Return the facts of a clinician as they were kept."""
    sets = {name: frozenset(data[name]) for name in ("modalities", "sites", "protocols", "parts", "languages")}
    day = dt.date.fromisoformat
    documents = {kind: day(expires) for kind, expires in data["documents"].items()}
    leaves = tuple((day(first), day(last)) for first, last in data["leaves"])
    return ClinicianFacts(**{**data, **sets, "documents": documents, "leaves": leaves})
