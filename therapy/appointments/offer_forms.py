"""What is typed to offer a series, or another time in place of one: the form of an offer with more on it."""

from __future__ import annotations

from typing import Any

from django import forms

from therapy.appointments import series
from therapy.appointments.forms import REASON_LENGTH, OfferForm


class SeriesForm(OfferForm):
    """An offer, how often it comes again, and which of its times are left out (APPT-10)."""

    every = forms.TypedChoiceField(
        label="How often", coerce=int, choices=list(series.EVERY.items()), widget=forms.RadioSelect, initial=1
    )
    times = forms.IntegerField(
        label="How many times in all",
        help_text=f"From {series.FEWEST} to {series.MOST}",
        min_value=series.FEWEST,
        max_value=series.MOST,
        initial=6,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3"}),
    )
    order = ("date", "time", "which", "every", "times", "modality", "minutes", "client_key")

    def __init__(self, case, *, data: Any = None) -> None:
        super().__init__(case, second_assessment=False, data=data)
        self.order_fields(self.order)
        self.fields["date"].label = "First day"


class MoveForm(OfferForm):
    """Another time for an appointment, who wishes it, and why (APPT-11)."""

    side = forms.ChoiceField(
        label="Who asks for another time?",
        choices=[("clinician", "The clinician"), ("patient", "The patient, who told us")],
        widget=forms.RadioSelect,
        initial="clinician",
        help_text="At the patient's wish the old time is judged by the 48-hour rule, as a cancellation would be.",
    )
    reason = forms.CharField(
        label="Why?", required=False, max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, appointment, *, data: Any = None) -> None:
        super().__init__(appointment.case, second_assessment=False, data=data)
        kept = {"modality": appointment.modality, "minutes": appointment.minutes}
        for name, value in kept.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField) and value in dict(list(field.choices)):  # type: ignore[arg-type]
                self.initial[name] = value
