"""Forms of letters."""

from __future__ import annotations

from django import forms

from letters import rules


class PartsForm(forms.Form):
    """The parts of one kind of letter, and the version that the writer saw."""

    mark_optional = False  # a part may wait, but the letter is not submitted without it

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, kind: str, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for part in rules.TEMPLATES[kind].parts:
            self.fields[part.name] = forms.CharField(
                label=part.label,
                help_text=part.hint,
                required=False,
                max_length=rules.LONGEST_PART,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 7}),
            )

    def parts(self) -> dict[str, str]:
        """What was written, part by part."""
        return {name: text for name, text in self.cleaned_data.items() if name != "version"}


class QueryForm(forms.Form):
    """Why a letter goes back to its author."""

    reason = forms.CharField(
        label="What should be changed?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what should be changed"},
    )
