"""Worksheets as a message carries them (MSG-4)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from patients.models import Case
from therapy.enclosures import registry
from therapy.enclosures.offers import choice_offer, offer
from therapy.enclosures.registry import Shown
from therapy.messages.actions import PATIENT, side_of
from therapy.sheets import library
from therapy.sheets.actions import KIND, hand_out
from therapy.sheets.models import Sheet
from ui import words


def _choices(case: Case) -> list[tuple[str, str]]:
    return [(blank.id, f"{blank.title}: {blank.about}") for blank in library.blanks()]


def _make(message, slug: str, at: dt.datetime) -> object:
    return hand_out(message.case, slug, by=message.sender, at=at).ref


def resolve(refs: list[str], viewer) -> dict[str, Shown]:
    """Return each worksheet that this person may see, with where it stands."""
    rows = Sheet.objects.visible_to(viewer, "session_tools").filter(ref__in=refs)
    found = rows.select_related("returned", "case__patient", "case__clinician")
    return {str(row.ref): _shown(row, viewer) for row in found}


def _shown(sheet: Sheet, viewer) -> Shown:
    """Until it is sent back it leads nowhere but for the patient, whose own it is."""
    returned = getattr(sheet, "returned", None)
    state = f"Sent back on {words.day(returned.at)}." if returned else "Not sent back yet."
    leads = returned or side_of(sheet.case, viewer) == PATIENT
    url = reverse("therapy:sheet", args=[sheet.ref]) if leads else ""
    return Shown(f"Worksheet: {sheet.blank.title}", url=url, hint=state)


def register() -> None:
    """Say who resolves worksheets, and offer them; called when the app is ready."""
    registry.register(KIND, resolve)
    offer(choice_offer(KIND, "Worksheet", "There is no worksheet in the library.", _choices, _make))
