"""Verbs of the ending: choose how therapy ends, submit the discharge letter, discharge (DIS-1, DIS-7)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.actions import record_change
from deadlines.actions import cancel_for_case
from discharge import queries, rules
from discharge.models import Discharge, DischargeRequest
from letters import actions as letters
from letters.models import LetterDraft
from notices.actions import tell_team
from patients.admin_notes.actions import write_admin_note
from patients.cases import actions as patients
from patients.models import Case
from patients.wording.findings import NOTHING_FOUND, PointedOut
from therapy.appointments import reviews
from therapy.engagement import actions as engagement
from ui.errors import Refused

DID_NOT_ENGAGE, NO_ANSWER = "did_not_engage", "No answer to the welcome and the reminder to book."
ENDED_DEADLINES = ("welcome", "reply", "confirm")


def fitting_statuses(case: Case) -> list[rules.Choice]:
    """Return every status of ending with the reason why it does not fit, empty where it does (DIS-1)."""
    return rules.choices(queries.facts_of(case))


@transaction.atomic
def request(case: Case, status: str, rationale: str, *, by, at: dt.datetime | None = None) -> DischargeRequest:
    """End therapy: the rationale goes to the admin notes, the case turns *discharging* (DIS-1, DIS-7).

    Raises Refused for a status that does not fit, an empty rationale, an open item of the checklist, or an open
    reason to stay such as an unreviewed alert (RISK-8).
    """
    at = at or timezone.now()
    locked = patients.lock(case)
    facts = queries.facts_of(locked)
    if status not in rules.LABELS:
        raise Refused("Choose how therapy ends.", field="status", remedy="Choose one of the statuses listed.")
    if why := rules.why_not(status, facts):
        raise Refused(f"“{rules.LABELS[status]}” does not fit: {why}.", field="status", remedy="Choose another.")
    if not rationale.strip():
        raise Refused("The rationale is empty.", field="rationale", remedy="Say in a sentence or two why.")
    patients.refuse_while_kept(locked)
    _refuse_open(queries.before_request(locked, facts))
    write_admin_note(locked, "rationale", f"{rules.LABELS[status]}: {rationale}", by=by, at=at)
    patients.turn(locked, "discharging", by=by, reason=rules.LABELS[status], at=at)
    engagement.therapy_ended(locked, at)
    reviews.therapy_ends(locked.ref, at=at)
    asked = DischargeRequest.objects.create(case=locked, status=status, rationale=rationale, by=by, at=at)
    tell_team(
        "patient_services", "discharge_asked", key=f"ending:{asked.pk}", case_ref=case.ref, link=_page(case), at=at
    )
    return asked


def _page(case: Case) -> str:
    return reverse("discharge:discharge", args=[case.ref])


def _refuse_open(items: list[queries.Item]) -> None:
    still_open = [item.what for item in items if not item.done]
    if still_open:
        raise Refused(f"Not done yet: {', '.join(still_open)}.", remedy="The checklist leads to each of them.")


@transaction.atomic
def submit_letter(
    draft: LetterDraft, *, by, despite: PointedOut = NOTHING_FOUND, at: dt.datetime | None = None
) -> LetterDraft:
    """Submit a discharge letter; refused before it is chosen how therapy ends (DIS-3, LET-3).

    `despite` is what was pointed out before (NOTE-8).
    """
    if queries.latest_request(draft.case) is None:
        raise Refused(
            "A discharge letter can be submitted once therapy is ended.",
            remedy="Choose “End therapy” on the case first.",
        )
    return letters.submit_checked(draft, by=by, despite=despite, at=at)


@transaction.atomic
def discharge(case: Case, *, by, at: dt.datetime | None = None) -> Discharge:
    """Discharge a case that waits for it, with its checklist done; doing it twice returns the same row (DIS-7)."""
    at = at or timezone.now()
    locked = patients.lock(case)
    done = Discharge.objects.filter(case=locked).first()
    if done is not None:
        return done
    asked = queries.latest_request(locked) or _never_engaged(locked, by=by, at=at)
    if asked is None or locked.state != "discharging":
        raise Refused("Nobody has asked to end this case.", remedy="Its clinician ends therapy first.")
    _refuse_open(queries.before_discharge(locked, queries.facts_of(locked), asked))
    patients.turn(locked, "discharged", by=by, reason=rules.LABELS[asked.status], at=at)
    cancel_for_case(locked.ref, ENDED_DEADLINES, closed_by="discharged", at=at)
    record_change("discharged", by=by, case_ref=locked.ref, after={"status": asked.status}, at=at)
    return Discharge.objects.create(case=locked, request=asked, by=by, at=at)


def _never_engaged(case: Case, *, by, at: dt.datetime) -> DischargeRequest | None:
    """The request of a case of which nobody was ever heard: patient services end it themselves (TIME-3)."""
    if not queries.is_never_engaged(case):
        return None
    write_admin_note(case, "rationale", f"{rules.LABELS[DID_NOT_ENGAGE]}: {NO_ANSWER}", by=by, at=at)
    return DischargeRequest.objects.create(case=case, status=DID_NOT_ENGAGE, rationale=NO_ANSWER, by=by, at=at)
