"""Verbs on the self-assessment: opened with the referral, saved page by page, completed once (REF-4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record_change
from deadlines import watching
from intake.selfassessment import rules
from intake.selfassessment.models import SelfAssessment
from intake.triage.actions import accept_unflagged, raise_flags
from measures.actions import give
from measures.models import Questionnaire
from patients.cases import actions as patients
from patients.models import Case
from risk.actions import raise_alert
from ui.errors import Refused


@transaction.atomic
def open_self_assessment(case: Case, *, at: dt.datetime | None = None) -> SelfAssessment:
    """Give a case its self-assessment with its questionnaires, once (REF-4)."""
    at = at or timezone.now()
    for measure in rules.MEASURES:
        give(case, measure, occasion=rules.OCCASION, at=at)
    opened, _ = SelfAssessment.objects.get_or_create(case=case, defaults={"started_at": at, "saved_at": at})
    return opened


@transaction.atomic
def save_page(
    assessment: SelfAssessment, page: str, answers: Mapping[str, Any], *, by: User, at: dt.datetime | None = None
) -> SelfAssessment:
    """Save the checked answers of one page; signs of risk among them raise an alert at once (REF-4, TIME-12).

    Raises Refused once the self-assessment is complete.
    """
    at = at or timezone.now()
    locked = _lock(assessment)
    if locked.completed_at:
        raise Refused("You have sent your answers, so they cannot be changed.", remedy="Tell your therapist instead.")
    locked.answers = {**locked.answers, page: dict(answers)}
    locked.pages_done = [name for name in rules.PAGE_TITLES if name in {*locked.pages_done, page}]
    locked.saved_at = at
    locked.save(update_fields=["answers", "pages_done", "saved_at"])
    if page == rules.RISK_PAGE:
        _raise_alert(locked, answers, at)
    return locked


def _lock(assessment: SelfAssessment) -> SelfAssessment:
    rows = SelfAssessment.objects.select_for_update(of=("self",)).select_related("case__patient", "case__site")
    return rows.get(pk=assessment.pk)


def _raise_alert(assessment: SelfAssessment, answers: Mapping[str, Any], at: dt.datetime) -> None:
    sentences = rules.risk_sentences(answers)
    if not sentences:
        return
    added = str(answers.get("safety_words", "")).strip()
    passage = "\n".join([*sentences, *([f"In their own words: “{added}”"] if added else [])])
    raise_alert(assessment.case, kind="saq_risk", source=rules.alert_source(sentences), passage=passage, at=at)


def open_measures(case: Case) -> list[Questionnaire]:
    """Return the questionnaires of the self-assessment that are not finished."""
    rows = case.questionnaires.filter(occasion=rules.OCCASION, completed_at=None)
    return sorted(rows, key=lambda row: rules.MEASURES.index(row.measure))


@transaction.atomic
def complete(assessment: SelfAssessment, *, by: User, at: dt.datetime | None = None) -> SelfAssessment:
    """Send the self-assessment: the referral goes into triage and its flags are raised; again it changes nothing.

    Raises Refused, naming what is missing, while a page or a questionnaire is not done.
    """
    at = at or timezone.now()
    locked = _lock(assessment)
    if locked.completed_at:
        return locked
    missing = rules.what_is_missing(
        rules.PAGE_TITLES, locked.pages_done, [row.measure.upper() for row in open_measures(locked.case)]
    )
    if missing:
        raise Refused(f"Not everything is answered yet: {', '.join(_title(name) for name in missing)}.")
    locked.completed_at = assessment.completed_at = at
    locked.save(update_fields=["completed_at"])
    watching.changed([locked.case.patient.user_id])
    record_change("self-assessment complete", by=by, case_ref=locked.case.ref, at=at)
    if locked.case.state == "referred":
        patients.turn(locked.case, "in_triage", by=by, reason="The self-assessment is complete.", at=at)
    raise_flags(locked.case, at=at)
    accept_unflagged(locked.case, at=at)
    return locked


def _title(name: str) -> str:
    return rules.PAGE_TITLES.get(name, name)
