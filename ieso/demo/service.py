"""Sites, staff and clinicians of the demonstration, made by their verbs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from accounts.actions import create_person
from accounts.demo import give_full_sign_in
from accounts.models import User
from billing.actions import set_rate
from clinicians.actions import file_document, join, set_availability
from clinicians.models import Clinician, ComplianceDocument
from ieso.demo import people
from sites.actions import acknowledge_protocol, open_site, publish_protocol
from sites.models import ProtocolVersion, Site

PLACES = 14
EVENING, WEEKEND = (dt.time(17), dt.time(22)), (dt.time(9), dt.time(17))
# PAY-1: the rates in force, in pence.
RATES = [
    ("typed", 60, 4483),
    ("typed", 45, 3362),
    ("typed", 30, 2241),
    ("video", 50, 5000),
    ("video", 30, 3000),
]


@dataclass
class Service:
    """Who and what there is before the first patient."""

    sites: list[Site] = field(default_factory=list)
    supervisors: list[User] = field(default_factory=list)
    clinicians: list[Clinician] = field(default_factory=list)
    office: dict[str, list[User]] = field(default_factory=dict)

    def one(self, role: str) -> User:
        """The first of a role in the office."""
        return self.office[role][0]


def build(started: dt.datetime, scale: int) -> Service:
    """Make the service as it stood at `started`; `scale` multiplies clinicians and supervisors."""
    service = Service()
    for role, names in people.OFFICE.items():
        service.office[role] = [_staff(name, role, started) for name in names]
    lead = service.one("clinical_lead")
    service.sites = [_site(dict(site), lead, started) for site in people.SITES]
    for turn in range(scale):
        service.supervisors += [_staff(_numbered(name, turn), "supervisor", started) for name in people.SUPERVISORS]
    for turn in range(scale):
        for number, name in enumerate(people.HITS + people.PWPS):
            service.clinicians.append(_clinician(_numbered(name, turn), number, turn, service, started))
    for modality, minutes, pence in RATES:
        for kind in ("assessment", "treatment"):
            set_rate(modality, minutes, kind, pence, dt.date(2025, 4, 1), by=service.one("finance"))
    return service


def _numbered(name: str, turn: int) -> str:
    return name if turn == 0 else f"{name} {turn + 1}"


def _staff(name: str, role: str, at: dt.datetime) -> User:
    title = "" if role not in {"commissioner"} else " (commissioner)"
    return create_person(people.email_of(f"{role} {name}"), f"{name}{title}", [role], verified=True, at=at)


def _site(site: dict, lead: User, at: dt.datetime) -> Site:
    policy = site.pop("policy")
    opened = open_site(by=lead, policy=policy, at=at, contract_from=at.date(), **site)
    publish_protocol(opened, people.PROTOCOL.format(name=opened.name), by=lead, at=at)
    return opened


def _clinician(name: str, number: int, turn: int, service: Service, at: dt.datetime) -> Clinician:
    user = create_person(people.email_of(name), name, ["clinician"], verified=True, at=at)
    give_full_sign_in(user)
    clinician = join(
        user,
        "HIT" if name.startswith(tuple(people.HITS)) else "PWP",
        supervisor=service.supervisors[(number + turn * 2) % len(service.supervisors)],
        sites=service.sites,
        modalities=["typed", "video"] if number % 2 == 0 else ["typed"],
        desired_caseload=PLACES,
        languages=["English", "Welsh"] if number == 1 else ["English"],
        gender="woman" if number % 2 == 0 else "man",
        at=at,
    )
    set_availability(clinician, _week(number), by=user, at=at)
    for kind in ComplianceDocument.Kind.values:
        file_document(clinician, kind, at.date() + dt.timedelta(days=700), by=service.one("patient_services"), at=at)
    for protocol in ProtocolVersion.objects.filter(site__in=service.sites):
        acknowledge_protocol(protocol, by=user, at=at)
    return clinician


def _week(number: int) -> list[tuple]:
    """Evenings for most, weekends for every third clinician too."""
    week = [(day, *EVENING) for day in range(5)]
    return [*week, (5, *WEEKEND), (6, *WEEKEND)] if number % 3 == 0 else week
