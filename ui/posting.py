"""What every posted form needs: calling a verb that may refuse, the status of the answer, the way on."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.forms import BaseForm, ChoiceField
from django.http import HttpRequest, HttpResponseRedirect, QueryDict

from ui.errors import Refused

Choices = Iterable[tuple[str, str]]

OK, CONFLICT, INVALID = 200, 409, 422


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: what was posted, if only nothing, or None where the page is only shown."""
    return request.POST if request.method == "POST" else None


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a script asks, which wants the facts and no page."""
    return request.accepts("application/json") and not request.accepts("text/html")


def offer(form: BaseForm, name: str, choices: Choices) -> None:
    """Give a choice field of this form, and of this form alone, what can be chosen."""
    cast(ChoiceField, form.fields[name]).choices = list(choices)


def attempt(form: BaseForm, verb: Callable[[], Any]) -> Any:
    """Call a verb and return what it returns; None where it refused, the refusal then standing in the form."""
    try:
        return verb()
    except Refused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, str(refusal))
        form.conflict = field is None  # type: ignore[attr-defined]
        return None


def renew_key(form: BaseForm, name: str = "client_key") -> None:
    """Give a refused form a new key: what it holds was not sent, and sent again it is a thing of its own."""
    form.data = cast(QueryDict, form.data).copy()
    form.data[name] = uuid.uuid4().hex


def status_of(form: BaseForm) -> int:
    """Return the status of a page with this form: 409 where the state of things refused it, 422 for wrong input."""
    if not form.is_bound or not form.errors:
        return OK
    return CONFLICT if getattr(form, "conflict", False) else INVALID


def see(url: str) -> HttpResponseRedirect:
    """Return the answer after a successful POST: look there, with GET."""
    return HttpResponseRedirect(url, status=303)
