"""What a person in patient services fills in to allocate by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinicians.models import Clinician


class ClinicianField(forms.ModelChoiceField):
    """A clinician by reference; what is no reference at all is answered like one that is not in the list."""

    def to_python(self, value: Any) -> Clinician | None:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class ByHandForm(forms.Form):
    """A clinician, the reason, and whether what may be overridden is."""

    clinician = ClinicianField(
        label="Clinician",
        queryset=Clinician.objects.select_related("user"),
        to_field_name="ref",
        empty_label="Choose",
        error_messages={"required": "Choose a clinician.", "invalid_choice": "Choose a clinician from the list."},
    )
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
