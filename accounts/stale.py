"""A form whose page is older than the sign-in: what was written goes with one press more (ACC-3, MSG-9)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from accounts import kept_posts
from accounts.kept_posts import KeptPost
from accounts.lock import by_hand
from accounts.requests import is_from_here

TITLE = "Send it once more"
LEAD = "The page was open since before you last signed in. So what you sent has not arrived yet. Nothing is lost."
ENDED = "You have been signed out"
ENDED_LEAD = "So what you sent has not arrived yet. Nothing is lost."
SCRIPT_WORDS = "Not saved yet: this page is older than your sign-in. Trying again."
# Nothing that proves who somebody is goes into a page.
SECRETS = {"code", "credential"}


class SignInMiddleware(LoginRequiredMiddleware):
    """Leads whoever is not signed in to the sign-in; what was sent by a page of ours waits in the answer meanwhile."""

    def process_view(self, request: Any, view_func, view_args, view_kwargs) -> HttpResponseBase | None:
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        kept = _shown_again(request) if answer is not None and request.method == "POST" else None
        if kept is None:
            return answer
        found = {"kept": kept, "title": ENDED, "lead": ENDED_LEAD, "sign_in": True}
        return render(request, "accounts/send_again.html", found, status=HTTPStatus.UNAUTHORIZED)


def _shown_again(request: Any) -> KeptPost | None:
    """Return what a person sent from one of our pages, unless it holds a secret."""
    if not is_from_here(request) or not by_hand(request):
        return None
    kept = kept_posts.posted_in(request)
    return None if any(name in SECRETS or "password" in name for name, _ in kept.fields) else kept


def refused(request: Any, reason: str = "") -> HttpResponse:
    """Answer a post whose token is not good (403), as the framework calls it.

    One of our own pages had it from an earlier sign-in: the person is shown what to press, a script is told. What
    comes from elsewhere, or holds a secret, is not shown again.
    """
    if is_from_here(request) and not by_hand(request):
        return JsonResponse({"code": "stale", "message": SCRIPT_WORDS}, status=HTTPStatus.FORBIDDEN)
    kept = _shown_again(request)
    if kept is None:
        return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)
    by = request.user.name if request.user.is_authenticated else ""
    found = {"kept": kept, "title": TITLE, "lead": LEAD, "by": by}
    return render(request, "accounts/send_again.html", found, status=HTTPStatus.FORBIDDEN)
