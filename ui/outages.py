"""What stands in place of a page that could not be made."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error

RETRY_AFTER_SECONDS = "2"


def broken(request: HttpRequest) -> HttpResponse:
    """Answer an uncaught error: 503 and when to try again where the database was out of reach, otherwise 500.

    Called by Django while the error is still being handled. Whoever asked for JSON gets `busy`, as a line does that is
    to be sent again; nothing is refused for good because of an outage.
    """
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return server_error(request)
    if "application/json" in request.headers.get("Accept", ""):
        answer = HttpResponse('{"code": "busy", "retry": 2}', content_type="application/json", status=503)
    else:
        answer = render(None, "503.html", status=503)
    answer["Retry-After"] = RETRY_AFTER_SECONDS
    return answer
