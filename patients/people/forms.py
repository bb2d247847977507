"""Contact details, consents, and the address of somebody without an account."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError

from patients import rules
from patients.people.identity import Unreadable, read_phone, read_postcode

YES_NO = [("yes", "Yes"), ("no", "No")]
# The consents that are asked again at any time, with the question as it is put.
QUESTIONS = {
    "gp": "May we tell the GP about the therapy, and write to the GP?",
    "text": "May we send text messages?",
    "voicemail": "May we leave a voicemail?",
    "post": "May we post letters home?",
    "research": "May we use the information, without the name, to learn what helps people?",
}


def reading(text: str, reader: Callable[[str], str], subject: str) -> str:
    """Return what a reader of `patients.people.identity` makes of a text; its complaint becomes the form's."""
    try:
        return reader(text)
    except Unreadable as error:
        raise ValidationError(f"{subject} {error}.") from None


class ContactForm(forms.Form):
    """Contact details as the patient or patient services correct them."""

    preferred_name = forms.CharField(label="Name to be called by", max_length=80, required=False)
    pronouns = forms.CharField(label="Pronouns", max_length=40, required=False)
    phone = forms.CharField(
        label="Phone number", max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    address = forms.CharField(label="Home address", max_length=300, required=False, widget=forms.Textarea({"rows": 3}))
    postcode = forms.CharField(label="Postcode", max_length=12, error_messages={"required": "The postcode is missing."})
    gp_practice = forms.CharField(
        label="GP practice", max_length=120, error_messages={"required": "The name of the GP practice is missing."}
    )
    emergency_contact = forms.CharField(
        label="Somebody to call in an emergency",
        help_text="Name, phone number and who they are.",
        max_length=200,
        required=False,
    )

    def clean_phone(self) -> str:
        return reading(self.cleaned_data["phone"], read_phone, "The phone number")

    def clean_postcode(self) -> str:
        return reading(self.cleaned_data["postcode"], read_postcode, "The postcode")


class ConsentsForm(forms.Form):
    """Every question of consent, answered again; `why` is asked of staff, who answer in the person's name."""

    def __init__(self, *arguments, by_staff: bool = False, **options) -> None:
        super().__init__(*arguments, **options)
        for kind, question in QUESTIONS.items():
            self.fields[kind] = forms.ChoiceField(
                label=question,
                choices=YES_NO,
                widget=forms.RadioSelect,
                error_messages={"required": "Choose yes or no."},
            )
        if by_staff:
            self.fields["why"] = forms.CharField(
                label="How did the person tell us?",
                max_length=200,
                error_messages={"required": "Write how the person told us."},
            )


class AccountForm(forms.Form):
    """The address at which somebody without an account is invited."""

    email = forms.EmailField(
        label="E-mail address",
        help_text="Make sure with the person that only they read it.",
        max_length=254,
        error_messages={"required": "The e-mail address is missing."},
    )


class SafeContactForm(forms.Form):
    """How somebody at risk at home may be reached."""

    channel = forms.ChoiceField(
        label="How may they be reached?",
        choices=list(rules.SAFE_CHANNELS.items()),
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(
        label="Why, and what was agreed",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write why, and what was agreed"},
    )
