"""Homework as a message carries it."""

from __future__ import annotations

from django.urls import reverse

from therapy.enclosures import registry
from therapy.enclosures.registry import Shown
from therapy.homework.actions import KIND
from therapy.homework.models import Homework
from ui import words


def resolve(refs: list[str], viewer) -> dict[str, Shown]:
    """Return each piece of homework that this person may see, with where it stands."""
    rows = Homework.objects.visible_to(viewer, "homework").filter(ref__in=refs)
    return {str(row.ref): _shown(row) for row in rows.select_related("case").prefetch_related("reports", "turns")}


def _shown(homework: Homework) -> Shown:
    said = homework.newest_report
    due = f"By {words.day(homework.due_on)}." if homework.due_on else ""
    state = "Done." if said and said.done else "Not ticked as done yet."
    hint = "No longer needed." if homework.taken_back else f"{due} {state}".strip()
    url = reverse("therapy:homework", args=[homework.case.ref])
    return Shown(f"Homework: {homework.what}", url=f"{url}#h-{homework.ref}", hint=hint)


def register() -> None:
    """Say who resolves homework; called when the app is ready."""
    registry.register(KIND, resolve)
