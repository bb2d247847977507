"""What is typed while two people plan a session."""

from __future__ import annotations

import uuid

from django import forms

from therapy.homework.forms import LONGEST
from therapy.messages.forms import PRINTABLE
from therapy.messages.rules import LONGEST_MESSAGE
from therapy.together.rules import DOWN, LONGEST_POINT, UP
from ui.fields import DateParts


class PointForm(forms.Form):
    """A point for the agenda."""

    mark_optional = False
    client_key = forms.CharField(widget=forms.HiddenInput, validators=[PRINTABLE], initial=lambda: uuid.uuid4().hex)
    text = forms.CharField(
        label="Add something to talk about",
        max_length=LONGEST_POINT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write what you want to talk about"},
    )


class TickForm(forms.Form):
    """Whether a point is done."""

    done = forms.ChoiceField(choices=[("yes", "Done"), ("no", "Not done")])


class PlaceForm(forms.Form):
    """Where a point moves."""

    to = forms.ChoiceField(choices=[(UP, "Up"), (DOWN, "Down")])


class AgreedForm(forms.Form):
    """Homework that was agreed in the session."""

    client_key = forms.CharField(widget=forms.HiddenInput, validators=[PRINTABLE], initial=lambda: uuid.uuid4().hex)
    what = forms.CharField(
        label="What to try",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write what to try"},
    )
    why = forms.CharField(
        label="Why it helps", max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_on = DateParts(label="Until when", subject="The day", help_text="In numbers: day, month and year.")


class SummaryForm(forms.Form):
    """The summary as it is sent; `version` is the save that the page saw last (MSG-9)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**9, initial=0)
    text = forms.CharField(
        label="Your message",
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={"required": "Write something first: the summary is empty."},
    )


class SummaryDraftForm(forms.Form):
    """The summary as far as it is written."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    text = forms.CharField(required=False, strip=False, max_length=2 * LONGEST_MESSAGE)
