"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the network address asked from, past the proxies that settings trust; None where it is no address."""
    try:
        return str(ipaddress.ip_address(get_client_ip(request) or ""))
    except ValueError:
        return None


def is_from_this_machine(request: HttpRequest) -> bool:
    """Tell whether the request came over loopback and no proxy handed it on."""
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
