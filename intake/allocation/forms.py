"""What a person in patient services fills in to allocate by hand."""

from __future__ import annotations

from django import forms


class ByHandForm(forms.Form):
    """A clinician, the reason, and whether what may be overridden is."""

    clinician = forms.ChoiceField(label="Clinician", error_messages={"required": "Choose a clinician."})
    reason = forms.CharField(
        label="Why this clinician",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Write why you choose this clinician."},
    )
    override = forms.BooleanField(
        label="Allocate even though hours, leave or a pause speak against it",
        help_text="Clearance, documents, holds and full caseloads cannot be overridden.",
        required=False,
    )

    def __init__(self, *args, clinicians: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinician"].choices = [("", "Choose"), *clinicians]
