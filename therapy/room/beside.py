"""What the clinician has beside the conversation, part by part (ROOM-6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from measures import actions as measures
from measures import definitions
from measures.charts import score_charts
from measures.models import Questionnaire
from patients.models import Case
from risk.models import Alert, RiskLevel
from therapy.messages import templates
from therapy.notes import rules as notes
from therapy.notes.actions import item_9_of, saved_of
from therapy.notes.forms import NoteForm
from therapy.notes.models import Note, NoteDraft
from therapy.room.models import Session

# The parts in the order of the page, with their titles.
PARTS = {
    "plan": "Last plan",
    "note": "Note of this session",
    "scores": "Scores",
    "risk": "Risk",
    "templates": "Message templates",
    "questionnaires": "Questionnaires",
}
# What of the last note says what was planned.
PLAN_PARTS = ("agenda", "homework", "treatment", "progress")


def part_of(name: str, session: Session, user, at: dt.datetime) -> dict[str, Any]:
    """Return what one part of the panel shows to the clinician of a session."""
    return READERS[name](session, user)


def _plan(session: Session, user) -> dict[str, Any]:
    """The last signed note before this session: what was planned, agreed and done."""
    signed = Note.objects.filter(appointment__case_id=session.appointment.case_id)
    last = signed.exclude(appointment=session.appointment).select_related("appointment").order_by("-signed_at").first()
    shown = [(notes.PARTS[name][0], getattr(last, name)) for name in PLAN_PARTS] if last else []
    return {"last": last, "shown": [(title, text) for title, text in shown if text.strip()]}


def _note(session: Session, user) -> dict[str, Any]:
    """The draft of this session's note, written here and signed on its own page (NOTE-2)."""
    kept = saved_of(NoteDraft.objects.filter(appointment=session.appointment).first())
    form = NoteForm(initial={**kept.texts, "version": kept.version})
    for name in notes.PARTS:
        form.fields[name].widget.attrs["rows"] = 3
        form.fields[name].help_text = ""
    signed = Note.objects.filter(appointment=session.appointment).exists()
    return {"form": form, "signed": signed, "draft_at": kept.at}


def _scores(session: Session, user) -> dict[str, Any]:
    return {"charts": score_charts(session.case)}


def _risk(session: Session, user) -> dict[str, Any]:
    """Alerts that wait, the level in force and why, the last item 9, and where the procedure stands."""
    case = session.case
    return {
        "alerts": Alert.objects.visible_to(user, "risk").unreviewed().filter(case=case),
        "level": RiskLevel.objects.filter(case=case).select_related("by").order_by("-at", "-pk").first(),
        "item_9": item_9_of(case),
    }


def _templates(session: Session, user) -> dict[str, Any]:
    return {"choices": templates.choices(session.case)}


def _questionnaires(session: Session, user) -> dict[str, Any]:
    """Which questionnaires can be sent into the session, and how those stand that were (MEAS-4)."""
    given = {row.measure: row for row in given_in(session)}
    known = [(name, definitions.current(name).title) for name in sorted(definitions.load(), reverse=True)]
    return {"measures": [(name, title, given.get(name)) for name, title in known]}


def occasion_of(session: Session) -> str:
    """Return the occasion under which a questionnaire is given in a session: once each (MEAS-4)."""
    return f"in session {session.ref.hex}"


def given_in(session: Session):
    return Questionnaire.objects.filter(case=session.case, occasion=occasion_of(session))


def give(session: Session, measure: str, at: dt.datetime) -> Questionnaire:
    """Give the patient a questionnaire in this session, once; raises KeyError for one that nobody defined."""
    return measures.give(session.case, measure, occasion=occasion_of(session), at=at)


def people_of(case: Case) -> dict[str, Any]:
    """Return how the patient and those around them are reached, a number as it is dialled beside it."""
    patient = case.patient
    return {"patient": patient, "dial": dialled(patient.phone), "dial_contact": dialled(patient.emergency_contact)}


def dialled(text: str) -> str:
    """Return the telephone number in a text as it is dialled; empty where there is none."""
    digits = "".join(character for character in text if character.isdigit() or character == "+")
    return digits if len(digits) >= MOST_SHORT else ""


MOST_SHORT = 9
READERS = {
    "plan": _plan,
    "note": _note,
    "scores": _scores,
    "risk": _risk,
    "templates": _templates,
    "questionnaires": _questionnaires,
}
