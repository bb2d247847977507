"""The sign-in library's views with what the service adds to them."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView as LibraryLoginView
from allauth.mfa.base.views import AuthenticateView as LibraryAuthenticateView

from accounts import demo


class LoginView(LibraryLoginView):
    """Sign-in; in a demonstration with the list of its people."""

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if demo.is_open(self.request):
            context["demo_people"] = demo.people_by_role()
            context["demo_full_sign_ins"] = demo.full_sign_ins()
        return context


class AuthenticateView(LibraryAuthenticateView):
    """The second step; a post without any code is a wrong code, not a security key's answer."""

    def _build_forms(self):
        if self.request.method == "POST" and "code" not in self.request.POST:
            given = self.request.POST.copy()
            given["code"] = ""
            self.request.POST = given
        return super()._build_forms()
