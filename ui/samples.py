"""What the style page shows: one form with every kind of field, and two charts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from ui.charts import Band, LineChart, Reading, Series, line_chart
from ui.fields import DateParts

FIRST_DAY = datetime(2026, 9, 1, 12, tzinfo=UTC)
DAYS = (0, 7, 15, 22, 36, 50, 64)
MOOD = (19, 17, 18, 13, 11, 9, 6)
WORRY = (15, 16, 13, 12, 8, 8, 5)
BANDS = (
    Band("minimal", 0, 4),
    Band("mild", 5, 9),
    Band("moderate", 10, 14),
    Band("moderately severe", 15, 19),
    Band("severe", 20, 27),
)


class SampleForm(forms.Form):
    """One of each kind of field."""

    name = forms.CharField(label="What should we call you?", max_length=80, help_text="Any name you like to be called.")
    email = forms.EmailField(label="E-mail address", required=False)
    born = DateParts(label="Date of birth", subject="Your date of birth", birthday=True)
    contact = forms.ChoiceField(
        label="How may we reach you?",
        choices=[("mail", "By e-mail"), ("text", "By text message"), ("post", "By post")],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label="Which days suit you?",
        choices=[("mon", "Monday"), ("tue", "Tuesday"), ("sat", "Saturday")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose all that suit you.",
        required=False,
    )
    site = forms.ChoiceField(label="Area", choices=[("", "Choose an area"), ("a", "Fenland"), ("b", "Northmoor")])
    words = forms.CharField(
        label="What would you like to change?", max_length=500, widget=forms.Textarea(attrs={"rows": 5})
    )
    letter = forms.FileField(label="A letter, if you have one", required=False)
    agree = forms.BooleanField(label="I have read how my answers are used", help_text="You can change your mind later.")


def readings(values: tuple[int, ...]) -> tuple[Reading, ...]:
    return tuple(Reading(FIRST_DAY + timedelta(days=day), value) for day, value in zip(DAYS, values, strict=True))


def mood_chart() -> LineChart:
    return line_chart([Series("PHQ-9", readings(MOOD))], low=0, high=27, bands=BANDS, cutoff=10)


def both_chart() -> LineChart:
    series = [Series("PHQ-9", readings(MOOD)), Series("GAD-7", readings(WORRY))]
    return line_chart(series, low=0, high=27)


def empty_chart() -> LineChart:
    return line_chart([Series("PHQ-9", ())], low=0, high=27)


def finding() -> dict[str, Any]:
    """Return what is pointed out to somebody before a text goes, with its key."""
    passages = ("six more sessions",)
    advice = "How many there will be is decided as therapy goes on. Leave the number out."
    return {
        "findings": [{"title": "The text promises a number of sessions.", "advice": advice, "passages": passages}],
        "key": "a-sample",
    }
