"""What is filled in on tickets: one form a type, made from the type's questions, and the dialogue."""

from __future__ import annotations

import uuid

from django import forms

from supervision import rules
from supervision.models import Ticket
from ui.posting import offer

LONGEST_TEXT = 6000


def new_key() -> str:
    return uuid.uuid4().hex


class KeyedForm(forms.Form):
    """A form that knows itself, so that a double click does once what it does."""

    client_key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=new_key)


class TicketForm(KeyedForm):
    """The form of one type of ticket (SUP-2); nothing is required here, the rule of the type says what is."""

    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**9, initial=0)

    def __init__(self, *args, kind: rules.Type, draft: bool = False, **kwargs) -> None:
        """`draft`: as far as it is typed, so that nothing may be missing but the version (MSG-9)."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        for question in kind.asked:
            self.fields[question.name] = field_of(question)
        for name, field in self.fields.items():
            field.required = name == "version" if draft else field.required

    def texts(self) -> dict[str, str]:
        """What was typed, by question; a choice is not typed."""
        return {question.name: self.cleaned_data[question.name] for question in self.kind.asked if not question.number}

    def said(self) -> list[str]:
        """What was typed, as texts (NOTE-8)."""
        return list(self.texts().values())

    def empty(self) -> list[str]:
        """Return the labels of what was left empty (SUP-3)."""
        return rules.empty_fields(self.kind, self.cleaned_data)


def field_of(question: rules.Question) -> forms.Field:
    """Return the form field of one question."""
    if question.number:
        choices = [("", "Not given"), *((str(number), str(number)) for number in rules.INTENT)]
        return forms.ChoiceField(label=question.label, help_text=question.hint, choices=choices, required=False)
    return forms.CharField(
        label=question.label,
        help_text=question.hint,
        max_length=LONGEST_TEXT,
        required=question.required,
        error_messages={"required": f"Fill in: {question.label.lower()}."},
        widget=forms.Textarea({"rows": 6 if question.name == "question" else 3}),
    )


class PostForm(KeyedForm):
    """One turn of the dialogue."""

    text = forms.CharField(
        label="Your answer",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "Write your answer."},
    )


class ClosingForm(forms.Form):
    """How a ticket ends."""

    outcome = forms.ChoiceField(
        label="Outcome", widget=forms.RadioSelect, error_messages={"required": "Choose one of the outcomes."}
    )
    text = forms.CharField(
        label="Advice, or what was agreed",
        help_text="You can leave this empty where your answer already stands above.",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, *args, kind: rules.Type, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "outcome", kind.outcomes.items())


class DeskForm(forms.Form):
    """Filters of the desk; what makes no sense is left out."""

    clinician = forms.ChoiceField(label="Clinician", required=False)
    type = forms.ChoiceField(label="Type", required=False)
    state = forms.ChoiceField(label="State", required=False)
    mark_optional = False

    def __init__(self, *args, clinicians: list[tuple[str, str]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "clinician", [("", "All clinicians"), *clinicians])
        offer(self, "type", [("", "All types"), *rules.type_choices()])
        offer(self, "state", [("", "All open"), *Ticket.State.choices])

    def chosen(self) -> dict[str, str]:
        """Return the filters that make sense."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
