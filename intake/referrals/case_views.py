"""The referral and self-assessment of a case, for the patient and for those who look after the case."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import requires, visible
from intake.referrals import rules
from intake.selfassessment.forms import PAGES, answer_in_words
from patients.models import Case


@requires("referral", "read", methods=("GET",))
def referral(request: HttpRequest, case: str) -> HttpResponse:
    """What was said when the person was referred, and in the self-assessment."""
    found = visible(request, Case, "patient", "site", "referral", "self_assessment", ref=case)
    context = {
        "case": found,
        "referral": getattr(found, "referral", None),
        "hours": rules.wishes_in_words(found.wished_hours),
        "gender": rules.GENDER_WISHES.get(found.patient.clinician_gender, ""),
        "pages": answers_of(getattr(found, "self_assessment", None)),
    }
    return render(request, "intake/referral_case.html", context)


def answers_of(assessment) -> list[dict[str, Any]]:
    """The pages of a self-assessment with questions and answers in words, without those not done."""
    done = assessment.answers if assessment else {}
    return [
        {
            "title": form.title,
            "answers": [
                (field.label, answer_in_words(field, done[page].get(name, "")))
                for name, field in form.base_fields.items()
                if done[page].get(name)
            ],
        }
        for page, form in PAGES.items()
        if page in done
    ]
