"""The mailbox of a demonstration: what was sent, newest first, for people and for machines."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from accounts.access import public
from notices.mailbox import Mail, mails

LOOPBACK = frozenset({"127.0.0.1", "::1", ""})
MAILS_A_PAGE = 100


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
