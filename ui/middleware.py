"""Error answers without a word become pages of ours."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PAGES = frozenset({405, 409, 413, 429})
Door = Callable[[HttpRequest], HttpResponse]


def is_bare(response: HttpResponse) -> bool:
    """True for an answer of one of these statuses that nobody has written a page for."""
    return response.status_code in PAGES and not response.streaming and not response.content


class ErrorPagesMiddleware:
    """Gives a page to each bare 405, 409, 413 and 429, keeping the answer's own headers."""

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_bare(response):
            return response
        page = render(request, f"{response.status_code}.html", status=response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response:
                page[name] = response[name]
        return page
