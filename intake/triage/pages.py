"""What the pages of triage show, made ready for their templates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from intake.referrals.rules import MODALITIES, wishes_in_words
from intake.selfassessment.forms import PAGES, answer_in_words
from intake.triage import rules
from intake.triage.actions import assessment_complete
from intake.triage.queries import latest_scores
from patients.models import Case
from risk.models import Alert
from sites.rules import SOURCES

TAG_OF_STANDARD = ((rules.LAST_STANDARD, "red"), (rules.FIRST_STANDARD, "yellow"))


@dataclass(frozen=True)
class Row:
    """One referral in the queue."""

    case: Case
    days: int
    standard: str
    tag: str
    flags: list[str]
    assessed: bool


def queue_row(case: Case, at: dt.datetime) -> Row:
    """Return a referral with its age and its flags in words (REF-6)."""
    return Row(
        case=case,
        days=rules.days_waited(case.referred_at, at),
        standard=rules.standard_in_words(case.referred_at, at),
        tag=tag_of(case.referred_at, at),
        flags=[flag_label(flag.kind) for flag in case.flags.all()],
        assessed=assessment_complete(case),
    )


def tag_of(referred_at: dt.datetime, at: dt.datetime) -> str:
    """Return the colour beside the words for a standard that is past; grey while none is."""
    return next((tag for standard, tag in TAG_OF_STANDARD if at - referred_at > standard), "grey")


def flag_label(kind: str) -> str:
    """Return what a flag is called, also one whose screen is gone."""
    return rules.FLAG_LABELS.get(kind, kind.replace("_", " ").capitalize())


def assessment_sections(case: Case) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each page of the self-assessment that was answered: its title, its questions and what was said."""
    answers = getattr(getattr(case, "self_assessment", None), "answers", {})
    return [(page.title, _said(page(), answers[name])) for name, page in PAGES.items() if name in answers]


def _said(form, answers: dict[str, Any]) -> list[tuple[str, str]]:
    """Return question and answer of each field, as the patient read them."""
    return [(str(field.label), answer_in_words(field, answers.get(name, ""))) for name, field in form.fields.items()]


def open_alerts(case: Case) -> QuerySet[Alert]:
    """Return the signs of risk of a case that nobody has reviewed yet."""
    return Alert.objects.unreviewed().filter(case=case)


def triage_page(case: Case, user, at: dt.datetime) -> dict[str, Any]:
    """Return everything that the triage page of a case shows (REF-5, REF-6)."""
    return {
        "case": case,
        "row": queue_row(case, at),
        "flags": [(flag_label(flag.kind), flag) for flag in case.flags.all()],
        "scores": latest_scores(case),
        "source": SOURCES.get(case.source, case.source),
        "hours": wishes_in_words(case.wished_hours),
        "modality": MODALITIES.get(case.modality, case.modality),
        "assessment": getattr(case, "self_assessment", None),
        "sections": assessment_sections(case),
        "alerts": open_alerts(case) if user.has_role("triage") else [],
        "decisions": case.decisions.select_related("by", "answer", "answer__by"),
        "open": case.state in rules.DECIDABLE_STATES,
        "may_decide": user.has_role("triage"),
    }
