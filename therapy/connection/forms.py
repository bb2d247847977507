"""What is typed for an outage, and for a report of trouble that was looked at."""

from __future__ import annotations

from typing import Any

from django import forms

from therapy.connection.actions import LONGEST_WORDS

MOMENT = {"type": "datetime-local", "class": "nhsuk-input--width-20"}


class OutageForm(forms.Form):
    """A time in which the service was down (APPT-17)."""

    conflict = False
    began_at = forms.DateTimeField(label="It began", widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"))
    ended_at = forms.DateTimeField(
        label="It ended",
        help_text="Leave it empty while it goes on.",
        required=False,
        widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"),
    )
    what = forms.CharField(label="What was down?", max_length=200, widget=forms.TextInput())

    def clean(self) -> dict[str, Any]:
        """A moment without an end cannot be before the beginning."""
        cleaned = super().clean() or {}
        began, ended = cleaned.get("began_at"), cleaned.get("ended_at")
        if began and ended and ended <= began:
            self.add_error("ended_at", "The end must be after the beginning.")
        return cleaned


class LookForm(forms.Form):
    """What was done about a report."""

    words = forms.CharField(
        label="What did you do?",
        help_text="For example: rang the patient, agreed another time.",
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
