"""Forms of accounts: a first password, a new link, a reason before reading."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import TextSize, Theme, Typeface, User

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


# How a field that is neither yes nor no by itself is written in a form.
BY_DEVICE = {"device": None, "yes": True, "no": False}


class PreferencesForm(forms.Form):
    """How somebody likes pages (ACC-17). What is not in the post stays as it is, so part of the form may be sent."""

    mark_optional = False

    text_size = forms.TypedChoiceField(
        label="Text size", choices=TextSize.choices, coerce=int, required=False, widget=forms.RadioSelect
    )
    theme = forms.ChoiceField(label="Colours", choices=Theme.choices, required=False, widget=forms.RadioSelect)
    typeface = forms.ChoiceField(label="Letters", choices=Typeface.choices, required=False, widget=forms.RadioSelect)
    enter_sends = forms.ChoiceField(
        label="The Enter key in a session",
        choices=[
            ("device", "Sends, but on a phone or tablet it starts a new line"),
            ("yes", "Sends. Shift and Enter start a new line"),
            ("no", "Starts a new line. Ctrl and Enter send"),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    one_question = forms.ChoiceField(
        label="Questionnaires",
        choices=[("no", "All questions on one page"), ("yes", "One question at a time")],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data=None, *, user: User) -> None:
        initial: dict[str, Any] = {name: getattr(user, name) for name in ("text_size", "theme", "typeface")}
        initial["enter_sends"] = next(word for word, meant in BY_DEVICE.items() if meant is user.enter_sends)
        initial["one_question"] = "yes" if user.one_question else "no"
        super().__init__(data, initial=initial)

    def chosen(self) -> dict[str, Any]:
        """Return what the post named, as fields of the user."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value != ""}
        return chosen | {name: BY_DEVICE[chosen[name]] for name in ("enter_sends", "one_question") if name in chosen}
