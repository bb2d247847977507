"""The one PDF of an approved letter (LET-4)."""

from __future__ import annotations

import datetime as dt

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from files.actions import store
from letters.models import Letter, LetterFile


def make(key: str, at: dt.datetime) -> None:
    """Render the letter named by its reference, unless it has its file already."""
    from files.pdf import render_pdf  # the renderer is loaded in workers only

    letter = Letter.objects.select_related("case").get(ref=key)
    if LetterFile.objects.filter(letter=letter).exists():
        return
    # The body was rendered, and everything typed escaped, by our own template on approval.
    body = mark_safe(letter.html)  # noqa: S308
    html = render_to_string("letters/paper/sheet.html", {"letter": letter, "body": body})
    LetterFile.objects.create(letter=letter, file=store(render_pdf(html), "application/pdf", at=at))
