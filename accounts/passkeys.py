"""Passkeys in place of the password or of the authenticator app (ACC-1): the sign-in library's views in our words.

Every passkey of ours is kept on the device and asks its person for a finger, face or PIN: it stands for both factors.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as library_forms
from allauth.mfa.webauthn import views as library
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.urls import reverse

from accounts import mfa
from ui.errors import Refused
from ui.posting import see

NOT_ADDED = "The passkey could not be added. Nothing has changed. Try again."
NOT_KNOWN = "That passkey did not work here. Use one that you added to this account, or go another way."
LONGEST_NAME, MOST_CHARACTERS = 60, 20_000
# What strangers' bytes do to decoders: whatever it is, it opens nothing.
NONSENSE = (
    ValidationError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError, EOFError, struct.error,
    RecursionError,
)  # fmt: skip
LAST_ONE = "This is your only second step, and staff need one."
LAST_ONE_REMEDY = "Add another passkey or an authenticator app first. Then you can remove this one."


def options(data: dict[str, Any]) -> str:
    """Return what a browser needs for a passkey as text for an attribute of the page."""
    return json.dumps(data, cls=DjangoJSONEncoder)


def options_for(user) -> str:
    """Return what a browser needs to show one of the person's passkeys; kept in the session until it is shown."""
    return options(auth.begin_authentication(user))


class CredentialField(forms.JSONField):
    """What a browser answers: JSON of reasonable length and depth."""

    widget = forms.HiddenInput

    def prepare_value(self, value: Any) -> str:
        """An answer counts once: the page never gets one back, and begins with none."""
        return ""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > MOST_CHARACTERS:
            raise ValidationError(self.error_messages["invalid"])
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise ValidationError(self.error_messages["invalid"]) from error


class Checked(forms.Form):
    """Whatever a browser sends that is no passkey of this account is refused in plain words."""

    credential = CredentialField(error_messages={"required": NOT_KNOWN, "invalid": NOT_KNOWN})
    library_check: Callable[[], Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_credential(self) -> Any:
        try:
            return self.library_check()
        except NONSENSE as error:
            raise ValidationError(NOT_KNOWN) from error


class LoginForm(Checked, library_forms.LoginWebAuthnForm):
    library_check = library_forms.LoginWebAuthnForm.clean_credential


class AuthenticateForm(Checked, library_forms.AuthenticateWebAuthnForm):
    library_check = library_forms.AuthenticateWebAuthnForm.clean_credential


class ReauthenticateForm(Checked, library_forms.ReauthenticateWebAuthnForm):
    library_check = library_forms.ReauthenticateWebAuthnForm.clean_credential


def _name_field() -> forms.CharField:
    hint = "So that you know it again, such as “My phone”."
    return forms.CharField(label="Name of this passkey", help_text=hint, max_length=LONGEST_NAME)


class AddForm(library_forms.AddWebAuthnForm):
    """A name, and what the browser made; it must have asked its person who they are."""

    mark_optional = False
    credential = CredentialField(error_messages={"required": NOT_ADDED, "invalid": NOT_ADDED})
    passwordless = None

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field()
        self.fields["name"].required = False  # what the browser has made by then is not thrown away for want of a name

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except NONSENSE as error:
            raise ValidationError(NOT_ADDED) from error


class RenameForm(library_forms.EditWebAuthnForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field()


class AddView(library.AddWebAuthnView):
    """Adds a passkey that stands for password and second step."""

    form_class = AddForm

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        return context | {"options": options(auth.begin_registration(self.request.user, True))}

    def get_success_url(self) -> str:
        name = "mfa_view_recovery_codes" if self.did_generate_recovery_codes else "mfa_list_webauthn"
        return reverse(name)


class RenameView(library.EditWebAuthnView):
    form_class = RenameForm


class RemoveView(library.RemoveWebAuthnView):
    """Removes one; the last second step of staff stays."""

    def form_valid(self, form) -> HttpResponse:
        if not mfa.may_remove(self.request, self.get_object()):
            raise Refused(LAST_ONE, remedy=LAST_ONE_REMEDY)
        return super().form_valid(form)


class LoginView(library.LoginWebAuthnView):
    """Sign in with a passkey alone."""

    form_class = LoginForm

    def form_invalid(self, form) -> HttpResponse:
        messages.error(self.request, NOT_KNOWN)
        return see(reverse("account_login"))

    def form_valid(self, form) -> HttpResponse:
        passkey = form.cleaned_data["credential"]
        post_authentication(self.request, passkey, passwordless=True)
        where = get_next_redirect_url(self.request)
        return perform_login(self.request, Login(user=passkey.user, redirect_url=where))


class ReauthenticateView(library.ReauthenticateWebAuthnView):
    """Shows a passkey again before a change of how one signs in."""

    form_class = ReauthenticateForm

    def form_invalid(self, form) -> HttpResponse:
        messages.error(self.request, NOT_KNOWN)
        return see(self.request.get_full_path())

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        return context | {"options": options(context["js_data"]["request_options"])}


def of(user) -> list[Authenticator]:
    """Return the person's passkeys, the oldest first."""
    return list(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("created_at"))
