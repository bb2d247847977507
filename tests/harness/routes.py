"""Every door of the project: pages from the URL configuration, sockets from the routing modules."""

import inspect
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.urls import URLPattern, get_resolver, reverse

from accounts.access import Declaration
from ieso.paths import BASE_DIR


@dataclass(frozen=True)
class Route:
    """One URL pattern: how it is reversed, its keywords, and the declaration of its view (None: undeclared)."""

    name: str
    path: str
    keywords: tuple[str, ...]
    declaration: Declaration | None
    module: str = ""

    @property
    def source(self) -> str:
        """The source of the module in which the view stands."""
        return inspect.getsource(import_module(self.module))

    def url(self, **keywords) -> str:
        return reverse(self.name, kwargs=keywords)


@cache
def all_routes() -> tuple[Route, ...]:
    return tuple(_walk(get_resolver(), (), ""))


def _walk(resolver, namespaces: tuple[str, ...], prefix: str):
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            keywords = tuple(pattern.pattern.regex.groupindex)
            name = ":".join([*namespaces, pattern.name or ""])
            yield Route(name, path, keywords, getattr(pattern.callback, "access", None), pattern.callback.__module__)
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, inner, path)


@cache
def all_sockets() -> dict[str, type]:
    """The path of each websocket route with its consumer; `ieso.asgi` itself cannot be read without a database."""
    found = {}
    for file in sorted(BASE_DIR.glob("*/routing.py")):
        name = f"{file.parent.name}.routing"
        for pattern in import_module(name).websocket_urlpatterns:
            found[str(pattern.pattern)] = pattern.callback.consumer_class
    return found
