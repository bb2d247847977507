"""The patient's home: where the referral stands, what to do next, the next appointment, what is new."""

from __future__ import annotations

import datetime as dt
from typing import Any

from intake.models import SelfAssessment
from intake.referrals.queries import where_it_stands
from intake.triage.queries import open_question, refusal
from letters.models import Letter
from measures.models import Questionnaire
from patients.models import Case
from therapy.models import Appointment, Message

NEW_LETTER_DAYS = 14


def patient_home(user, at: dt.datetime) -> dict[str, Any]:
    """Return what the patient's home shows for the newest case."""
    case = Case.objects.visible_to(user).select_related("clinician__user", "site").order_by("-referred_at").first()
    if case is None:
        return {"case": None}
    appointments = list(
        Appointment.objects.filter(case__patient__user=user)
        .upcoming(at)
        .select_related("clinician__user", "session", "case__policy_version")
        .order_by("during")
    )
    recent = at - dt.timedelta(days=NEW_LETTER_DAYS)
    return {
        "case": case,
        "stands": where_it_stands(case),
        "self_assessment": SelfAssessment.objects.filter(case=case, completed_at=None).first(),
        "question": open_question(case),
        "refusal": refusal(case),
        "questionnaires": Questionnaire.objects.filter(case=case, completed_at=None).exclude(
            occasion="self-assessment"
        ),
        "to_answer": [a for a in appointments if a.status == "offered"],
        "next": next((a for a in appointments if a.status == "confirmed"), None),
        "unread": Message.objects.filter(case=case).unread_by(user).count(),
        "letters": Letter.objects.visible_to(user, "own_letters")
        .filter(approved_at__gte=recent)
        .order_by("-approved_at"),
    }
