"""A clinician's own forms: when, how many, away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from clinicians import rules
from clinicians.models import HoursException
from ui.fields import DateParts
from ui.words import clock

HEADS = [("Morning", "8am to midday"), ("Afternoon", "midday to 5pm"), ("Evening", "5pm to 10pm")]
LONGEST_AHEAD = dt.timedelta(days=2 * 365)


HOLD = {"hold": "Hold new cases", "leave": "Leave it as it is", "lift": "Let new cases go there again"}


class HoldForm(forms.Form):
    """Whether new cases go to a clinician, and why (TIME-6); `offered` are the keys of HOLD that fit at the moment."""

    mark_optional = False

    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=list(HOLD.items()),
        widget=forms.HiddenInput,
        error_messages={"required": "Choose one of the two", "invalid_choice": "Choose one of the two"},
    )
    reason = forms.CharField(
        label="Why?",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why in a sentence"},
    )

    def __init__(self, data: Any = None, *, offered: list[str]) -> None:
        super().__init__(data, initial={"decision": offered[0] if len(offered) == 1 else ""})
        if offered != [(data or self.initial).get("decision")]:
            self.fields["decision"].widget = forms.RadioSelect(choices=[(one, HOLD[one]) for one in offered])
        self.fields["reason"].label = "Why is the hold lifted?" if offered == ["lift"] else "Why?"
        if "hold" in offered:
            self.fields["reason"].help_text = "The clinician and patient services read why new cases are held."


class WeekGrid(forms.CheckboxSelectMultiple):
    """Tick boxes in a table, a row a day and a column a part of the day."""

    template_name = "clinicians/week.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        chosen = set(value or [])
        context["heads"] = HEADS
        context["rows"] = [
            (label, [_cell(f"{day}-{part}", part, chosen) for part in rules.PARTS])
            for day, label in zip(rules.WEEKDAYS, rules.WEEKDAY_NAMES, strict=True)
        ]
        return context


def _cell(value: str, part: str, chosen: set[str]) -> dict[str, Any]:
    return {"value": value, "part": part, "checked": value in chosen}


class AvailabilityForm(forms.Form):
    """The weekly pattern by parts of days, and how many cases at once (CLIN-5)."""

    parts = forms.MultipleChoiceField(
        label="When do you work?",
        help_text="UK time. Patients ask most for evenings and weekends.",
        choices=[(part, part) for part in rules.DAY_PARTS],
        widget=WeekGrid,
        required=False,
    )
    vars(parts)["mark_optional"] = False
    desired_caseload = forms.IntegerField(
        label="How many cases would you like to hold at once?",
        help_text="New cases are offered while you hold fewer. 0 means none for now.",
        min_value=0,
        max_value=rules.MOST_CASES,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3"}),
    )
    self_booking = forms.BooleanField(
        label="Patients may choose one of my free times themselves",
        help_text="What they choose is booked and confirmed at once, 48 hours ahead or more.",
        required=False,
    )
    vars(self_booking)["mark_optional"] = False


class HalfHours(forms.CheckboxSelectMultiple):
    """Tick boxes by day and part of the day, one for each half hour."""

    template_name = "clinicians/half_hours.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        chosen = set(value or [])
        context["days"] = [_day_of_cells(number, label, chosen) for number, label in enumerate(rules.WEEKDAY_NAMES)]
        return context


def _day_of_cells(weekday: int, label: str, chosen: set[str]) -> dict[str, Any]:
    """A day's half hours by part of the day, and how many of them are worked."""
    names = [(f"{weekday}-{starts:%H:%M}", starts) for starts in rules.half_hours()]
    parts = [
        (
            part,
            [
                {"value": name, "words": clock(dt.datetime.combine(dt.date.min, starts)), "checked": name in chosen}
                for name, starts in names
                if begins <= starts < ends
            ],
        )
        for part, (begins, ends) in rules.PARTS.items()
    ]
    return {"label": label, "parts": parts, "worked": sum(name in chosen for name, _ in names) / 2}


class ExactHoursForm(forms.Form):
    """The weekly pattern by half hours (CLIN-5)."""

    hours = forms.MultipleChoiceField(
        label="The half hours in which you work",
        help_text="UK time. Each box is the half hour that begins then.",
        choices=[(name, name) for day in range(7) for name in (f"{day}-{h:%H:%M}" for h in rules.half_hours())],
        widget=HalfHours,
        required=False,
    )
    vars(hours)["mark_optional"] = False


CLOCKS = [
    (f"{starts:%H:%M}", clock(dt.datetime.combine(dt.date.min, starts)))
    for starts in [*rules.half_hours(), rules.LATEST_HOUR]
]


class DayHoursForm(forms.Form):
    """Other hours on one date than the week says (CLIN-5)."""

    kind = forms.ChoiceField(
        label="What is different on that day?",
        choices=[(HoursException.Kind.EXTRA, "I work extra hours"), (HoursException.Kind.BLOCKED, "I do not work")],
        widget=forms.RadioSelect,
    )
    day = DateParts(label="Day", subject="The day", help_text="For example, 24 12 2026")
    starts = forms.ChoiceField(label="From", choices=CLOCKS[:-1], help_text="UK time")
    ends = forms.ChoiceField(label="To", choices=CLOCKS[1:], initial=CLOCKS[-1][0])

    def __init__(self, data: Any = None, *, today: dt.date) -> None:
        super().__init__(data, auto_id="id_date_%s")
        field = self.fields["day"]
        if isinstance(field, DateParts):
            field.earliest, field.latest = lambda: today, lambda: today + LONGEST_AHEAD

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("starts", "ends"):
            if given.get(name):
                given[name] = dt.time.fromisoformat(given[name])
        if given.get("starts") and given.get("ends") and given["ends"] <= given["starts"]:
            self.add_error("ends", "The end comes before the start. Check the two times.")
        return given


class LeaveForm(forms.Form):
    """Days away, the first and the last included (CLIN-7)."""

    first_day = DateParts(label="First day away", subject="The first day", help_text="For example, 24 12 2026")
    last_day = DateParts(label="Last day away", subject="The last day", help_text="The same day if it is only one.")

    def __init__(self, *args, today: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, DateParts):
                field.earliest, field.latest = lambda: today, lambda: today + LONGEST_AHEAD

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day comes before the first. Check the two days.")
        return given
