"""What the pages of allocation show, made ready for their templates."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils import timezone

from clinicians.models import Clinician
from intake.allocation import inputs, rules
from intake.allocation.models import AllocationRun, Match
from intake.allocation.panel import CLOSED_WORDS, Panel
from intake.allocation.rules import ClinicianFacts
from patients.models import Case


@dataclass(frozen=True)
class Waiting:
    """A waiting case, how many clinicians fit it, and why nobody where none does."""

    case: Case
    days: int
    fitting: int
    why_nobody: str


@dataclass(frozen=True)
class Choice:
    """A clinician as seen from one case: the worth of the match, or what speaks against it."""

    ref: str
    name: str
    kind: str
    places: int
    score: float | None
    against: list[str]
    hard: bool


def names() -> dict[str, str]:
    """Return the name of every clinician by reference."""
    return {str(ref): name for ref, name in Clinician.objects.values_list("ref", "user__name")}


def waiting_rows(cases: Iterable[Case], clinicians: list[ClinicianFacts], at: dt.datetime) -> list[Waiting]:
    """Return the waiting cases of one page with how they could be allocated now (ALLOC-7)."""
    panel = Panel(clinicians, timezone.localdate(at))
    return [_waiting(panel, case, at) for case in cases]


def _waiting(panel: Panel, case: Case, at: dt.datetime) -> Waiting:
    facts = inputs.case_facts(case, at)
    found = panel.look(facts)
    why_nobody = "" if found.candidates else panel.why_nobody(facts, found)
    return Waiting(case, facts.waited_days, len(found.candidates), why_nobody)


def places(clinicians: list[ClinicianFacts], at: dt.datetime) -> dict[str, Any]:
    """Return who has free places, and how many others are closed for which first reason."""
    today, called = timezone.localdate(at), names()
    reasons = {one.ref: rules.closed(one, today) for one in clinicians}
    open_ones = sorted((one for one in clinicians if not reasons[one.ref]), key=lambda one: called[one.ref])
    closed = Counter(found[0].name for found in reasons.values() if found)
    return {
        "open_clinicians": [(called[one.ref], one) for one in open_ones],
        "free_places": sum(one.places for one in open_ones),
        "closed": [(CLOSED_WORDS[name], number) for name, number in closed.most_common()],
    }


def choices(case: Case, at: dt.datetime) -> list[Choice]:
    """Return every clinician as seen from a case: those who fit, best first, then the others with the reasons."""
    facts, called, today = inputs.case_facts(case, at), names(), timezone.localdate(at)
    found = [_choice(facts, one, called[one.ref], today) for one in inputs.clinician_facts(at)]
    return sorted(found, key=lambda one: (bool(one.against), one.hard, -(one.score or 0), one.name))


def _choice(case: rules.CaseFacts, clinician: ClinicianFacts, name: str, today: dt.date) -> Choice:
    against = rules.exclusions(case, clinician, today)
    return Choice(
        ref=clinician.ref,
        name=name,
        kind=clinician.kind,
        places=clinician.places,
        score=None if against else rules.score(case, clinician),
        against=[reason.words for reason in against],
        hard=any(reason.name not in rules.OVERRIDABLE for reason in against),
    )


def matches(run: AllocationRun, show: str) -> QuerySet[Match]:
    """Return the matches of a run with a clinician, or those for whom nobody was found."""
    rows = run.matches.filter(clinician__isnull=show == "nobody")
    return rows.select_related("case__site", "clinician__user", "outcome").order_by("-score", "case__referred_at", "pk")


def match_rows(page: Page) -> list[dict[str, Any]]:
    """Return each match of a page with the names of who was considered and who was excluded why."""
    called = names()
    return [
        {
            "match": match,
            "outcome": getattr(match, "outcome", None),
            "considered": [(called.get(one["clinician"], "?"), one["score"]) for one in match.considered],
            "excluded": [
                (one["words"], ", ".join(sorted(called.get(ref, "?") for ref in one["clinicians"])))
                for one in match.excluded
            ],
        }
        for match in page.object_list
    ]
