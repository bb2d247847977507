"""A form whose page is older than the sign-in: what was written goes with one press more (ACC-3, MSG-9)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from accounts import kept_posts
from accounts.lock import by_hand
from accounts.requests import is_from_here

TITLE = "Send it once more"
LEAD = "The page was open since before you last signed in. So what you sent has not arrived yet. Nothing is lost."
SCRIPT_WORDS = "Not saved yet: this page is older than your sign-in. Trying again."
# Nothing that proves who somebody is goes into a page.
SECRETS = {"code", "credential"}


def refused(request: Any, reason: str = "") -> HttpResponse:
    """Answer a post whose token is not good (403), as the framework calls it.

    One of our own pages had it from an earlier sign-in: the person is shown what to press, a script is told. What
    comes from elsewhere, or holds a secret, is not shown again.
    """
    if not is_from_here(request):
        return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)
    if not by_hand(request):
        return JsonResponse({"code": "stale", "message": SCRIPT_WORDS}, status=HTTPStatus.FORBIDDEN)
    kept = kept_posts.posted_in(request)
    if any(name in SECRETS or "password" in name for name, _ in kept.fields):
        return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)
    by = request.user.name if request.user.is_authenticated else ""
    found = {"kept": kept, "title": TITLE, "lead": LEAD, "by": by}
    return render(request, "accounts/send_again.html", found, status=HTTPStatus.FORBIDDEN)
