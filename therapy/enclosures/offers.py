"""What a therapist can put into a message from the composer: each kind is offered by its owner (MSG-4).

Chosen values travel as a mapping of field names; the thing itself is made when the message is sent for good, so that
one that was taken back leaves nothing behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from patients.models import Case
from therapy.enclosures.actions import enclose
from ui.errors import Refused

LONGEST_VALUE = 600
# In this order the composer shows them.
ORDER = ("worksheet", "questionnaire", "link", "letter")
Chosen = Mapping[str, str]


@dataclass(frozen=True)
class Offer:
    """One kind that can be put into a message.

    `fields` makes its form fields for a case, the first of which decides whether it is chosen; `check` raises Refused
    for what may not be sent; `make` makes the thing for a message that has just been written, and returns its
    reference.
    """

    kind: str
    names: tuple[str, ...]
    fields: Callable[[Case], dict[str, forms.Field]]
    check: Callable[[Case, Chosen], None]
    make: Callable[[Any, Chosen, dt.datetime], object]


_offers: dict[str, Offer] = {}


def offer(made: Offer) -> None:
    """Offer a kind in the composer; called when the app of its owner is ready."""
    _offers[made.kind] = made
    for kind in ORDER:
        if kind in _offers:
            _offers[kind] = _offers.pop(kind)


def choice_offer(kind: str, label: str, empty: str, choices: Callable, make: Callable) -> Offer:
    """Return an offer of one thing out of a list: `choices(case)` are pairs, `make(message, value, at)` the thing."""
    name = f"add_{kind}"

    def fields(case: Case) -> dict[str, forms.Field]:
        found = list(choices(case))
        widget = forms.Select(attrs={"data-drafted": ""})
        hint = "" if found else empty
        listed = [("", "None"), *found]
        return {name: forms.ChoiceField(label=label, choices=listed, required=False, help_text=hint, widget=widget)}

    def check(case: Case, chosen: Chosen) -> None:
        if chosen[name] not in dict(choices(case)):
            raise Refused(f"{label}: this can no longer be sent.", field=name, remedy="Choose again.")

    return Offer(kind, (name,), fields, check, lambda message, chosen, at: make(message, chosen[name], at))


def names() -> list[str]:
    """Return the names of all fields, in order."""
    return [name for one in _offers.values() for name in one.names]


def is_chosen(one: Offer, chosen: Chosen) -> bool:
    return bool(chosen.get(one.names[0]))


def any_chosen(chosen: Chosen) -> bool:
    """Whether anything is put into the message."""
    return any(is_chosen(one, chosen) for one in _offers.values())


def refuse_unfit(case: Case, chosen: Chosen) -> None:
    """Raise Refused for the first thing that may not be sent in a message of this case."""
    for one in _offers.values():
        if is_chosen(one, chosen):
            one.check(case, chosen)


def put_in(message, chosen: Chosen, at: dt.datetime) -> None:
    """Make what was chosen, and enclose it, in the transaction that writes the message."""
    for one in _offers.values():
        if is_chosen(one, chosen):
            enclose(one.kind, one.make(message, chosen, at), message=message, at=at)


class AddsForm(forms.Form):
    """What is put into a message besides words and files."""

    mark_optional = False

    def __init__(self, case: Case, data: Any = None, *, initial: Chosen | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        for one in _offers.values():
            self.fields.update(one.fields(case))

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, by field."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def is_open(self) -> bool:
        """Whether the page shows it opened: something is chosen, or wrong."""
        return bool(self.errors) or any(field.value() for field in self)
