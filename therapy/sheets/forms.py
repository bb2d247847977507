"""What is written in a worksheet."""

from __future__ import annotations

from typing import Any

from django import forms

from therapy.sheets.actions import LONGEST
from therapy.sheets.library import Blank
from ui.saving import Saved

VERSION = "version_"


class FieldForm(forms.Form):
    """One field as it is being written; `version` is the save that the page saw last (MSG-9)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    text = forms.CharField(required=False, strip=False, max_length=2 * LONGEST)


class SheetForm(forms.Form):
    """All fields of a worksheet, each with the version that the page saw last."""

    mark_optional = False

    def __init__(
        self, blank: Blank, data: Any = None, *, kept: dict[str, Saved] | None = None, prefix: str = ""
    ) -> None:
        found = kept or {}
        initial: dict[str, Any] = {name: saved.texts.get("text", "") for name, saved in found.items()}
        initial |= {f"{VERSION}{name}": saved.version for name, saved in found.items()}
        super().__init__(data, initial=initial, auto_id=f"{prefix}%s")
        for field in blank.fields:
            attrs = {"rows": 3, "data-sheet-field": field.name}
            self.fields[field.name] = forms.CharField(
                label=field.label,
                help_text=field.hint,
                required=False,
                strip=False,
                max_length=LONGEST,
                widget=forms.Textarea(attrs=attrs),
            )
            self.fields[f"{VERSION}{field.name}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, min_value=0, max_value=10**9, initial=0
            )
        self.names = blank.names

    def written(self) -> dict[str, tuple[str, int]]:
        """Return text and version of every field, by its name."""
        given = self.cleaned_data
        return {name: (given[name], given[f"{VERSION}{name}"] or 0) for name in self.names}


class BeginForm(forms.Form):
    """Which sheet the two begin."""

    slug = forms.SlugField(max_length=30)
