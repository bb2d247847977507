"""Verbs on cases: opening, turning from state to state, setting details, assigning, keeping."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines.actions import case_left
from live import doorbell
from patients import rules
from patients.cases import clocks
from patients.cases.models import Case, CaseDetail, CaseEvent, StayReason
from patients.people.models import Patient
from sites.models import Site
from ui.errors import Refused


@transaction.atomic
def open_case(patient: Patient, site, *, source: str, by, at: dt.datetime | None = None, **fields) -> Case:
    """Open an episode of care as *referred*, under the site's policy of this moment (SITE-2, REF-8)."""
    at = at or timezone.now()
    case = Case.objects.create(
        patient=patient,
        site=site,
        policy_version=site.current_policy_version,
        source=source,
        referred_at=at,
        **fields,
    )
    CaseEvent.objects.create(case=case, after=rules.FIRST_STATE, by=by, at=at)
    record_change("case opened", by=by, case_ref=case.ref, after={"state": case.state}, at=at)
    return case


def lock(case: Case) -> Case:
    """Return the case as it stands now, locked until the end of the transaction."""
    return (
        Case.objects.select_for_update(of=("self",)).select_related("patient", "site", "policy_version").get(pk=case.pk)
    )


@transaction.atomic
def turn(case: Case, state: str, *, by, reason: str = "", at: dt.datetime | None = None) -> Case:
    """Turn a case into another state by a named transition and keep who, when and why (REF-8).

    Raises Refused where the table has no such transition or an open reason keeps the case from leaving.
    """
    at = at or timezone.now()
    locked = lock(case)
    if not rules.may_turn(locked.state, state):
        raise Refused(
            f"A case that is {locked.get_state_display().lower()} cannot become {state.replace('_', ' ')}.",
            remedy="Reload the page: somebody else may have moved the case meanwhile.",
        )
    if rules.leaves(locked.state, state):
        refuse_while_kept(locked)
    before, locked.state = locked.state, state
    locked.ended_at = at if state in rules.ENDED_STATES else None
    locked.save(update_fields=["state", "ended_at"])
    CaseEvent.objects.create(case=locked, before=before, after=state, by=by, reason=reason, at=at)
    record_change(
        "case state",
        by=by,
        case_ref=locked.ref,
        before={"state": before},
        after={"state": state},
        at=at,
    )
    if state in rules.ENDED_STATES:
        case_left(locked.ref, closed_by=f"case {state}", at=at)
    clocks.state_turned(locked, before, ended=state in rules.ENDED_STATES, at=at)
    case.state, case.ended_at = locked.state, locked.ended_at
    return locked


@transaction.atomic
def set_details(
    case: Case,
    *,
    by,
    step: str | None = None,
    problem: str | None = None,
    protocol: str | None = None,
    needs_agreement: bool = False,
    reason: str = "",
    at: dt.datetime | None = None,
) -> CaseDetail:
    """Set step, problem or protocol, None leaving it as it was; the history keeps each setting (NOTE-5).

    `needs_agreement`: the supervisor is still to agree to the protocol. Raises Refused for a step that the site
    does not buy (SUP-9).
    """
    at = at or timezone.now()
    locked = lock(case)
    wished = {"step": step, "problem": problem, "protocol": protocol}
    before = {name: getattr(locked, name) for name in wished}
    after = {name: before[name] if value is None else value for name, value in wished.items()}
    _refuse_unbought(locked.site, after["step"])
    for name, value in after.items():
        setattr(locked, name, value)
        setattr(case, name, value)
    locked.save(update_fields=list(after))
    record_change("case details", by=by, case_ref=locked.ref, before=before, after=after, at=at)
    about = {"needs_agreement": needs_agreement, "by": by, "reason": reason, "at": at}
    return CaseDetail.objects.create(case=locked, **about, **after)


def _refuse_unbought(site: Site, step: str) -> None:
    """Raise Refused for a step that the site does not buy; no step is no harm (SUP-9)."""
    if step and step not in site.steps:
        raise Refused(
            f"{site.name} does not buy step {step}.",
            field="step",
            remedy=f"Choose one of: {', '.join(site.steps)}.",
        )


@transaction.atomic
def assign(case: Case, clinician, *, by, at: dt.datetime | None = None) -> Case:
    """Put a case on a clinician's caseload, or take it off with None; refused while a reason keeps it (RISK-8)."""
    at = at or timezone.now()
    locked = lock(case)
    if locked.clinician_id is not None and locked.clinician_id != getattr(clinician, "pk", None):
        refuse_while_kept(locked)
    before, previous, locked.clinician = locked.clinician_id, locked.clinician, clinician
    locked.save(update_fields=["clinician"])
    case.clinician = clinician
    if previous is not None and before != locked.clinician_id:
        case_left(locked.ref, closed_by="case left the caseload", at=at)
        doorbell.ring(doorbell.user_group(previous.user_id))  # open sockets ask again whether they may stay (ROOM-4)
    record_change(
        "case clinician",
        by=by,
        case_ref=locked.ref,
        before={"clinician": before},
        after={"clinician": getattr(clinician, "pk", None)},
        at=at,
    )
    return locked


@transaction.atomic
def keep(case: Case, kind: str, ref: str, what: str, *, at: dt.datetime | None = None) -> StayReason:
    """Write a reason that keeps the case from leaving; the same (kind, ref) again changes nothing (RISK-8)."""
    lock(case)  # waits for, and is waited for by, whoever is turning the case at this moment
    reason, _ = StayReason.objects.get_or_create(
        case=case,
        kind=kind,
        ref=ref,
        defaults={"what": what, "opened_at": at or timezone.now()},
    )
    return reason


def release(case: Case, kind: str, ref: str, *, at: dt.datetime | None = None) -> bool:
    """Close a reason to stay; tell whether it was open."""
    still_open = StayReason.objects.filter(case=case, kind=kind, ref=ref, closed_at=None)
    return bool(still_open.update(closed_at=at or timezone.now()))


def refuse_while_kept(case: Case) -> None:
    """Raise Refused while an open reason keeps the case, naming it (RISK-8, ENG-7)."""
    reason = case.stay_reasons.filter(closed_at=None).order_by("opened_at").first()
    if reason is not None:
        raise Refused(
            f"This case must stay for now: {reason.what}.",
            remedy="Deal with that first, then try again.",
        )
