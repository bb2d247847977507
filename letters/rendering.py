"""Fills a letter's template from the record at one moment; the result is stored and never made again (LET-2, LET-4)."""

from __future__ import annotations

import datetime as dt

from django.template.loader import render_to_string

from letters import rules
from letters.models import LetterDraft
from measures.charts import score_charts
from therapy.models import Appointment


def letter_html(draft: LetterDraft, at: dt.datetime) -> str:
    """Return the body of the letter as HTML; `at` is its date. Everything typed by a person is escaped."""
    template = rules.TEMPLATES[draft.kind]
    parts = [(part.label, draft.parts.get(part.name, "")) for part in template.parts]
    context = {
        "at": at,
        "case": draft.case,
        "patient": draft.case.patient,
        "author": draft.author,
        "title": template.title,
        "parts": parts,
        "sessions": attended(draft.case, at),
        "charts": score_charts(draft.case, until=at),
        "no_post": not draft.case.patient.consent("post"),
    }
    return render_to_string(f"letters/paper/{draft.kind}-{draft.template_version}.html", context)


def attended(case, until: dt.datetime) -> list[Appointment]:
    """Return the sessions that the patient attended up to a moment, in order."""
    held = case.appointments.filter(status__in=["completed", "completed_late"], during__startswith__lte=until)
    return list(held.order_by("during"))
