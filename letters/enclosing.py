"""Letters as a message carries them: only those that were sent to the patient already (MSG-4, LET-5)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from letters.models import Letter
from patients.models import Case
from therapy.enclosures import registry
from therapy.enclosures.offers import choice_offer, offer
from therapy.enclosures.registry import Shown
from ui import words

KIND = "letter"
NONE_YET = "No letter can be added yet. One can be added once it is approved and sent to the patient."


def _sent(case: Case):
    """Letters that went to the patient: a message shows no letter that its consents or checks held back."""
    return Letter.objects.filter(case=case, dispatches__recipient="patient", dispatches__stopped="").order_by("-pk")


def _choices(case: Case) -> list[tuple[str, str]]:
    return [(str(letter.ref), label_of(letter)) for letter in _sent(case)]


def label_of(letter: Letter) -> str:
    """Return what a letter is called, with its day."""
    return f"{letter.get_kind_display()} of {words.day(letter.approved_at)}"


def _make(message, ref: str, at: dt.datetime) -> object:
    return ref


def resolve(refs: list[str], viewer) -> dict[str, Shown]:
    """Return each letter that this person may read."""
    rows = Letter.objects.visible_to(viewer, "letters").filter(ref__in=refs)
    return {str(row.ref): Shown(label_of(row), url=reverse("letters:letter", args=[row.ref])) for row in rows}


def register() -> None:
    """Say who resolves letters, and offer them; called when the app is ready."""
    registry.register(KIND, resolve)
    offer(choice_offer(KIND, "Letter", NONE_YET, _choices, _make))
