"""What happens when a document runs out, the first half-year is over, a hold was not decided (TIME-19, 20, 6)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from accounts.models import Role
from clinicians import clocks
from clinicians.models import ComplianceDocument
from deadlines.models import Deadline
from deadlines.registry import register
from notices.actions import tell, tell_team


def where(deadline: Deadline) -> str:
    return reverse("clinicians:clinician", args=[deadline.key.partition(":")[0]])


def _about(deadline: Deadline, at: dt.datetime) -> dict:
    return {"key": f"{deadline.kind}:{deadline.key}", "link": where(deadline), "at": at}


def document_soon(deadline: Deadline, at: dt.datetime) -> None:
    """The clinician is reminded, and owes the new one from now on."""
    pk = deadline.key.split(":")[2]
    document = ComplianceDocument.objects.select_related("clinician__user").get(pk=pk)
    clocks.new_one_owed(document, at=at)
    tell(document.clinician.user, "document_expires", **_about(deadline, at))


def document_ends(deadline: Deadline, at: dt.datetime) -> None:
    """From now on nothing new is allocated (CLIN-6 looks at the document itself); both sides are told."""
    if deadline.owner is not None:
        tell(deadline.owner, "document_expired", **_about(deadline, at))
    tell_team(Role.PATIENT_SERVICES, "document_expired", **_about(deadline, at))


def half_year_over(deadline: Deadline, at: dt.datetime) -> None:
    """The clinical lead is asked to look at the first half-year (CLIN-4)."""
    tell_team(Role.CLINICAL_LEAD, "half_year", **_about(deadline, at))


def note_overdue(overdue: Deadline, at: dt.datetime) -> None:
    """A note has come due unwritten: where that proposes a hold, whoever decides on it is told (TIME-6)."""
    proposal = clocks.propose_hold(overdue, at=at)
    if proposal is not None and proposal.owner is not None:
        tell(proposal.owner, "hold_proposed", **_about(proposal, at))
    elif proposal is not None:
        tell_team(Role.CLINICAL_LEAD, "hold_proposed", **_about(proposal, at))


def hold_undecided(deadline: Deadline, at: dt.datetime) -> None:
    """The supervisor is told again, and the clinical lead, who may decide as well."""
    if deadline.owner is not None:
        tell(deadline.owner, "hold_overdue", **_about(deadline, at))
    tell_team(Role.CLINICAL_LEAD, "hold_overdue", **_about(deadline, at))


def register_kinds() -> None:
    """Called once when the app is ready."""
    register(
        clocks.DOCUMENT_SOON, label="A document runs out soon", on_due=document_soon, where=where, stays_owed=False
    )
    register(clocks.DOCUMENT_ENDS, label="Hand in a document that runs out", on_due=document_ends, where=where)
    register(
        clocks.HALF_YEAR,
        label="Look at a clinician's first half-year",
        on_due=half_year_over,
        where=where,
        team=Role.CLINICAL_LEAD,
    )
    register(
        clocks.PROPOSED,
        label="Decide whether new cases are held: notes are late",
        on_due=hold_undecided,
        where=where,
        team=Role.CLINICAL_LEAD,
    )
