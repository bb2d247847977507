"""What a patient notes on a line."""

from django import forms

from therapy.transcripts.rules import LONGEST_NOTE


class NoteForm(forms.Form):
    """A private note; `version` is that of the save it is based on (MSG-9)."""

    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False, initial=0)
    text = forms.CharField(
        label="Your note",
        help_text="Only you can ever see it.",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0
