"""A clinician's own forms: when, how many, away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from clinicians import rules
from ui.fields import DateParts

HEADS = [("Morning", "8am to midday"), ("Afternoon", "midday to 5pm"), ("Evening", "5pm to 10pm")]
LONGEST_AHEAD = dt.timedelta(days=2 * 365)


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
