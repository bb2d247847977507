"""Forms of sites: the policy, made of its documented fields, and the protocol page."""

from __future__ import annotations

from typing import Any

from django import forms

from sites import rules
from sites.rules import Kind, Policy, PolicyError

LONGEST_PROTOCOL = 50_000


class PolicyForm(forms.Form):
    """One control for each number of a policy; tables have one for each of their rows, named "table.row"."""

    def __init__(self, *args, policy: Policy, **kwargs) -> None:
        kwargs.setdefault("initial", _initial(policy))
        super().__init__(*args, **kwargs)
        for name, kind in rules.documented_fields().items():
            self.fields.update(_controls(name, kind))
        self.fields["applies_to_open_cases"] = forms.BooleanField(
            label="The change applies to open cases too",
            help_text="Otherwise each open case keeps the policy that it started under.",
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                self.policy = Policy.from_data(_data(given))
            except PolicyError as error:
                first = next(name for name in self.fields if name.split(".")[0] == error.field)
                self.add_error(first, f"{rules.documented_fields()[error.field].label}: {error.message}.")
        return given


def _controls(name: str, kind: Kind) -> dict[str, forms.Field]:
    if name == "wait_minutes":
        return {f"{name}.{step}": _minutes(f"{kind.label}, step {step} (minutes)") for step in rules.STEPS}
    if name in ("typed_minutes", "video_minutes"):
        return {f"{name}.{key}": _lengths(f"{kind.label}, {_row(key)}") for key in rules.LENGTH_KEYS}
    if kind.choices:
        return {name: forms.ChoiceField(label=kind.label, choices=list(kind.choices.items()))}
    if kind.unit == "yes or no":
        choices = [("yes", "Yes"), ("no", "No")]
        return {name: forms.ChoiceField(label=kind.label, choices=choices, widget=forms.RadioSelect)}
    label = f"{kind.label} ({kind.unit})"
    return {name: _narrow(forms.IntegerField(label=label, min_value=kind.lowest, max_value=kind.highest))}


def _minutes(label: str) -> forms.IntegerField:
    return _narrow(forms.IntegerField(label=label, min_value=1, max_value=rules.LONGEST_WAIT_MINUTES))


def _narrow(field: forms.IntegerField) -> forms.IntegerField:
    field.widget.attrs["class"] = "nhsuk-input--width-3"
    return field


def _lengths(label: str) -> forms.CharField:
    return forms.CharField(label=label, help_text="Minutes, with commas between: 60, 30", max_length=40)


def _row(key: str) -> str:
    return "assessment" if key == "assessment" else f"step {key}"


def _initial(policy: Policy) -> dict[str, Any]:
    """The policy as the controls show it."""
    shown: dict[str, Any] = {}
    for name, value in policy.as_data().items():
        if isinstance(value, dict):
            rows = {f"{name}.{key}": row for key, row in value.items()}
            shown |= {key: ", ".join(map(str, row)) if isinstance(row, list) else row for key, row in rows.items()}
        elif isinstance(value, bool):
            shown[name] = "yes" if value else "no"
        else:
            shown[name] = value
    return shown


def _data(given: dict[str, Any]) -> dict[str, Any]:
    """What was typed as a policy's data; what cannot be read is left as text for the policy to refuse."""
    data: dict[str, Any] = {}
    for control, value in given.items():
        name, _, row = control.partition(".")
        if row:
            data.setdefault(name, {})[row] = value if isinstance(value, int) else _numbers(value)
        elif name != "applies_to_open_cases":
            data[name] = {"yes": True, "no": False}.get(value, value)
    return data


def _numbers(text: str) -> list[int | str]:
    parts = [part.strip() for part in text.split(",")]
    return [int(part) if part.isdecimal() else part for part in parts]


class ProtocolForm(forms.Form):
    """The text of the protocol page."""

    text = forms.CharField(
        label="Protocol",
        help_text="Who is accepted and who is not, referral back, secondary care, safeguarding, out-of-hours numbers. "
        "An empty line begins a new paragraph.",
        max_length=LONGEST_PROTOCOL,
        widget=forms.Textarea(attrs={"rows": 20}),
    )
