"""Verbs of allocation: preview a run, apply it, allocate by hand (ALLOC-2, ALLOC-3, ALLOC-5, ALLOC-9).

Whoever allocates locks the case first and the clinician second, one of each at a time: so no two wait for each other,
no case is given twice and no place filled twice.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.actions import record_change
from clinicians import clocks as first_half_year
from clinicians.models import Clinician
from intake.allocation import inputs, rules
from intake.allocation.models import Allocation, AllocationRun, Match, MatchOutcome
from intake.allocation.panel import Found
from intake.allocation.rules import Exclusion
from intake.allocation.solving import match as solve
from notices.actions import tell, tell_address
from patients.cases import actions as patients
from patients.models import Case
from risk.actions import hand_over
from therapy.messages.actions import expect_welcome
from ui.errors import Refused

# What was considered is kept down to this many candidates a case; all of it follows from the kept inputs.
KEPT_CANDIDATES = 12
ROWS_AT_ONCE = 500


@transaction.atomic
def preview(*, by, at: dt.datetime | None = None) -> AllocationRun:
    """Solve the assignment over all waiting cases and free places and keep it with its inputs; allocates nothing."""
    at = at or timezone.now()
    known = inputs.gather(at)
    run = AllocationRun.objects.create(by=by, at=at, inputs=known.as_data())
    cases = dict(inputs.waiting().values_list("ref", "pk"))
    clinicians = {str(ref): pk for ref, pk in Clinician.objects.values_list("ref", "pk")}
    found = solve(known.cases, known.clinicians, known.today)
    rows = [_match(run, cases[each.case], clinicians, each) for each in found if each.case in cases]
    Match.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    record_change("allocation previewed", by=by, object_ref=f"run:{run.ref}", after={"cases": len(rows)}, at=at)
    return run


def _match(run: AllocationRun, case: int, clinicians: dict[str, int], found: Found) -> Match:
    chosen = found.chosen
    considered = [{"clinician": one.clinician, "score": one.score} for one in found.candidates[:KEPT_CANDIDATES]]
    excluded = [
        {"name": reason.name, "words": reason.words, "clinicians": refs} for reason, refs in found.excluded.items()
    ]
    return Match(
        run=run,
        case_id=case,
        clinician_id=clinicians[chosen.clinician] if chosen else None,
        score=chosen.score if chosen else None,
        candidates=len(found.candidates),
        considered=considered,
        excluded=excluded,
        why_nobody=found.why_nobody,
    )


def apply(run: AllocationRun, *, by, at: dt.datetime | None = None) -> list[MatchOutcome]:
    """Allocate what a run found, each match in a transaction of its own and only if it still holds (ALLOC-9).

    Applied again, or by two at once, each match is done once. Returns the outcomes written now.
    """
    at = at or timezone.now()
    left = run.matches.filter(clinician__isnull=False, outcome=None).order_by("-score", "pk")
    outcomes = [outcome for match in left if (outcome := _apply_match(match, by=by, at=at))]
    if AllocationRun.objects.filter(pk=run.pk, applied_at=None).update(applied_at=at):
        record_change("allocation applied", by=by, object_ref=f"run:{run.ref}", after={"matches": len(outcomes)}, at=at)
    return outcomes


@transaction.atomic
def _apply_match(match: Match, *, by, at: dt.datetime) -> MatchOutcome | None:
    case = patients.lock(match.case)
    if match.clinician is None or MatchOutcome.objects.filter(match=match).exists():
        return None
    clinician = _lock(match.clinician)
    why_not = _why_not_waiting(case) or "; ".join(reason.words for reason in _exclusions(case, clinician, at))
    if not why_not:
        _give(case, clinician, run=match.run, reason="", by=by, at=at)
    return MatchOutcome.objects.create(match=match, allocated=not why_not, why=why_not, at=at)


@transaction.atomic
def allocate_by_hand(
    case: Case, clinician: Clinician, reason: str, *, by, override: bool = False, at: dt.datetime | None = None
) -> Allocation:
    """Give a waiting case to a clinician chosen by a person, with the reason (ALLOC-3).

    Raises Refused for what nobody may override (clearance, documents, no free place), and for hours, leave or a pause
    unless `override` says that they were seen. The same again by the same person changes nothing.
    """
    at = at or timezone.now()
    if not reason.strip():
        raise Refused("Write why you choose this clinician.", field="reason")
    locked, chosen = patients.lock(case), _lock(clinician)
    if done := _already(locked, chosen, reason, by):
        return done
    if why_not := _why_not_waiting(locked):
        raise Refused(f"Not allocated: this case {why_not}.", remedy="Open the list again to see what still waits.")
    _refuse_excluded(_exclusions(locked, chosen, at), chosen, override=override)
    return _give(locked, chosen, run=None, reason=reason.strip(), by=by, at=at)


def _already(case: Case, clinician: Clinician, reason: str, by) -> Allocation | None:
    """Return the allocation of a first click, for its second one."""
    last = case.allocations.last() if case.clinician_id == clinician.pk else None
    return last if last and last.by_id == by.pk and last.reason == reason.strip() else None


def _lock(clinician: Clinician) -> Clinician:
    return Clinician.objects.select_for_update(of=("self",)).select_related("user").get(pk=clinician.pk)


def _why_not_waiting(case: Case) -> str:
    if case.state == "waiting" and case.clinician_id is None:
        return ""
    return f"is no longer waiting, it is {case.get_state_display().lower()}"


def _exclusions(case: Case, clinician: Clinician, at: dt.datetime) -> list[Exclusion]:
    """Return why not, as things stand under the locks."""
    (facts,) = inputs.clinician_facts(at, pk=clinician.pk)
    return rules.exclusions(inputs.case_facts(case, at), facts, timezone.localdate(at))


def _refuse_excluded(found: list[Exclusion], clinician: Clinician, *, override: bool) -> None:
    hard = [reason.words for reason in found if reason.name not in rules.OVERRIDABLE]
    if hard:
        raise Refused(f"{clinician.user.name} {', and '.join(hard)}.", remedy="Choose another clinician.")
    if found and not override:
        words = ", and ".join(reason.words for reason in found)
        raise Refused(
            f"{clinician.user.name} {words}.",
            field="override",
            remedy="Tick that you allocate all the same, or choose another clinician.",
        )


def _give(
    case: Case, clinician: Clinician, *, run: AllocationRun | None, reason: str, by, at: dt.datetime
) -> Allocation:
    """Put the case on the caseload, start the welcome clock and tell both (ALLOC-5). The caller holds both locks."""
    patients.assign(case, clinician, by=by, at=at)
    patients.turn(case, "allocated", by=by, reason=reason or "Allocated by a run.", at=at)
    made = Allocation.objects.create(case=case, clinician=clinician, run=run, by=by, reason=reason, at=at)
    expect_welcome(case, at=at)
    first_half_year.case_allocated(clinician, at=at)
    hand_over(case, at=at)
    _tell(made, at)
    return made


def _tell(allocation: Allocation, at: dt.datetime) -> None:
    """Tell the clinician of the case, and the patient that a named clinician will write (ALLOC-5)."""
    case, clinician = allocation.case, allocation.clinician
    words: dict[str, Any] = {"key": f"allocation:{allocation.pk}", "case_ref": case.ref, "at": at}
    tell(clinician.user, "case_allocated", link=reverse("desk:case", args=[case.ref]), **words)
    home = reverse("desk:home")
    if case.patient.user:
        tell(case.patient.user, "clinician_found", link=home, **words)
    else:
        tell_address(case.patient.email, "clinician_found", link=home, **words)
