"""A questionnaire as a form: one group of radio buttons an item (MEAS-5)."""

from __future__ import annotations

from typing import Any

from django import forms

from measures.definitions import Definition


class AnswersForm(forms.Form):
    """All items of a measure; `finishing` asks for every one, otherwise those given are enough."""

    mark_optional = False

    def __init__(self, definition: Definition, *arguments: Any, finishing: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.definition = definition
        choices = [(str(option.value), option.label) for option in definition.options]
        for item in definition.items:
            self.fields[f"item_{item.number}"] = forms.ChoiceField(
                label=f"{item.number}. {item.text}",
                choices=choices,
                widget=forms.RadioSelect,
                required=finishing,
                error_messages={"required": f"Question {item.number} has no answer yet."},
            )

    def values(self) -> dict[int, int]:
        """Return the answers that were given rightly, item number to value."""
        given = {item.number: self.cleaned_data.get(f"item_{item.number}") for item in self.definition.items}
        return {number: int(value) for number, value in given.items() if value not in (None, "")}


def initial_of(answers: dict[int, int]) -> dict[str, str]:
    """Return kept answers as a form wants them."""
    return {f"item_{item}": str(value) for item, value in answers.items()}
