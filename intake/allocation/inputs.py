"""What the matching knows, read in a number of queries that does not grow with cases or clinicians (ALLOC-1)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, QuerySet
from django.utils import timezone

from clinicians.models import Clinician
from intake.allocation import rules
from intake.allocation.hours import Span, first_free
from intake.allocation.rules import CaseFacts, ClinicianFacts
from intake.triage.rules import days_waited
from patients.models import Case
from sites.models import ProtocolAcknowledgement, Site
from therapy.appointments.models import Appointment
from therapy.appointments.rules import HOLDING_STATUSES

LOOK_AHEAD = dt.timedelta(days=rules.LOOK_AHEAD_DAYS + 1)


@dataclass(frozen=True)
class Inputs:
    """Everything a run is worked out from; kept with it, it gives the same result again."""

    today: dt.date
    cases: Sequence[CaseFacts]
    clinicians: Sequence[ClinicianFacts]

    def as_data(self) -> dict[str, Any]:
        return {
            "today": self.today.isoformat(),
            "cases": [rules.as_data(case) for case in self.cases],
            "clinicians": [rules.as_data(clinician) for clinician in self.clinicians],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Inputs:
        return cls(
            dt.date.fromisoformat(data["today"]),
            [rules.case_from(row) for row in data["cases"]],
            [rules.clinician_from(row) for row in data["clinicians"]],
        )


def waiting() -> QuerySet[Case]:
    """Return the cases that wait for a clinician, the longest waiting first."""
    return Case.objects.filter(state="waiting", clinician=None).order_by("referred_at", "pk")


def gather(at: dt.datetime) -> Inputs:
    """Return all waiting cases and all clinicians as they are now (ALLOC-2)."""
    cases = waiting().select_related("site", "patient")
    return Inputs(timezone.localdate(at), [case_facts(case, at) for case in cases], clinician_facts(at))


def case_facts(case: Case, at: dt.datetime) -> CaseFacts:
    """Return what the matching knows of a case; reads its site and its patient."""
    return CaseFacts(
        ref=case.ref,
        site=case.site.code,
        step=case.step_or_provisional,
        modality=case.modality,
        waited_days=days_waited(case.referred_at, at),
        hours=frozenset(case.wished_hours),
        language=case.patient.language,
        gender=case.patient.clinician_gender,
        paused=case.site.allocation_paused,
    )


def clinician_facts(at: dt.datetime, **only) -> list[ClinicianFacts]:
    """Return what the matching knows of every clinician, or of those that `only` picks; the queries do not grow."""
    rows = Clinician.objects.filter(**only).order_by("ref")
    clinicians = list(rows.prefetch_related("sites", "availability", "leaves", "documents"))
    held, protocols, busy = _held(clinicians), _protocols(clinicians), _busy(clinicians, at)
    today = timezone.localdate(at)
    return [_facts(one, held[one.pk], protocols[one.user_id], busy[one.pk], today) for one in clinicians]


def _facts(clinician: Clinician, held: int, protocols: set[str], busy: list[Span], today: dt.date) -> ClinicianFacts:
    leaves = tuple((leave.first_day, leave.last_day) for leave in clinician.leaves.all())
    return ClinicianFacts(
        ref=str(clinician.ref),
        kind=clinician.kind,
        desired=clinician.desired_caseload,
        held=held,
        active=clinician.active,
        hold=clinician.allocation_hold,
        modalities=frozenset(clinician.modalities),
        sites=frozenset(site.code for site in clinician.sites.all()),
        protocols=frozenset(protocols),
        parts=clinician.parts(),
        free=first_free(clinician.stretches(), busy, leaves, today),
        documents=newest_documents(clinician),
        leaves=leaves,
        languages=frozenset(clinician.languages),
        gender=clinician.gender,
    )


def _held(clinicians: Iterable[Clinician]) -> Counter[int]:
    """Return, by clinician, how many cases they hold now."""
    cases = Case.objects.active().filter(clinician__in=[clinician.pk for clinician in clinicians])
    counted = cases.order_by().values("clinician").annotate(held=Count("pk"))
    return Counter(dict(counted.values_list("clinician", "held")))


def newest_documents(clinician: Clinician) -> dict[str, dt.date]:
    """Return, for each kind of document on file, the latest day on which one expires."""
    found: dict[str, dt.date] = {}
    for document in clinician.documents.all():
        found[document.kind] = max(document.expires_on, found.get(document.kind, document.expires_on))
    return found


def _protocols(clinicians: Iterable[Clinician]) -> defaultdict[int, set[str]]:
    """Return, by user, the sites whose latest protocol they have acknowledged; one without a protocol asks for none."""
    latest = Site.objects.annotate(version=Max("protocols__version")).values_list("code", "version")
    newest = dict(latest)
    without = {code for code, version in newest.items() if version is None}
    found: defaultdict[int, set[str]] = defaultdict(lambda: set(without))
    users = [clinician.user_id for clinician in clinicians]
    read = ProtocolAcknowledgement.objects.filter(user__in=users).annotate(
        code=F("protocol__site__code"), version=F("protocol__version")
    )
    for user, code, version in read.values_list("user_id", "code", "version"):
        if newest.get(code) == version:
            found[user].add(code)
    return found


def _busy(clinicians: Iterable[Clinician], at: dt.datetime) -> defaultdict[int, list[Span]]:
    """Return, by clinician, the appointments of the days ahead that hold time."""
    ahead = Appointment.objects.filter(
        clinician__in=[clinician.pk for clinician in clinicians],
        status__in=HOLDING_STATUSES,
        during__overlap=(at, at + LOOK_AHEAD),
    )
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for clinician, during in ahead.values_list("clinician_id", "during"):
        found[clinician].append((during.lower, during.upper))
    return found
