"""Forms of accounts: a first password, a new link, a reason before reading."""

from __future__ import annotations

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

MIN_REASON_CHARACTERS = 10
PASSPHRASE_HINT = "At least 12 characters. Three words that do not belong together work well."


class FirstPasswordForm(forms.Form):
    """A password typed twice, checked against length and the list of common ones (ACC-2)."""

    password = forms.CharField(
        label="Choose a password",
        help_text=PASSPHRASE_HINT,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="Type the password again",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", ValidationError("The two passwords are not the same. Type them again."))
        return given


class NewLinkForm(forms.Form):
    """The address to which a new invitation may go."""

    email = forms.EmailField(
        label="Your e-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class ReasonForm(forms.Form):
    """Why somebody must read what is not theirs to read every day (ACC-4)."""

    reason = forms.CharField(
        label="Why do you need to see this?",
        help_text="It is kept with the record of who opened it. The clinical lead and the patient can read it.",
        min_length=MIN_REASON_CHARACTERS,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"min_length": "Give your reason in a few words."},
    )
