"""Verbs of the library: publish a version of a template, go back to an earlier one, bring in what we ship (MSG-3)."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone

from audit.actions import record_change
from hub import rules
from hub.library import TEMPLATES
from hub.models import MessageTemplate
from ui.errors import Refused

LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s))"


@transaction.atomic
def publish(
    slug: str, title: str, text: str, *, by, based_on: int | None = None, at: dt.datetime | None = None
) -> MessageTemplate:
    """Make a new version of a template and return it; the text in force again makes none.

    `based_on` is the number of the version that the author had before them: Refused where there is a newer one by
    now. Refused also for an unknown template, an empty or too long text, and, by their names, for placeholders that
    this template does not know (MSG-3).
    """
    at, title, text = at or timezone.now(), title.strip(), text.replace("\r\n", "\n").strip()
    _refuse_unfit(slug, title, text)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"hub:{slug}"])  # append-only rows cannot be locked
    newest = MessageTemplate.objects.filter(slug=slug).first()
    if newest is not None and (newest.title, newest.text) == (title, text):
        return newest
    if newest is not None and based_on is not None and based_on != newest.version:
        raise Refused(
            f"Somebody published version {newest.version} while you were writing.",
            remedy="Your text is below. Compare it with theirs, then publish again.",
        )
    version = newest.version + 1 if newest else 1
    made = MessageTemplate.objects.create(slug=slug, version=version, title=title, text=text, by=by, at=at)
    record_change("message template", by=by, object_ref=f"template:{slug}", after={"version": version}, at=at)
    return made


def _refuse_unfit(slug: str, title: str, text: str) -> None:
    if slug not in rules.KINDS:
        raise Refused("There is no such template.", remedy="Choose one from the list.")
    for field, words, longest in (("title", title, rules.LONGEST_TITLE), ("text", text, rules.LONGEST_TEXT)):
        if not words:
            raise Refused(f"The {field} is empty.", field=field, remedy="Write it, then publish.")
        if len(words) > longest:
            raise Refused(f"The {field} is too long: {longest:,} characters are the most.", field=field)
    if unknown := rules.strangers(slug, text) + list(rules.placeholders_in(title)):
        raise Refused(
            f"This template does not know {', '.join(f'{{{name}}}' for name in unknown)}.",
            field="text",
            remedy="Use the placeholders listed beside it, or take the braces away.",
        )


def restore(version: MessageTemplate, *, by, at: dt.datetime | None = None) -> MessageTemplate:
    """Put an earlier version in force again, as a new version of the same words (MSG-3)."""
    return publish(version.slug, version.title, version.text, by=by, at=at)


@transaction.atomic
def bring_in(at: dt.datetime | None = None) -> int:
    """Publish the first version of every template that has none; return how many. Doing it again changes nothing.

    What a clinical lead has published is never touched, whatever a later release ships.
    """
    known = set(MessageTemplate.objects.values_list("slug", flat=True))
    for slug, (title, text) in TEMPLATES.items():
        if slug not in known:
            publish(slug, title, text, by=None, at=at)
    return len(set(TEMPLATES) - known)
