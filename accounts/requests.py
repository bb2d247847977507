"""What a view is handed, for type checkers: a request that has passed the middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.access import Declaration
    from accounts.models import User


class Request(HttpRequest):
    """A request of somebody signed in, to a view that declares its access. Only an annotation: none is ever made."""

    user: User
    access: Declaration
    htmx: HtmxDetails


def is_from_here(request: HttpRequest) -> bool:
    """Tell whether the browser says that one of our own pages sent this; a page of others cannot make it say so."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"
