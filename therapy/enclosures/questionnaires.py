"""Questionnaires as one kind of enclosure: the message asks for one, and says whether it was filled in (MSG-4)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from measures import actions as measures
from measures import definitions
from measures.models import Questionnaire
from patients.models import Case
from therapy.enclosures import registry
from therapy.enclosures.offers import choice_offer, offer
from therapy.enclosures.registry import Shown
from ui import words

KIND = "questionnaire"


def _choices(case: Case) -> list[tuple[str, str]]:
    """Every measure that is defined, under its title."""
    return [(name, f"{found.title}: {found.about}") for name in sorted(definitions.load()) if (found := _of(name))]


def _of(name: str):
    return definitions.current(name)


def _make(message, measure: str, at: dt.datetime) -> object:
    """The one that still waits for the patient, or a new one: nobody fills in the same questions twice."""
    waiting = Questionnaire.objects.filter(case=message.case, measure=measure, completed_at=None).first()
    given = waiting or measures.give(message.case, measure, occasion=f"a message, {message.ref.hex[:12]}", at=at)
    return given.ref


def resolve(refs: list[str], viewer) -> dict[str, Shown]:
    """Return each questionnaire that this person may see, and whether it was filled in."""
    rows = Questionnaire.objects.visible_to(viewer, "scores").filter(ref__in=refs)
    return {str(row.ref): _shown(row) for row in rows}


def _shown(row: Questionnaire) -> Shown:
    title = measures.definition_of(row).title
    state = f"Filled in on {words.day(row.completed_at)}." if row.completed_at else "Not filled in yet."
    return Shown(f"Questionnaire: {title}", url=reverse("measures:questionnaire", args=[row.ref]), hint=state)


def register() -> None:
    """Say who resolves questionnaires, and offer them; called when the app is ready."""
    registry.register(KIND, resolve)
    offer(choice_offer(KIND, "Questionnaire", "No questionnaire is set up.", _choices, _make))
