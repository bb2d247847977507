"""The front page, help at once, and what is shown when something cannot be shown."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public, while_locked
from ui import samples
from ui.colours import names_and_values
from ui.navigation import resolved


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What ieso is, and the two ways in."""
    links = {"refer_url": resolved("intake:referral-start"), "sign_in_url": resolved("account_login")}
    return render(request, "ui/front.html", links)


@while_locked
@public
@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """The emergency numbers as a page of their own (ACC-13)."""
    return render(request, "ui/help_now.html")


@while_locked
@public
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """How to reach patient services."""
    found = {"phone": settings.SERVICE_PHONE, "email": settings.SERVICE_EMAIL}
    return render(request, "ui/contact.html", found | {"dialled": settings.SERVICE_PHONE.replace(" ", "")})


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What happens to what people tell us, in plain words."""
    return render(request, "ui/privacy.html")


@while_locked
@public
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """The address that stays ahead in the tab's history of somebody who left: it leads away as well (ACC-10)."""
    return redirect(settings.NEUTRAL_URL)


@public
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component on one page; in development and in the demonstration only."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    bad = samples.SampleForm({"born_day": "31", "born_month": "Feb", "born_year": "1984", "words": "x" * 501})
    return render(
        request,
        "ui/style.html",
        {
            "form": samples.SampleForm(prefix="good"),
            "bad_form": bad,
            "mood": samples.mood_chart(),
            "both": samples.both_chart(),
            "none": samples.empty_chart(),
            "found": samples.finding(),
            "now": timezone.now(),
            "page_of_rows": Paginator(range(30), 10).page(2),
            "colours": names_and_values(),
        },
    )
