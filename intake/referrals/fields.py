"""Fields and widgets of the public pages: a grid of hours, suggestions, text that a reader understands (REF-1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from intake.referrals import rules
from patients.people.identity import Unreadable


class Grid(forms.CheckboxSelectMultiple):
    """Checkboxes in a table, a row a day and a column a part of the day."""

    template_name = "intake/widgets/grid.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        chosen, first_id = set(value or []), context["widget"]["attrs"].get("id", name)
        context["parts"] = [{"label": label, "hours": rules.PART_HOURS[part]} for part, label in rules.PARTS.items()]
        context["rows"] = [
            {
                "day": label,
                "cells": [
                    {
                        "value": f"{day}-{part}",
                        "id": f"{first_id}_{row * len(rules.PARTS) + column}",
                        "label": rules.WISHES[f"{day}-{part}"],
                        "checked": f"{day}-{part}" in chosen,
                    }
                    for column, part in enumerate(rules.PARTS)
                ],
            }
            for row, (day, label) in enumerate(rules.DAYS.items())
        ]
        return context


class Suggested(forms.TextInput):
    """A text box that suggests known values and takes any."""

    template_name = "intake/widgets/suggested.html"

    def __init__(self, suggestions: list[str] | None = None, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.suggestions = suggestions or []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if self.suggestions:
            context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_suggestions"
        return context | {"suggestions": self.suggestions}


class Read(forms.CharField):
    """A text box whose text a reader of `patients.people.identity` understands; `unreadable` replaces its words."""

    def __init__(self, *, reader: Any, subject: str, unreadable: str = "", **options: Any) -> None:
        options.setdefault("max_length", 120)
        options.setdefault("error_messages", {"required": f"{subject} is missing."})
        super().__init__(**options)
        self.reader, self.subject, self.unreadable = reader, subject, unreadable

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return self.reader(text) if text else ""
        except Unreadable as error:
            raise ValidationError(self.unreadable or f"{self.subject} {error}.") from None


def choice(label: str, options: Any, missing: str, **more: Any) -> forms.ChoiceField:
    """A question with radio buttons; `missing` says what to do where nothing was chosen."""
    more.setdefault("error_messages", {"required": missing})
    return forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect, **more)
