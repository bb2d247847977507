"""The sign-in library's forms in our words: labels instead of placeholders, one way to say each thing."""

from __future__ import annotations

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms

from accounts.forms import PASSPHRASE_HINT

EMAIL, PASSWORD, NEW, AGAIN = "E-mail address", "Password", "New password", "Type the new password again"
CODE = "Code"
CODE_HELP = "The 6 digits that your authenticator app shows now, or one of your recovery codes."


class PlainWords:
    """Gives the fields our labels and hints and takes the placeholders away."""

    fields: dict[str, forms.Field]
    labels: dict[str, str] = {}
    hints: dict[str, str] = {}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


class LoginForm(PlainWords, account.LoginForm):
    labels = {"login": EMAIL, "password": PASSWORD}


class ReauthenticateForm(PlainWords, account.ReauthenticateForm):
    labels = {"password": PASSWORD}


class ResetPasswordForm(PlainWords, account.ResetPasswordForm):
    labels = {"email": EMAIL}


class ResetPasswordKeyForm(PlainWords, account.ResetPasswordKeyForm):
    labels = {"password1": NEW, "password2": AGAIN}
    hints = {"password1": PASSPHRASE_HINT}


class ChangePasswordForm(PlainWords, account.ChangePasswordForm):
    labels = {"oldpassword": "Password you use now", "password1": NEW, "password2": AGAIN}
    hints = {"password1": PASSPHRASE_HINT}


class SetPasswordForm(PlainWords, account.SetPasswordForm):
    labels = {"password1": NEW, "password2": AGAIN}
    hints = {"password1": PASSPHRASE_HINT}


class CodeWords(PlainWords):
    """A code is typed on a phone's number pad, but a recovery code may hold letters."""

    labels = {"code": CODE}
    hints = {"code": CODE_HELP}


class AuthenticateForm(CodeWords, mfa.AuthenticateForm):
    pass


class ReauthenticateByCodeForm(CodeWords, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(PlainWords, totp.ActivateTOTPForm):
    labels = {"code": "Code from the app"}
    hints = {"code": "6 digits. The app makes new ones every 30 seconds."}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "class": "nhsuk-input--width-5"}
