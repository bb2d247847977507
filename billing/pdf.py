"""The PDF of an issued statement, made once (PAY-9, PAY-10)."""

from __future__ import annotations

import datetime as dt

from django.template.loader import render_to_string

from billing.models import Statement, StatementFile
from billing.totals import totals_of
from files.actions import store


def make(key: str, at: dt.datetime) -> None:
    """Render the statement named by its reference, unless it has its file already."""
    from files.pdf import render_pdf

    statement = Statement.objects.select_related("clinician__user").get(ref=key)
    if StatementFile.objects.filter(statement=statement).exists():
        return
    lines = statement.listed()
    html = render_to_string(
        "billing/statement_paper.html", {"statement": statement, "lines": lines, "totals": totals_of(lines)}
    )
    StatementFile.objects.create(statement=statement, file=store(render_pdf(html), "application/pdf", at=at))
