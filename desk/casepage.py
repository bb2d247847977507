"""The case page: one look at an episode, each part only for those whom the access table lets see it (ACC-4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts import access
from measures.charts import score_charts
from patients.models import Case
from patients.rules import ACTIVE_STATES, PROBLEMS, SAFE_CHANNELS
from therapy.appointments.rules import NOTED_STATUSES
from therapy.engagement.panel import panel_of
from therapy.models import Message, Note
from therapy.notes.details import newest_of

PARTS = (
    "contact",
    "details",
    "appointments",
    "messages",
    "engagement",
    "referral",
    "safe_contact",
    "risk",
    "scores",
    "notes",
    "admin_notes",
    "admin_tasks",
    "tickets",
    "letters",
    "discharge",
    "transcript",
    "access_log",
    "deadlines",
)
VERBS = ("read", "write", "approve")
NEWEST = 8


def rights_on(case: Case, user) -> dict[str, dict[str, bool]]:
    """Return for each part of the page whether the user may do each verb to it on this case, in one query."""
    held = access.relations_held("case", user, case)
    return {part: {verb: access.may_on(user, part, verb, held) for verb in ("read", "write")} for part in PARTS}


def case_page(case: Case, user, at: dt.datetime) -> dict[str, Any]:
    """Return what the case page shows this person at a moment."""
    rights = rights_on(case, user)
    page: dict[str, Any] = {"case": case, "patient": case.patient, "rights": rights}
    for part, read in READERS.items():
        page[part] = read(case, user, at) if rights[part]["read"] else None
    return page


def _appointments(case: Case, user, at: dt.datetime) -> dict[str, Any]:
    rows = list(case.appointments.select_related("session", "note").order_by("-during"))
    return {
        "ahead": [row for row in reversed(rows) if row.ends_at > at and row.status in {"offered", "confirmed"}],
        "past": [row for row in rows if row.ends_at <= at or row.status not in {"offered", "confirmed"}],
    }


def _messages(case: Case, user, at: dt.datetime) -> dict[str, Any]:
    rows = Message.objects.filter(case=case)
    return {"count": rows.count(), "unread": rows.unread_by(user).count(), "newest": rows.order_by("-at").first()}


def _engagement(case: Case, user, at: dt.datetime):
    return panel_of(case, at) if case.state in ACTIVE_STATES else None


def _risk(case: Case, user, at: dt.datetime):
    return case.alerts.select_related("review__by").order_by("-raised_at")


def _notes(case: Case, user, at: dt.datetime) -> dict[str, Any]:
    signed = Note.objects.filter(appointment__case=case).select_related("appointment", "signed_by")
    owed = case.appointments.filter(status__in=NOTED_STATUSES, note=None).order_by("during")
    return {"signed": signed.order_by("-signed_at"), "owed": owed}


def _admin_notes(case: Case, user, at: dt.datetime):
    return case.admin_notes.as_shown().order_by("-at", "-pk")[:NEWEST]


def _tickets(case: Case, user, at: dt.datetime):
    return case.tickets.select_related("author", "supervisor").order_by("-opened_at")


def _letters(case: Case, user, at: dt.datetime):
    return case.letter_drafts.exclude(state="withdrawn").order_by("-started_at")


def _scores(case: Case, user, at: dt.datetime):
    return score_charts(case)


def _details(case: Case, user, at: dt.datetime) -> dict[str, Any]:
    """What is set, by whom it was set last, and the supervisor's decision where the protocol needed one (NOTE-5)."""
    newest = newest_of(case)
    decision = getattr(newest, "decision", None)
    return {"problem": PROBLEMS.get(case.problem, case.problem), "newest": newest, "decision": decision}


def _contact(case: Case, user, at: dt.datetime) -> dict[str, bool]:
    """The newest answer of each question of consent."""
    return {consent.get_kind_display(): consent.given for consent in case.patient.consents.order_by("at", "pk")}


def _safe_contact(case: Case, user, at: dt.datetime) -> str:
    """How somebody at risk at home may be reached, in words; empty without the flag."""
    channel = case.patient.agreed_channel
    return SAFE_CHANNELS[channel] if channel else ""


def _discharge(case: Case, user, at: dt.datetime):
    return case.endings.select_related("by").order_by("-at", "-pk").first()


READERS = {
    "appointments": _appointments,
    "messages": _messages,
    "engagement": _engagement,
    "risk": _risk,
    "notes": _notes,
    "admin_notes": _admin_notes,
    "tickets": _tickets,
    "letters": _letters,
    "scores": _scores,
    "details": _details,
    "contact": _contact,
    "discharge": _discharge,
    "safe_contact": _safe_contact,
}
