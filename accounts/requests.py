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
