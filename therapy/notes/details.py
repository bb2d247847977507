"""The verbs of a case's details: diagnosis, step and protocol, and the supervisor's agreement (NOTE-5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines.calendars import ENGLAND
from deadlines.models import Deadline
from deadlines.rules import add_working_days
from notices.actions import tell, tell_team
from patients.cases import actions as patients
from patients.models import Case, CaseDetail
from therapy.notes import rules
from therapy.notes.models import ProtocolDecision
from ui.errors import Refused

AGREEMENT = "protocol_agreement"


@transaction.atomic
def set_details(
    case: Case, *, step: str, problem: str, protocol: str, by, reason: str = "", at: dt.datetime | None = None
) -> CaseDetail:
    """Set provisional diagnosis, step and protocol; with the first two an assessed case is in treatment (NOTE-5).

    An unusual protocol waits for the supervisor's agreement, unless that was given already. Raises Refused for a step
    that the site does not buy, and for an unusual protocol without a reason.
    """
    at = at or timezone.now()
    usual = rules.is_usual(problem, protocol)
    if not usual and not reason.strip():
        raise Refused(
            "This protocol is not the usual one for this problem.",
            field="reason",
            remedy="Say why you chose it. Your supervisor is asked to agree.",
        )
    about = {"step": step, "problem": problem, "protocol": protocol, "by": by, "reason": reason, "at": at}
    patients.lock(case)
    waits = not usual and not _agreed_before(case, problem, protocol)
    detail = patients.set_details(case, needs_agreement=waits, **about)
    deadlines.cancel_for_case(case.ref, [AGREEMENT], closed_by="details set again", at=at)
    if waits:
        _ask_supervisor(case, detail, at)
    as_it_stands = patients.lock(case)
    if as_it_stands.state == "assessment" and case.step and case.problem:
        patients.turn(case, "treatment", by=by, reason="step and diagnosis set", at=at)
    return detail


def _agreed_before(case: Case, problem: str, protocol: str) -> bool:
    """Tell whether this protocol stands agreed for this problem: nothing else was set since."""
    newest = newest_of(case)
    if newest is None or (newest.problem, newest.protocol) != (problem, protocol):
        return False
    decision = getattr(newest, "decision", None)
    return decision.agreed if decision else not newest.needs_agreement


def _ask_supervisor(case: Case, detail: CaseDetail, at: dt.datetime) -> None:
    """It stands among what the clinician's supervisor owes, for as long as the answer to a ticket may take."""
    supervisor = case.clinician.overseer if case.clinician else None
    due_at = add_working_days(at, rules.AGREEMENT_WORKING_DAYS, ENGLAND)
    deadlines.open_deadline(
        AGREEMENT,
        str(detail.pk),
        due_at=due_at,
        owner=supervisor,
        case_ref=case.ref,
        opened_by="unusual protocol",
        at=at,
    )
    about: dict[str, Any] = {"key": f"protocol:{detail.pk}", "case_ref": case.ref, "link": page_of(case), "at": at}
    if supervisor is not None:
        tell(supervisor, "agreement_asked", **about)
    else:
        tell_team(Role.CLINICAL_LEAD, "supervisor_missing", **about)


def asked_of(detail: CaseDetail):
    """Return the supervisor with whom the agreement lies, None where nobody supervises."""
    owed = Deadline.objects.owed().filter(kind=AGREEMENT, key=str(detail.pk), owner__is_active=True)
    found = owed.select_related("owner").first()
    return found.owner if found else None


def newest_of(case: Case) -> CaseDetail | None:
    """Return the setting that is in force, or None where nothing was set."""
    return case.details.select_related("by", "decision__by").order_by("-at", "-id").first()


def page_of(case: Case) -> str:
    return reverse("therapy:details", args=[case.ref])


@transaction.atomic
def decide(detail: CaseDetail, agreed: bool, text: str, *, by, at: dt.datetime | None = None) -> ProtocolDecision:
    """Agree to an unusual protocol or not, as supervisor; the clinician is told (NOTE-5). The same again is the same.

    Raises Refused for the one who chose it, where something else is set by now or decided already, and without words
    where the answer is no.
    """
    at, case = at or timezone.now(), patients.lock(detail.case)
    done = ProtocolDecision.objects.filter(detail=detail).first()
    if done is not None and (done.by_id, done.agreed) == (by.pk, agreed):
        return done
    newest = newest_of(case)
    if done is not None or newest is None or newest.pk != detail.pk or not detail.needs_agreement:
        raise Refused("Nothing waits for agreement here any more.", remedy="Reload the page to see what is set now.")
    if detail.by_id == by.pk:
        raise Refused("You have chosen this protocol yourself.", remedy="Somebody else must agree to it.")
    if not agreed and not text.strip():
        raise Refused("Say why you do not agree.", field="text", remedy="Write what the clinician should do instead.")
    decision = ProtocolDecision.objects.create(detail=detail, agreed=agreed, text=text.strip(), by=by, at=at)
    deadlines.meet(AGREEMENT, str(detail.pk), closed_by=f"decided by {by.name}", at=at)
    link = page_of(case)
    tell(detail.by, "agreement_decided", key=f"protocol:{detail.pk}:decided", case_ref=case.ref, link=link, at=at)
    after = {"agreed": agreed, "protocol": detail.protocol}
    record_change("protocol decision", by=by, case_ref=case.ref, object_ref=f"detail:{detail.pk}", after=after, at=at)
    return decision
