"""Verbs of triage: raising flags, accepting, asking for more information, declining (REF-5, REF-6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.actions import record_change
from deadlines import watching
from intake.triage import rules
from intake.triage.models import ScreeningFlag, TriageAnswer, TriageDecision
from intake.triage.queries import latest_scores, sheet_of
from notices.actions import tell, tell_address, tell_team
from patients.admin_notes.actions import write_admin_note
from patients.cases.actions import lock, turn
from patients.models import Case
from ui.errors import Refused

Decision = TriageDecision.Decision
RELOAD = "Open the referral again to see what was decided."


@transaction.atomic
def raise_flags(case: Case, at: dt.datetime | None = None) -> list[ScreeningFlag]:
    """Raise every flag that the answers so far call for, each kind once, and return all flags of the case (REF-5)."""
    found = rules.flags(sheet_of(case))
    rows = [ScreeningFlag(case=case, kind=flag.kind, answer=flag.answer, at=at or timezone.now()) for flag in found]
    ScreeningFlag.objects.bulk_create(rows, ignore_conflicts=True)
    return list(case.flags.all())


@transaction.atomic
def accept(
    case: Case,
    step: str,
    reason: str,
    *,
    by,
    severe_ocd: bool = False,
    added_need: bool = False,
    client_key: str = "",
    seen: int | None = None,
    at: dt.datetime | None = None,
) -> TriageDecision:
    """Accept a referral with a provisional step; the case waits for a clinician (REF-6).

    The triage note says which step was indicated, need included, where another one was chosen (REF-7). Raises Refused
    before the self-assessment is complete, for a step the site does not buy, and where it was decided meanwhile; the
    same client_key again changes nothing.
    """
    locked = lock(case)
    if done := _already(locked, client_key, by):
        return done
    _refuse_if_decided(locked, seen)
    why_not = rules.why_not_acceptable(
        locked.state, assessed=assessment_complete(locked), step=step, steps_bought=locked.site.steps
    )
    if why_not:
        raise Refused(why_not, field="step" if "step" in why_not else None)
    decision = _decide(locked, Decision.ACCEPT, reason, by=by, client_key=client_key, step=step, at=at)
    locked.provisional_step = case.provisional_step = step
    locked.save(update_fields=["provisional_step"])
    indicated = latest_scores(locked).with_need(severe_ocd=severe_ocd, added_need=added_need)
    besides = f"\nIndicated was step {indicated}." if indicated and indicated != step else ""
    _follow(case, "waiting", by, f"Accepted at step {step}: {reason}{besides}", decision.at)
    return decision


@transaction.atomic
def ask(
    case: Case,
    question: str,
    *,
    by,
    client_key: str = "",
    seen: int | None = None,
    at: dt.datetime | None = None,
) -> TriageDecision:
    """Ask the patient for more information; the case goes back to *referred* until the answer is there (REF-6)."""
    locked = lock(case)
    if done := _already(locked, client_key, by):
        return done
    _refuse_if_decided(locked, seen)
    decision = _decide(locked, Decision.ASK, question, by=by, client_key=client_key, at=at)
    _follow(case, "referred", by, f"Asked for more information: {question}", decision.at)
    watching.changed([locked.patient.user_id])
    _tell_patient(locked, "triage_question", f"triage:{decision.pk}", decision.at)
    return decision


@transaction.atomic
def decline(
    case: Case,
    reason: str,
    go_to: str,
    *,
    by,
    client_key: str = "",
    seen: int | None = None,
    at: dt.datetime | None = None,
) -> TriageDecision:
    """Decline a referral with a reason and where to go instead (REF-6)."""
    locked = lock(case)
    if done := _already(locked, client_key, by):
        return done
    _refuse_if_decided(locked, seen)
    if not go_to.strip():
        raise Refused("Say where the person can go instead.", field="go_to")
    decision = _decide(locked, Decision.DECLINE, reason, by=by, client_key=client_key, go_to=go_to, at=at)
    _follow(case, "declined", by, f"Declined: {reason}\nWhere to go instead: {go_to}", decision.at)
    _tell_patient(locked, "triage_decided", f"triage:{decision.pk}", decision.at)
    return decision


@transaction.atomic
def answer(decision: TriageDecision, text: str, *, by, at: dt.datetime | None = None) -> TriageAnswer:
    """Keep the patient's answer to a question of triage and put the referral back into the queue (REF-6).

    Raises Refused for an empty answer and where it was answered or decided already.
    """
    at = at or timezone.now()
    case = lock(decision.case)
    if not text.strip():
        raise Refused("Write your answer.", field="text")
    if TriageAnswer.objects.filter(decision=decision).exists():
        raise Refused("You have answered this already.", remedy="You need do nothing more.")
    if case.state not in rules.DECIDABLE_STATES:
        raise Refused("Your referral has been decided meanwhile.", remedy="Your home page shows what happens next.")
    given = TriageAnswer.objects.create(decision=decision, text=text.strip(), by=by, at=at)
    watching.changed([case.patient.user_id])
    record_change("triage answer", by=by, case_ref=case.ref, object_ref=f"decision:{decision.pk}", at=at)
    if case.state == "referred" and assessment_complete(case):
        turn(case, "in_triage", by=by, reason="The patient answered.", at=at)
    tell_team("triage", "triage_answered", key=f"triage:{decision.pk}", case_ref=case.ref, link=_page(case), at=at)
    return given


@transaction.atomic
def accept_unflagged(case: Case, *, at: dt.datetime | None = None) -> TriageDecision | None:
    """Accept a complete referral without a person where its site allows that; None where a person must look (REF-6).

    A flag, an open alert, scores that indicate no step, or a step that the site does not buy ask for a person.
    """
    locked = lock(case)
    step = latest_scores(locked).indicated
    assessed, bought = assessment_complete(locked), locked.site.steps
    fits = not rules.why_not_acceptable(locked.state, assessed=assessed, step=step, steps_bought=bought)
    kept = locked.stay_reasons.filter(closed_at=None).exists()
    if not (locked.policy.auto_accept and fits) or kept or locked.flags.exists():
        return None
    return accept(case, step, "No flag, and the site allows it. The scores indicate this step.", by=None, at=at)


def assessment_complete(case: Case) -> bool:
    """Tell whether the self-assessment of the case is finished (REF-4)."""
    assessment = getattr(case, "self_assessment", None)
    return assessment is not None and assessment.completed_at is not None


def _already(case: Case, client_key: str, by) -> TriageDecision | None:
    """Return the decision that this very form made before: a double click decides once."""
    if not client_key:
        return None
    return case.decisions.filter(client_key=client_key, by=by).first()


def _refuse_if_decided(case: Case, seen: int | None) -> None:
    """Raise Refused where the referral is no longer open, or was decided on since the page was opened."""
    last = case.decisions.select_related("by").last()
    stale = seen is not None and case.decisions.count() != seen
    if case.state in rules.DECIDABLE_STATES and not stale:
        return
    if last is None:
        raise Refused(f"This referral is not open to triage: it is {case.get_state_display().lower()}.")
    when = timezone.localtime(last.at).strftime("%H:%M on %-d %B")
    raise Refused(f"{last.by_whom} decided on this referral at {when}: {last.get_decision_display()}.", remedy=RELOAD)


def _decide(case: Case, decision: str, reason: str, *, by, client_key: str, at, **fields) -> TriageDecision:
    if not reason.strip():
        raise Refused("Write why.", field="reason")
    made = TriageDecision.objects.create(
        case=case,
        decision=decision,
        reason=reason.strip(),
        by=by,
        client_key=client_key or f"{case.ref}:{case.decisions.count()}",
        at=at or timezone.now(),
        **fields,
    )
    record_change("triage decision", by=by, case_ref=case.ref, after={"decision": decision} | fields, at=made.at)
    return made


def _follow(case: Case, state: str, by, note: str, at: dt.datetime) -> None:
    """Turn the case where it is not there already, and write the triage note (REF-6)."""
    if case.state != state:
        turn(case, state, by=by, reason=note.splitlines()[0], at=at)
    write_admin_note(case, "triage", note, by=by, at=at)


def _tell_patient(case: Case, notice: str, key: str, at: dt.datetime) -> None:
    patient = case.patient
    words: dict[str, Any] = {"key": key, "case_ref": case.ref, "link": reverse("desk:home"), "at": at}
    if patient.user:
        tell(patient.user, notice, **words)
    else:
        tell_address(patient.email, notice, **words)


def _page(case: Case) -> str:
    return reverse("intake:triage", kwargs={"case": case.ref})
