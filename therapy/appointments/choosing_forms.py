"""What a patient sends to take a free time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms

from therapy.appointments import slot_rules
from therapy.appointments.times import Option


class ChooseForm(forms.Form):
    """One free time: all of it hidden, chosen on the page before, with the key that makes a second press harmless."""

    conflict = False
    is_read_again = False  # the time is free still; the page says something new that must be read first
    start = forms.CharField(max_length=40, widget=forms.HiddenInput)
    how = forms.CharField(max_length=20, widget=forms.HiddenInput)
    client_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, options: list[Option], data: Any, *, at: dt.datetime, asked: Mapping[str, str]) -> None:
        source = asked if data is None else data
        start, how = source.get("start", ""), source.get("how", "")
        super().__init__(data, initial={"start": start, "how": how, "client_key": uuid.uuid4().hex})
        self.moment = read_moment(start, at)
        self.option = next((option for option in options if option.key == how), None)

    def clean(self) -> dict[str, Any]:
        if self.moment is None or self.option is None:
            raise forms.ValidationError("Choose one of the free times.")
        return super().clean() or {}

    def chosen(self) -> dict[str, Any]:
        """What was chosen, as the verbs take it."""
        assert self.option is not None  # noqa: S101 - said by clean()
        return {
            "starts_at": self.moment,
            "minutes": self.option.minutes,
            "modality": self.option.modality,
            "client_key": self.cleaned_data["client_key"],
        }


class ChooseInsteadForm(ChooseForm):
    """The same in place of another appointment; `shown` says which consequence the page named (APPT-13)."""

    shown = forms.CharField(max_length=10, widget=forms.HiddenInput)

    def __init__(
        self, options: list[Option], data: Any, *, at: dt.datetime, asked: Mapping[str, str], late: bool
    ) -> None:
        super().__init__(options, data, at=at, asked=asked)
        self.consequence = "late" if late else "in time"
        self.initial["shown"] = self.consequence

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("shown") != self.consequence:
            self.conflict = self.is_read_again = True
            self.data = {**{name: self.data.get(name, "") for name in self.fields}, "shown": self.consequence}
            raise forms.ValidationError(
                "While this page was open the limit passed. Nothing is changed yet: please read on."
            )
        return given


def read_moment(text: str, at: dt.datetime) -> dt.datetime | None:
    """Return the moment (UTC) that a page sent, or None for what is none or lies beyond what can be chosen."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or not 1 < moment.year < 9998:
        return None
    moment = moment.astimezone(dt.UTC)
    return moment if abs(moment - at) <= 2 * slot_rules.AHEAD else None
