"""How a person can stand to a case, as conditions on cases (ACC-4)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from deadlines.models import Deadline
from patients.rules import ENDED_STATES

# TIME-16: a clinician's access to transcripts ends six weeks after discharge.
ACCESS_AFTER_DISCHARGE = dt.timedelta(weeks=6)
UNALLOCATED_STATES = ("referred", "in_triage", "waiting")


def own(user) -> Q:
    """The patient's own cases."""
    return Q(patient__user=user)


def caseload(user) -> Q:
    """Cases of this clinician that have not ended."""
    return Q(clinician__user=user) & ~Q(state__in=ENDED_STATES)


def caseload_lately(user) -> Q:
    """Cases of this clinician that ended in the last six weeks."""
    return Q(clinician__user=user, ended_at__gt=timezone.now() - ACCESS_AFTER_DISCHARGE)


def supervisee(user) -> Q:
    """Cases of the clinicians whom this supervisor supervises."""
    return Q(clinician__supervisor=user)


def covering(user) -> Q:
    """Cases on which this supervisor owes something, as cover for one who is not there, until it is done."""
    return Q(ref__in=Deadline.objects.covered_by(user).order_by().values("case_ref"))


def unallocated(_user) -> Q:
    """Cases that no clinician holds yet, as triage sees them."""
    return Q(state__in=UNALLOCATED_STATES, clinician=None)


RELATIONS = {
    "own": own,
    "caseload": caseload,
    "caseload_lately": caseload_lately,
    "supervisee": supervisee,
    "unallocated": unallocated,
}
