"""The front page, help at once, and what is shown when something cannot be shown."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import public
from ui.navigation import resolved


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What ieso is, and the two ways in."""
    links = {"refer_url": resolved("intake:referral-start"), "sign_in_url": resolved("account_login")}
    return render(request, "ui/front.html", links)


@public
@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """The emergency numbers as a page of their own (ACC-13)."""
    return render(request, "ui/help_now.html")
