"""Cases that wait for a clinician, for the tests of allocation."""

import datetime as dt

from django.utils import timezone

from patients.cases.actions import open_case, turn
from patients.models import Case
from tests import cast


def waiting(name: str, site, days: int = 10, step: str = "3", **wishes) -> Case:
    """A case of somebody new that waits since some days."""
    at = timezone.now() - dt.timedelta(days=days)
    case = open_case(cast.make_patient(name), site, source="self", by=None, at=at, **wishes)
    turn(case, "waiting", by=None)
    Case.objects.filter(pk=case.pk).update(provisional_step=step)
    return Case.objects.get(pk=case.pk)


def held_by(clinician) -> int:
    return Case.objects.active().filter(clinician=clinician).count()


def only_places(clinician, places: int) -> None:
    """Leave a clinician as many free places."""
    clinician.desired_caseload = held_by(clinician) + places
    clinician.save()
