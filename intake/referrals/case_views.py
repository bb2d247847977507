"""The referral and self-assessment of a case, for the patient and for those who look after the case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import requires, visible
from accounts.requests import Request
from intake.referrals import actions, rules
from intake.referrals.queries import where_it_stands
from intake.selfassessment.forms import PAGES, answer_in_words
from patients.models import Case


class WithdrawalForm(forms.Form):
    """Why, if the person wants to say."""

    reason = forms.CharField(
        label="Why?",
        help_text="You need not say.",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )


@requires("referral", "read", methods=("GET",))
def referral(request: Request, case: str) -> HttpResponse:
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


@requires("referral", "write")
def withdrawal(request: Request, case: str) -> HttpResponse:
    """The patient, or patient services in the patient's name, withdraws a referral."""
    found = visible(request, Case, "patient", ref=case)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    standing = where_it_stands(found)
    if request.method == "POST" and form.is_valid():
        actions.withdraw(found, form.cleaned_data["reason"], by=request.user)
        messages.success(request, "The referral is withdrawn.")
        return HttpResponse(status=303, headers={"Location": reverse("desk:home")})
    context = {"case": found, "form": form, "standing": standing}
    return render(request, "intake/referral_withdrawal.html", context, status=422 if form.errors else 200)


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
