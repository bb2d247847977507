"""The facts of a case that its ending turns on, and the checklist of what is still needed (DIS-2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from discharge import rules
from discharge.models import DischargeRequest
from patients.models import Case
from therapy.engagement.queries import why_not_let_go
from therapy.models import NeverEngaged


@dataclass(frozen=True)
class Item:
    """One line of the checklist: what, whether it is done, and where it is done."""

    what: str
    done: bool
    href: str = ""


ATTENDED = ("completed", "completed_late")
WITH_NOTE = (*ATTENDED, "dna", "late_cancelled", "aborted")


def facts_of(case: Case) -> rules.Facts:
    """Read the facts of a case at this moment."""
    held = case.appointments.filter(status__in=WITH_NOTE)
    return rules.Facts(
        attended=case.appointments.filter(status__in=ATTENDED).count(),
        appointments_ahead=case.appointments.filter(status__in=["offered", "confirmed"]).count(),
        notes_missing=held.filter(note=None, session__isnull=False).count(),
        letter_sent=case.letters.filter(
            kind="discharge", dispatches__recipient="patient", dispatches__stopped=""
        ).exists(),
        silence=why_not_let_go(case, timezone.now()),
    )


def latest_request(case: Case) -> DischargeRequest | None:
    """Return the newest request to end the episode, if any."""
    return case.endings.select_related("by").order_by("-at", "-pk").first()


def before_request(case: Case, facts: rules.Facts) -> list[Item]:
    """Return what must be done before therapy can be ended, each with the place where it is done."""
    kept = case.stay_reasons.filter(closed_at=None).values_list("what", flat=True)
    home = reverse("desk:case", args=[case.ref])
    return [
        Item("No open reason to stay" if not kept else f"Open: {'; '.join(kept)}", not kept, f"{home}#risk"),
        Item("No appointment ahead", not facts.appointments_ahead, reverse("therapy:appointments", args=[case.ref])),
        Item("Every session has a signed note", not facts.notes_missing, f"{home}#notes"),
    ]


def before_discharge(case: Case, facts: rules.Facts, request: DischargeRequest) -> list[Item]:
    """Return what must be done before patient services can discharge the case."""
    items = before_request(case, facts)
    if rules.needs_letter(request.status, facts):
        items.append(Item("Discharge letter sent to the patient", facts.letter_sent, reverse("letters:desk")))
    return items


def desk() -> list[DischargeRequest]:
    """Return the newest requests of the cases that wait to be discharged, oldest first."""
    requests = DischargeRequest.objects.filter(case__state="discharging", discharge=None)
    newest: dict[int, DischargeRequest] = {}
    for request in requests.select_related("case__site", "by").order_by("at", "pk"):
        newest[request.case_id] = request
    return sorted(newest.values(), key=lambda request: request.at)


def never_engaged() -> list[NeverEngaged]:
    """Return the cases that left their caseload because nobody answered, and that nobody has ended yet (TIME-3)."""
    rows = NeverEngaged.objects.filter(case__state="discharging", case__endings=None)
    return list(rows.select_related("case__site").order_by("at"))


def is_never_engaged(case: Case) -> bool:
    return case.state == "discharging" and NeverEngaged.objects.filter(case=case).exists()
