"""What one wants to be told, and the mailbox of a demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import public, signed_in
from notices import actions
from notices.forms import PreferencesForm
from notices.mailbox import Mail, mails
from notices.models import preferences_of
from ui.posting import posted, see, status_of

LOOPBACK = frozenset({"127.0.0.1", "::1", ""})
MAILS_A_PAGE = 100


@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """Which notices come by which channel, and the quiet hours (ACC-17)."""
    user: Any = request.user
    form = PreferencesForm(posted(request), chosen=preferences_of(user), for_patient=user.is_patient)
    if form.is_valid():
        quiet_from, quiet_until = form.quiet()
        actions.choose(user, switched_off=form.switched_off(), quiet_from=quiet_from, quiet_until=quiet_until)
        messages.success(request, "Your choices are kept.")
        return see(reverse("notices:preferences"))
    return render(request, "notices/preferences.html", {"form": form}, status=status_of(form))


@public
def mailbox(request: HttpRequest) -> HttpResponse:
    """Mail to the address `?to=` (any part of it), or to everybody; `?format=json` for machines.

    Only in demo mode and only to this very machine: anybody else is told that there is no such page.
    """
    if not settings.DEMO or not is_loopback(request):
        raise Http404
    to = request.GET.get("to", "").strip()
    found = mails(to)[:MAILS_A_PAGE]
    if request.GET.get("format") == "json":
        return JsonResponse({"messages": [as_json(mail) for mail in found]})
    return render(request, "notices/mailbox.html", {"mails": found, "to": to, "most": MAILS_A_PAGE})


def is_loopback(request: HttpRequest) -> bool:
    """Tell whether the request comes from this machine and through no proxy; a unix socket has no address."""
    return request.META.get("REMOTE_ADDR", "") in LOOPBACK and "HTTP_X_FORWARDED_FOR" not in request.META


def as_json(mail: Mail) -> dict[str, object]:
    return {
        "id": mail.id,
        "to": mail.to,
        "from": mail.sender,
        "subject": mail.subject,
        "at": mail.at.isoformat(),
        "body": mail.body,
        "links": mail.links,
    }
