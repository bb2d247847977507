"""Forms of the ending."""

from __future__ import annotations

from django import forms

from discharge.rules import Choice
from ui.posting import offer


class EndingForm(forms.Form):
    """How therapy ends and why; only what fits the case's facts can be chosen."""

    status = forms.ChoiceField(
        label="How does therapy end?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how therapy ends", "invalid_choice": "Choose one of the statuses listed"},
    )
    rationale = forms.CharField(
        label="Why?",
        help_text="A sentence or two. It goes to the general admin notes.",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say in a sentence or two why"},
    )

    def __init__(self, choices: list[Choice], *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "status", [(choice.status, choice.label) for choice in choices if not choice.why_not])
