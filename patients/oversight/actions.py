"""Who oversees a clinician's cases, and what waits for them: named by the clinical lead (TIME-21, NOTE-5)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from clinicians import actions as clinicians
from clinicians import clocks
from clinicians.models import Clinician
from deadlines import actions as deadlines
from deadlines.models import Deadline, DeadlineQuerySet
from patients.models import Case


@transaction.atomic
def appoint(clinician: Clinician, supervisor, *, by, at: dt.datetime | None = None) -> int:
    """Name a clinician's supervisor, to whom passes what waits for whoever oversees the cases; return how much did.

    Raises Refused for somebody who cannot supervise this clinician. The same again changes nothing.
    """
    at = at or timezone.now()
    clinicians.appoint_supervisor(clinician, supervisor, by=by, at=at)
    passed = deadlines.pass_on(_cases(clinician), supervisor, at=at)
    proposal = clocks.proposal_of(clinician)
    if proposal is not None:
        passed += deadlines.hand_over(proposal.kind, proposal.key, supervisor)
    return passed


def waiting(clinician: Clinician, at: dt.datetime) -> DeadlineQuerySet:
    """Return what waits for whoever oversees a clinician's cases."""
    return Deadline.objects.overseen(_cases(clinician), at).select_related("owner")


def _cases(clinician: Clinician) -> list[str]:
    return list(Case.objects.filter(clinician=clinician).values_list("ref", flat=True))
