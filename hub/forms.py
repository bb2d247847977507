"""Forms of the library."""

from __future__ import annotations

from django import forms

from hub import rules


class TemplateForm(forms.Form):
    """A new version of a template; `based_on` is the version that the author had before them."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label="Title",
        help_text="Shown to clinicians when they choose.",
        max_length=rules.LONGEST_TITLE,
        error_messages={"required": "Write a title"},
    )
    text = forms.CharField(
        label="Text",
        help_text="Names in braces are filled in for each patient, for example {preferred_name}.",
        max_length=rules.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 22}),
        error_messages={"required": "Write the text"},
    )

    def show_preview_at(self, url: str) -> None:
        """Let the page ask for its preview there while somebody types."""
        self.fields["text"].widget.attrs |= {
            "hx-post": url,
            "hx-trigger": "input changed delay:400ms",
            "hx-target": "#preview",
            "hx-swap": "outerHTML",
            "hx-sync": "this:replace",
        }
