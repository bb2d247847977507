"""What happens when a clinical note or an agreement is overdue (TIME-6, NOTE-5)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from accounts.models import Role
from clinicians.deadlines import note_overdue
from deadlines import registry
from notices.actions import tell
from therapy.notes.details import AGREEMENT


def _page(deadline) -> str:
    return reverse("therapy:note", args=[deadline.key])


def overdue(deadline, at: dt.datetime) -> None:
    """The clinician is told; the note stays on the list of what is owed until it is signed. The third late one in 30
    days puts a hold on new cases before the supervisor."""
    if deadline.owner is not None:
        about = {"key": deadline.key, "case_ref": deadline.case_ref, "link": _page(deadline)}
        tell(deadline.owner, "note_overdue", at=at, **about)
        note_overdue(deadline, at)


def _details(deadline) -> str:
    return reverse("therapy:details", args=[deadline.case_ref])


def agreement_overdue(deadline, at: dt.datetime) -> None:
    """The supervisor is told; it stays on the list of what is owed until it is decided."""
    if deadline.owner is not None:
        about = {"key": deadline.key, "case_ref": deadline.case_ref, "link": _details(deadline)}
        tell(deadline.owner, "agreement_overdue", at=at, **about)


def register() -> None:
    """Say which clocks notes and details have; called when the app is ready."""
    registry.register(
        AGREEMENT,
        label="Agree to a protocol, or not",
        on_due=agreement_overdue,
        where=_details,
        oversight=True,
        team=Role.CLINICAL_LEAD,  # where nobody supervises
        falls_with_caseload=True,  # its supervisor no longer reaches a case that left
    )
    registry.register("note", label="Write and sign the session's note", on_due=overdue, where=_page)
