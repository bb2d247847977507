"""What a person wants to be told, by which channel, and when not (ACC-17)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from notices.catalogue import GROUPS
from notices.models import OutboxMessage, Preferences

EMAIL, TEXT = OutboxMessage.Channel.EMAIL, OutboxMessage.Channel.TEXT
WAYS = {EMAIL.value: "By e-mail", TEXT.value: "By text message"}


def _clock(label: str) -> forms.TimeField:
    widget = forms.TimeInput({"class": "nhsuk-input nhsuk-input--width-5", "inputmode": "numeric"}, format="%H:%M")
    return forms.TimeField(
        label=label, required=False, widget=widget, error_messages={"invalid": "Write the time as 21:30"}
    )


class PreferencesForm(forms.Form):
    """One line of boxes for each group of notices, and the quiet hours; texts are offered to patients alone."""

    mark_optional = False

    def __init__(self, *arguments, chosen: Preferences, for_patient: bool, **options) -> None:
        super().__init__(*arguments, **options)
        self.groups = [name for name, group in GROUPS.items() if _concerns(group, for_patient)]
        ways = WAYS if for_patient else {EMAIL.value: WAYS[EMAIL.value]}
        self.ways = list(ways)
        for name in self.groups:
            self.fields[name] = forms.MultipleChoiceField(
                label=GROUPS[name].label,
                choices=list(ways.items()),
                initial=[way for way in ways if chosen.wants(name, way)],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["quiet_from"] = _clock("Quiet from")
        self.fields["quiet_from"].help_text = (
            "By your own clock, such as 21:30. What comes in between goes out afterwards. "
            "Leave both empty for no quiet hours."
        )
        self.fields["quiet_until"] = _clock("Quiet until")
        self.initial["quiet_from"], self.initial["quiet_until"] = chosen.quiet_from, chosen.quiet_until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begins is None) != (ends is None) and not self.errors:
            raise ValidationError({"quiet_until" if ends is None else "quiet_from": "Fill in both times, or neither"})
        if begins is not None and begins == ends:
            raise ValidationError({"quiet_until": "The two times are the same. Leave both empty for no quiet hours"})
        return cleaned

    def switched_off(self) -> list[str]:
        """What the person does not want, as the verb takes it."""
        return [f"{name}:{way}" for name in self.groups for way in self.ways if way not in self.cleaned_data[name]]

    def quiet(self) -> tuple[dt.time | None, dt.time | None]:
        return self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]


def _concerns(group, for_patient: bool) -> bool:
    return group.for_patients if for_patient else group.for_staff
