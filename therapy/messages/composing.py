"""What stands in the composer: the draft, a template opened in it, what can still be taken back (MSG-3, 9, 10)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from drafts import actions as drafts
from patients.models import Case
from patients.wording import findings
from patients.wording.findings import NOTHING_FOUND, PointedOut
from therapy.appointments.models import Appointment
from therapy.enclosures.adding import Added
from therapy.enclosures.offers import AddsForm
from therapy.messages import actions, holding, templates
from therapy.messages.forms import MessageForm
from therapy.messages.models import HeldMessage, Message
from therapy.messages.presenting import Conversation

# A long text, such as a template, is read whole before it is sent.
LONG_TEXT, ROWS_OF_A_LONG_TEXT = 300, 16


def composer_of(
    case: Case,
    user,
    shown: Conversation,
    form: MessageForm | None,
    asked: Mapping[str, str],
    adds: AddsForm | None = None,
) -> dict[str, Any]:
    """Return what the composer needs; `asked` may name a template and an appointment to open it for."""
    if not shown.may_write:
        return {"form": form or MessageForm()}
    kept = drafts.of(user, holding.draft_key(case))
    slug = asked.get("template", "") if shown.side == Message.Side.CLINICIAN and form is None else ""
    opened = opened_template(case, slug, asked.get("appointment", "")) if slug else None
    text = kept.texts.get(holding.TEXT, "")
    if opened is not None:
        text = f"{text.rstrip()}\n\n{opened.text}".lstrip() if text.strip() != opened.text else text
    seen = shown.newest.ref if shown.newest else None
    given_back = Added(kept.texts.get(holding.FILES, "").split() if form is None else [])
    start = {"seen": seen, "version": kept.version, "text": text, "template": slug if opened else ""}
    form = form or MessageForm(initial=start)
    if len(text) > LONG_TEXT:
        form.fields["text"].widget.attrs["rows"] = ROWS_OF_A_LONG_TEXT
    return {
        "form": form,
        "adds": adds or (AddsForm(case, initial=kept.texts) if shown.side == Message.Side.CLINICIAN else None),
        "draft_at": kept.at if text else None,
        **({"added": given_back.shown(user)} if given_back.refs else {}),
        "opened": opened,
        "held": HeldMessage.objects.filter(case=case, sender=user),
        "choices": templates.choices(case) if shown.side == Message.Side.CLINICIAN else [],
    }


def pointed_out(case: Case, user, text: str) -> PointedOut:
    """Return what a clinician should look at before a message goes; patients promise nothing (NOTE-8)."""
    if actions.side_of(case, user) != Message.Side.CLINICIAN:
        return NOTHING_FOUND
    return findings.together(findings.promise_in(text))


def opened_template(case: Case, slug: str, appointment_ref: str):
    """Return a template filled for the case and, where one is named, for one of its appointments; None if unknown."""
    if slug not in templates.rules.KINDS:
        return None
    return templates.prepared(slug, case, appointment=_appointment(case, appointment_ref))


def _appointment(case: Case, ref: str) -> Appointment | None:
    try:
        return case.appointments.filter(ref=uuid.UUID(ref)).first() if ref else None
    except ValueError:
        return None
