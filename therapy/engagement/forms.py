"""Forms of engagement."""

from __future__ import annotations

from django import forms

from therapy.engagement.models import BreachDecision

LONGEST_REASON = 2000


class ExcuseForm(forms.Form):
    """Why a missed or late-cancelled session does not count."""

    reason = forms.CharField(
        label="Why does it not count?",
        help_text="For example an emergency. The patient may read this one day.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why it does not count"},
    )


class DecisionForm(forms.Form):
    """Whether therapy goes on after the last allowed breach."""

    kind = forms.ChoiceField(
        label="Does therapy go on?",
        choices=BreachDecision.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether therapy goes on"},
    )
    reason = forms.CharField(
        label="Why?",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why"},
    )
