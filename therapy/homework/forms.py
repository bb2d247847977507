"""Forms of homework."""

from __future__ import annotations

import uuid

from django import forms
from django.core.validators import RegexValidator

from ui.fields import DateParts

LONGEST = 2000


class HomeworkForm(forms.Form):
    """What to try, why, and until when; it goes to the patient in a message."""

    client_key = forms.CharField(
        widget=forms.HiddenInput,
        initial=lambda: uuid.uuid4().hex,
        validators=[RegexValidator(r"^[!-~]{1,64}$", "Reload the page and send it again.")],
    )
    what = forms.CharField(
        label="What to try",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what to try"},
    )
    why = forms.CharField(
        label="Why it helps",
        help_text="In everyday words.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    due_on = DateParts(
        label="Until when", subject="The day", required=False, help_text="In numbers: day, month and year."
    )
    text = forms.CharField(
        label="Your message with it",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def words(self) -> str:
        """Return all that the patient will read."""
        return "\n\n".join(self.cleaned_data[name] for name in ("text", "what", "why"))


class TakeBackForm(forms.Form):
    """Why homework is no longer needed, in words for the patient."""

    reason = forms.CharField(
        label="Why is it no longer needed?",
        help_text="The patient reads this. For example: We agreed on something that fits your week better.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why it is no longer needed"},
    )


class ReportForm(forms.Form):
    """How it went, in the patient's words; files come with it under `files`."""

    mark_optional = False
    client_key = forms.CharField(
        widget=forms.HiddenInput,
        required=False,
        initial=lambda: uuid.uuid4().hex,
        validators=[RegexValidator(r"^[!-~]{1,64}$", "Reload the page and send it again.")],
    )
    done = forms.BooleanField(label="I have done this", required=False)
    how = forms.CharField(
        label="How did it go?",
        help_text="You do not have to write anything. What was hard is worth knowing, too.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
