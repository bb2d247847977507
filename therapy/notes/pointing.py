"""What is pointed out in a note before it is signed (NOTE-3, NOTE-8); the clinician decides."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q
from django.utils import timezone

from patients.models import Case
from patients.wording import findings
from patients.wording import rules as wording
from patients.wording.findings import Finding, PointedOut
from therapy.appointments.models import Appointment
from therapy.notes import rules
from therapy.notes.models import Note
from ui.words import day


def pointed_out(appointment: Appointment, parts: Mapping[str, str], by) -> PointedOut:
    """Return what the writer should look at once more: risk, a copied note, other names, promises."""
    texts = [parts.get(name, "") for name in rules.PARTS]
    return findings.together(
        _risk(parts.get("risk", "")),
        _copied(appointment, "\n".join(texts), by),
        findings.others_named_in(appointment.case, by, *texts),
        findings.promise_in(*texts),
    )


def pointed_out_in_addendum(case: Case, text: str, by) -> PointedOut:
    """Return what the writer of an addendum should look at once more: it is read together with its note."""
    return findings.together(findings.others_named_in(case, by, text), findings.promise_in(text))


def _risk(text: str) -> Finding | None:
    """A part that is blank is refused (NOTE-1); here it is one that says nothing."""
    if not text.strip() or not wording.says_nothing(text):
        return None
    return Finding(
        "empty_risk",
        "The risk part says next to nothing.",
        "Write at least the PHQ-9 item 9 score, what was asked and what the patient said.",
        (text.strip(),),
    )


def _copied(appointment: Appointment, text: str, by) -> Finding | None:
    """The clinician's own latest notes are compared, and those of the case, whoever signed them."""
    mine = Q(signed_by=by) | Q(appointment__case=appointment.case_id)
    rows = Note.objects.filter(mine).exclude(appointment=appointment).select_related("appointment__case")
    earlier = list(rows.order_by("-signed_at", "-pk")[: wording.MOST_COMPARED])
    place = wording.most_alike(text, ("\n".join(getattr(note, name) for name in rules.PARTS) for note in earlier))
    if place is None:
        return None
    found = earlier[place].appointment
    held = day(timezone.localtime(found.starts_at).date())
    return Finding(
        "copied",
        "This is much the same as an earlier note.",
        "A note says what happened in this very session. Make sure that nothing of another one has stayed in it.",
        (f"Session of {held}, case {found.case.ref}",),
    )
