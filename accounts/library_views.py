"""The sign-in library's views with what the service adds to them."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView as LibraryLoginView
from allauth.mfa.base.views import AuthenticateView as LibraryAuthenticateView
from django.http import HttpResponse
from django.urls import reverse

from accounts import demo, mfa, passkeys
from accounts.requests import Request
from ui.posting import see


class LoginView(LibraryLoginView):
    """Sign-in; in a demonstration with the list of its people."""

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if demo.is_open(self.request):
            context["demo_people"] = demo.people_by_role()
            context["demo_full_sign_ins"] = demo.full_sign_ins()
        return context


def overview(request: Request) -> HttpResponse:
    """Where the library sends people after a change of how they sign in: their account."""
    return see(reverse("accounts:security"))


class AuthenticateView(LibraryAuthenticateView):
    """The second step, by code or passkey; a post without either is a wrong code."""

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.stage.login.user
        found = {"has_app": mfa.has_app(user), "has_passkey": mfa.has_passkey(user)}
        return context | found | {"options": passkeys.options(context["js_data"]["request_options"])}

    def _build_forms(self):
        if self.request.method == "POST" and not {"code", "credential"}.intersection(self.request.POST):
            given = self.request.POST.copy()
            given["code"] = ""
            self.request.POST = given
        return super()._build_forms()
