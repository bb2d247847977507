"""Forms of the case page and of the operator's page."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from deadlines.rules import UK
from patients.models import AdminNote
from ui.fields import DateParts

# What of the log is shown: entries that were addressed to patient services.
SHOWN = {"asked": "Asked of patient services", "waiting": "Asked and not done yet"}


class AdminNoteForm(forms.Form):
    """One entry of the general admin notes; `corrects` names the entry that it puts right (NOTE-4)."""

    corrects = forms.UUIDField(widget=forms.HiddenInput, required=False)

    kind = forms.ChoiceField(label="Kind", choices=AdminNote.Kind.choices, initial=AdminNote.Kind.OTHER)
    reached = forms.ChoiceField(
        label="Did you speak with the patient?",
        help_text="Only for a call. A call in which you spoke counts as a word of the patient; the others do not.",
        choices=[("", "This was not a call"), *AdminNote.Reached.choices],
        required=False,
    )
    text = forms.CharField(
        label="What happened?",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what happened"},
    )
    asked = forms.BooleanField(
        label="Ask patient services to do something about it",
        help_text="It stands on their list until they say what they did.",
        required=False,
    )

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        vars(self.fields["reached"])["mark_optional"] = False  # for a call it must be said

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        kind, reached = cleaned.get("kind"), cleaned.get("reached")
        if kind == AdminNote.Kind.CALL and reached == "":
            self.add_error("reached", "Say whether you spoke with the patient")
        elif kind and kind != AdminNote.Kind.CALL and reached:
            self.add_error("kind", "You said what the call came to: choose “Call”, or say that it was not a call")
        return cleaned


class AdminTaskForm(forms.Form):
    """The word with which patient services close what was asked of them."""

    text = forms.CharField(
        label="What was done?",
        help_text="It stands beside the entry, with your name.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what was done"},
    )


class LogForm(forms.Form):
    """What the log of a case is narrowed to; what makes no sense is left out."""

    mark_optional = False
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All kinds"), *AdminNote.Kind.choices])
    show = forms.ChoiceField(label="Show", required=False, choices=[("", "All entries"), *SHOWN.items()])
    q = forms.CharField(label="Words", required=False, max_length=100)

    def chosen(self) -> dict[str, str]:
        """Return the filters that make sense."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class MoveDeadlineForm(forms.Form):
    """The new time of a deadline, as UK clocks show it, and why."""

    day = DateParts(label="New day", help_text="For example, 27 3 2027", subject="The new day")
    time = forms.TimeField(
        label="New time",
        help_text="UK time, such as 09:30",
        widget=forms.TimeInput({"class": "nhsuk-input nhsuk-input--width-5", "inputmode": "numeric"}, format="%H:%M"),
        error_messages={"required": "The new time is missing", "invalid": "Write the time as 09:30"},
    )
    reason = forms.CharField(
        label="Why is it moved?",
        help_text="It stays beside the deadline, with your name.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is moved"},
    )

    def __init__(self, *arguments, due_at: dt.datetime, **options) -> None:
        local = due_at.astimezone(UK)
        super().__init__(*arguments, **options)
        self.initial["day"], self.initial["time"] = local.date(), local.time()

    def moment(self) -> dt.datetime:
        """The moment that was asked for, in UTC."""
        return _moment(self.cleaned_data["day"], self.cleaned_data["time"])

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        day, time = cleaned.get("day"), cleaned.get("time")
        if day and time and _moment(day, time).astimezone(UK).time() != time:
            raise ValidationError(
                {"time": "The clocks go forward over this time. Choose one before or after that hour."}
            )
        return cleaned


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    """What UK clocks mean; in the hour that comes twice the first one."""
    return dt.datetime.combine(day, time, tzinfo=UK).astimezone(dt.UTC)
