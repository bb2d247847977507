"""What a person types to send a message."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from therapy.enclosures.offers import LONGEST_VALUE
from therapy.messages.rules import LONGEST_MESSAGE

PRINTABLE = RegexValidator(r"^[!-~]{1,64}$", "Reload the page and send the message again.")


class MessageForm(forms.Form):
    """One message; `client_key` is made with the form, so that sending it twice sends one message.

    `seen` is the newest message that stood above the form: whoever answers has read so far. `hold` is set by a page
    whose scripts can count down to the sending; without them a message is sent at once.
    """

    mark_optional = False
    template = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=30)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=10**9, initial=0)
    hold = forms.CharField(widget=forms.HiddenInput, required=False, max_length=3)
    client_key = forms.CharField(widget=forms.HiddenInput, validators=[PRINTABLE], initial=lambda: uuid.uuid4().hex)
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label="Your message",
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write something first: the message is empty."},
    )

    def __init__(self, *args, has_more: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not has_more


class DraftForm(forms.Form):
    """A message as far as it is typed; `version` is the save that the page saw last (MSG-9)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    text = forms.CharField(required=False, strip=False, max_length=2 * LONGEST_MESSAGE)

    def __init__(self, data: Any, names: Iterable[str] = ()) -> None:
        super().__init__(data)
        for name in names:
            self.fields[name] = forms.CharField(required=False, max_length=LONGEST_VALUE)

    @property
    def texts(self) -> dict[str, str]:
        """What is kept, by field: the text, and for a therapist what is put into the message."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class SearchForm(forms.Form):
    """Words to look for in one conversation."""

    mark_optional = False
    q = forms.CharField(label="Search these messages", required=False, max_length=100)


class ReadForm(forms.Form):
    """How far a conversation has been on screen."""

    up_to = forms.UUIDField()
