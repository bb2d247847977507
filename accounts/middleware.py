"""What every request passes: a second factor for staff, and the rule that an undeclared view is not open."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.mfa import is_satisfied

CLEAR_AT_SIGN_OUT = '"cache", "storage"'


class SecondFactorMiddleware:
    """Sends staff without a second factor to the page where they set one up (ACC-1)."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if not request.user.is_authenticated or _is_open_before(view) or is_satisfied(request.user, request.session):
            return None
        return redirect(reverse("mfa_activate_totp"))


def _is_open_before(view) -> bool:
    declared = getattr(view, "access", None)
    return getattr(view, "before_second_factor", False) or (declared is not None and declared.kind == "public")


class AccessMiddleware:
    """Closes every view that declares no access (ACC-4), and tells htmx to leave a page whose session has ended."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = CLEAR_AT_SIGN_OUT
        return _whole_page(request, response)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> None:
        if not hasattr(view, "access"):
            raise Http404("This view declares no access.")


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Turn a redirect to sign-in or to the second factor, meant for a page, into one that htmx follows as a page."""
    if "HX-Request" not in request.headers or response.status_code != 302:
        return response
    target = urlsplit(response["Location"]).path
    if target == reverse("mfa_activate_totp"):
        return HttpResponseClientRedirect(target)
    if target != resolve_url(settings.LOGIN_URL):
        return response
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    return HttpResponseClientRedirect(f"{target}?{urlencode({'next': here})}")
