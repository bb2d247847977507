"""The library of message templates: list, one template with preview and history, going back (MSG-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from accounts import access
from accounts.access import requires
from accounts.requests import Request
from hub import actions, rules
from hub.forms import TemplateForm
from hub.models import MessageTemplate
from hub.readability import reading_age
from ui.differences import Piece, differences
from ui.errors import Refused
from ui.posting import attempt, posted, see, status_of

VERSIONS_SHOWN = 20


@dataclass(frozen=True)
class Step:
    """One version in the history, and what it changed."""

    version: MessageTemplate
    changes: list[Piece]
    in_force: bool


@requires("message_templates", "read", methods=("GET",))
def templates(request: Request) -> HttpResponse:
    """Every template in force, in the order of the library."""
    found = {row.slug: row for row in access.list_visible(request, MessageTemplate).in_force().select_related("by")}
    rows = [found[slug] for slug in rules.KINDS if slug in found]
    return render(request, "hub/templates.html", {"templates": rows})


@requires("message_templates", "read", methods=("GET",))
def template(request: Request, template: str) -> HttpResponse:
    """One template as a patient would read it, and its history."""
    newest = _newest(request, template)
    return render(request, "hub/template.html", _context(newest, newest.text) | _history(request, newest))


@requires("message_templates", "write")
def edition(request: Request, template: str) -> HttpResponse:
    """Changes a template: publishing makes a new version, which clinicians use from then on."""
    newest = _newest(request, template)
    given = {"title": newest.title, "text": newest.text, "based_on": newest.version}
    form = TemplateForm(posted(request), initial=given)
    form.show_preview_at(reverse("hub:preview", args=[template]))
    if form.is_valid() and attempt(form, lambda: actions.publish(template, **form.cleaned_data, by=request.user)):
        messages.success(request, "Published. Clinicians use this version from now on.")
        return see(reverse("hub:template", args=[template]))
    typed = str(form["text"].value() or "")
    context = _context(newest, typed) | {"form": form}
    if getattr(form, "conflict", False):
        context["theirs"] = differences(typed, newest.text)
        form.data = _again(request, newest)
    return render(request, "hub/edition.html", context, status=status_of(form))


@requires("message_templates", "write", methods=("POST",))
def preview(request: Request, template: str) -> HttpResponse:
    """The text that is being typed, as an invented person would read it."""
    newest = _newest(request, template)
    return render(request, "hub/_preview.html", _context(newest, request.POST.get("text", "")[: rules.LONGEST_TEXT]))


@requires("message_templates", "write", methods=("POST",))
def restoration(request: Request, template: str) -> HttpResponse:
    """Puts an earlier version in force again."""
    typed = request.POST.get("version", "")
    rows = access.list_visible(request, MessageTemplate).filter(slug=template)
    version = (
        rows.filter(version=int(typed)).first() if typed.isascii() and typed.isdigit() and len(typed) < 9 else None
    )
    if version is None:
        raise Refused("There is no such version.", remedy="Open the page again.")
    made = actions.restore(version, by=request.user)
    messages.success(request, f"Version {version.version} is in force again, as version {made.version}.")
    return see(reverse("hub:template", args=[template]))


def _again(request: Request, newest: MessageTemplate) -> QueryDict:
    """What was typed, now based on the version that the author is about to see."""
    data = request.POST.copy()
    data["based_on"] = str(newest.version)
    return data


def _newest(request: Request, slug: str) -> MessageTemplate:
    if slug not in rules.KINDS:
        raise Http404
    return access.visible(request, MessageTemplate, slug=slug)


def _context(newest: MessageTemplate, text: str) -> dict[str, Any]:
    return {
        "template": newest,
        "kind": newest.kind,
        "placeholders": rules.in_order(newest.slug),
        "shown": rules.fill(text, rules.examples()),
        "strangers": rules.strangers(newest.slug, text),
        "reading_age": reading_age(text),
    }


def _history(request: Request, newest: MessageTemplate) -> dict[str, Any]:
    rows = list(newest_first(request, newest.slug)[: VERSIONS_SHOWN + 1])
    before = [row.text for row in rows[1:]] + [""]
    steps = [
        Step(row, differences(older, row.text) if row.version > 1 else [], row == newest)
        for row, older in zip(rows, before, strict=True)
    ]
    return {"steps": steps[:VERSIONS_SHOWN], "may_write": access.may(request.user, "message_templates", "write")}


def newest_first(request: Request, slug: str):
    return access.list_visible(request, MessageTemplate).filter(slug=slug).select_related("by").order_by("-version")
