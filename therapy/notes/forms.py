"""What is typed for a note and for the details of a case."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from patients.models import Case
from patients.rules import PROBLEMS
from therapy.notes import rules
from ui.posting import offer


class NoteForm(forms.Form):
    """The five parts of a note (NOTE-1); each may be empty in a draft."""

    mark_optional = False
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        for name, (title, hint) in rules.PARTS.items():
            self.fields[name] = forms.CharField(
                label=title,
                help_text=hint,
                required=False,
                max_length=rules.PART_LENGTH,
                widget=forms.Textarea(attrs={"rows": 5}),
            )


class AddendumForm(forms.Form):
    """A correction of a signed note."""

    text = forms.CharField(
        label="Addendum",
        help_text="What should be added or corrected. It carries your name and the time.",
        max_length=rules.PART_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AgreementForm(forms.Form):
    """A supervisor's word on an unusual protocol; `detail` is the setting that the page showed."""

    mark_optional = False
    detail = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.TypedChoiceField(
        label="Do you agree to this protocol?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no"},
    )
    text = forms.CharField(
        label="What should the clinician know?",
        help_text="Needed where you do not agree.",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DetailsForm(forms.Form):
    """Provisional diagnosis, step and protocol of a case (NOTE-5)."""

    problem = forms.ChoiceField(label="Provisional diagnosis", choices=[("", "Choose"), *PROBLEMS.items()])
    step = forms.ChoiceField(label="Step", widget=forms.RadioSelect)
    protocol = forms.ChoiceField(label="Protocol", required=False)
    reason = forms.CharField(
        label="Why did it change?",
        help_text="Needed for a protocol that is not the usual one for the problem: your supervisor is asked to agree.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, case: Case, data: Any = None) -> None:
        initial = {"problem": case.problem, "step": case.step or case.provisional_step, "protocol": case.protocol}
        super().__init__(data, initial=initial)
        bought = [(value, label) for value, label in Case.Step.choices if value in case.site.steps]
        offer(self, "step", bought)
        groups = [(PROBLEMS[code], [(n, n) for n in names]) for code, names in rules.PROTOCOLS.items()]
        cast(forms.ChoiceField, self.fields["protocol"]).choices = [("", "Not chosen yet"), *groups]
