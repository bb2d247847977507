"""What happens when a clinical note is overdue (TIME-6)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from deadlines import registry
from notices.actions import tell


def _page(deadline) -> str:
    return reverse("therapy:note", args=[deadline.key])


def overdue(deadline, at: dt.datetime) -> None:
    """The clinician is told; the note stays on the list of what is owed until it is signed."""
    if deadline.owner is not None:
        about = {"key": deadline.key, "case_ref": deadline.case_ref, "link": _page(deadline)}
        tell(deadline.owner, "note_overdue", at=at, **about)


def register() -> None:
    """Say which clock notes have; called when the app is ready."""
    registry.register("note", label="Write and sign the session's note", on_due=overdue, where=_page)
