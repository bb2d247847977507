"""Forms of the case page."""

from __future__ import annotations

from django import forms

from patients.models import AdminNote


class AdminNoteForm(forms.Form):
    """One entry of the general admin notes."""

    kind = forms.ChoiceField(label="Kind", choices=AdminNote.Kind.choices, initial=AdminNote.Kind.OTHER)
    text = forms.CharField(
        label="What happened?",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what happened"},
    )
