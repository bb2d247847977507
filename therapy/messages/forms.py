"""What a person types to send a message."""

import uuid

from django import forms
from django.core.validators import RegexValidator

from therapy.messages.rules import LONGEST_MESSAGE

PRINTABLE = RegexValidator(r"^[!-~]{1,64}$", "Reload the page and send the message again.")


class MessageForm(forms.Form):
    """One message; `client_key` is made with the form, so that sending it twice sends one message.

    `seen` is the newest message that stood above the form: whoever answers has read so far.
    """

    mark_optional = False
    client_key = forms.CharField(widget=forms.HiddenInput, validators=[PRINTABLE], initial=lambda: uuid.uuid4().hex)
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label="Your message",
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write something first: the message is empty."},
    )

    def __init__(self, *args, has_files: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not has_files


class ReadForm(forms.Form):
    """How far a conversation has been on screen."""

    up_to = forms.UUIDField()
