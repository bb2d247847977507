"""What is typed to offer, decline or cancel an appointment."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from sites.rules import MODALITIES
from therapy.appointments import booking, rules
from therapy.appointments.history import uk_clock
from therapy.appointments.models import Appointment
from ui.dates import EARLIEST_YEAR, LATEST_YEAR
from ui.posting import offer

REASON_LENGTH = 1000
MOMENT = "which"
NARROW = {"class": "nhsuk-input--width-10"}
# Beyond these no calendar can count on; how far ahead is too far for an appointment the rules say.
DAYS = [
    MinValueValidator(dt.date(EARLIEST_YEAR, 1, 1), "Check the year: this day is long past."),
    MaxValueValidator(dt.date(LATEST_YEAR, 12, 31), "Check the year: this day is too far ahead."),
]


class OfferForm(forms.Form):
    """Date and time as a UK wall clock shows them, length and modality from what the contract allows (APPT-1)."""

    conflict = False
    date = forms.DateField(label="Day", widget=forms.DateInput(attrs=NARROW | {"type": "date"}), validators=DAYS)
    time = forms.TimeField(
        label="Time", help_text="UK time, for example 19:00", widget=forms.TimeInput(attrs=NARROW | {"type": "time"})
    )
    which = forms.TypedChoiceField(
        label="Which of the two?",
        coerce=int,
        required=False,
        widget=forms.RadioSelect,
        help_text="The clocks go back in that night, so this time comes twice.",
    )
    modality = forms.ChoiceField(label="How", widget=forms.RadioSelect)
    minutes = forms.TypedChoiceField(label="Length", coerce=int, widget=forms.RadioSelect)
    anyway = forms.BooleanField(label="Offer another assessment all the same", required=False)
    client_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, case, *, second_assessment: bool, data: Any = None) -> None:
        super().__init__(data, initial={"client_key": uuid.uuid4().hex})
        self.case, self.second_assessment = case, second_assessment
        self.moments = self._moments()
        modalities = [name for name in case.site.modalities if booking.allowed_minutes(case, name)]
        self._choose("modality", [(name, MODALITIES[name]) for name in modalities])
        if case.modality in modalities:
            self.initial["modality"] = case.modality
        allowed = {name: booking.allowed_minutes(case, name) for name in modalities}
        self._choose("minutes", _lengths(allowed))
        if fitting := allowed.get(self.initial.get("modality", "")):
            self.initial["minutes"] = max(fitting)
        self._ask_which()
        if not second_assessment:
            del self.fields["anyway"]

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        """Offer the choices; a single one is settled and not asked."""
        offer(self, name, choices)
        if choices:
            self.initial[name] = choices[0][0]

    def _moments(self) -> list[dt.datetime]:
        """What the typed date and time mean; two in the night in which the clocks go back."""
        try:
            day = self.fields["date"].clean(self.data.get("date", ""))
            clock = self.fields["time"].clean(self.data.get("time", ""))
        except forms.ValidationError:
            return []
        return rules.uk_moments(day, clock)

    def _ask_which(self) -> None:
        if len(self.moments) < 2:
            del self.fields[MOMENT]
            return
        names = ("the first, summer time", "the second, an hour later, winter time")
        self._choose(MOMENT, [(n, f"{uk_clock(moment)}, {names[n]}") for n, moment in enumerate(self.moments)])
        del self.initial[MOMENT]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "date" in cleaned and "time" in cleaned:
            cleaned["starts_at"] = self._starts_at(cleaned)
        if self.second_assessment and not cleaned.get("anyway"):
            self.add_error("anyway", "Set step and diagnosis first, or tick that you want another assessment.")
        return cleaned

    def _starts_at(self, cleaned: dict[str, Any]) -> dt.datetime | None:
        if not self.moments:
            self.add_error("time", "This time does not exist: the clocks go forward in that night. Choose another.")
            return None
        if len(self.moments) == 1:
            return self.moments[0]
        if cleaned.get(MOMENT) in (None, ""):
            self.add_error(MOMENT if MOMENT in self.fields else "time", "Choose which of the two times you mean.")
            return None
        return self.moments[int(cleaned[MOMENT])]


def _lengths(allowed: dict[str, list[int]]) -> list[tuple[int, str]]:
    """Return the lengths as choices, longest first; where they go by modality each says for which."""
    differ = len({tuple(lengths) for lengths in allowed.values()}) > 1
    choices = []
    for length in sorted({m for lengths in allowed.values() for m in lengths}, reverse=True):
        names = [MODALITIES[name].lower() for name, lengths in allowed.items() if length in lengths]
        choices.append((length, f"{length} minutes ({' or '.join(names)})" if differ else f"{length} minutes"))
    return choices


class ReasonForm(forms.Form):
    """A word of why, for the other side's eyes."""

    reason = forms.CharField(
        label="Would you like to say why?",
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Your therapist can read this.",
    )


class CancelForm(ReasonForm):
    """The patient's cancellation; `shown` says which consequence the page named, so that none comes as a surprise."""

    conflict = False
    shown = forms.CharField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """The staff's cancellation: whose it is, and why."""

    side = forms.ChoiceField(
        label="Who cancels?",
        choices=[("clinician", "The clinician"), ("patient", "The patient, who told us")],
        widget=forms.RadioSelect,
        initial="clinician",
    )
    reason = forms.CharField(label="Why?", max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class CorrectionForm(forms.Form):
    """The outcome that an appointment should have had, and why (APPT-21)."""

    conflict = False
    after = forms.ChoiceField(label="What should it be?", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why is it corrected?",
        help_text="The clinician and finance read this, also on the pay statement. Do not name the patient.",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, appointment: Appointment, data: Any = None) -> None:
        super().__init__(data)
        statuses = [choice for choice in Appointment.Status.choices if rules.may_correct(appointment.status, choice[0])]
        offer(self, "after", statuses)
