"""The review of an alert, and the level of risk of a case (RISK-1, RISK-8)."""

from __future__ import annotations

from django import forms

from risk import rules
from risk.models import RiskHandover

LEVEL_WORDS = {
    "none": "None: no risk found",
    "low": "Low",
    "medium": "Medium",
    "high": "High: the case stays until the level is lower",
    "immediate": "Immediate: the case stays until the level is lower",
}


def level_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Level of risk",
        choices=list(LEVEL_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the level of risk that you found."},
    )


def words(label: str, help_text: str, missing: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=rules.LONGEST_WORDS,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": missing},
    )


class ReviewForm(forms.Form):
    """What was considered, what was done, which level was found."""

    considered = words(
        "What did you consider?",
        "For example earlier answers, history, what the person said, what protects them.",
        "Write what you considered.",
    )
    done = words(
        "What did you do?",
        "For example a call or message, a safety plan, supervision, the GP. If nothing was needed, write why.",
        "Write what you did.",
    )
    level = level_field()


class LevelForm(forms.Form):
    """A new level of risk, and why."""

    level = level_field()
    reason = words("Why?", "What changed since the level was last set.", "Write why.")


class HandoverForm(forms.Form):
    """Who holds the risk now, and why."""

    kind = forms.ChoiceField(
        label="What happened?",
        choices=RiskHandover.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happened."},
    )
    to = forms.CharField(
        label="Who holds the risk now?",
        help_text="The service, and the person if you know the name.",
        max_length=200,
        error_messages={"required": "Write who holds the risk now."},
    )
    why = words("Why is it safe?", "With the reference of the referral, if there is one.", "Write why.")
