"""A small service with named people in it, made by the verbs; Charlie is the stranger who must never see anything.

Amara (HIT, supervised by Sunniva) treats Alice; Piet (PWP, supervised by Stellan) treats Bob; Charlie waits in triage.
Olu keeps the office, Tamsin triages, Farid pays, Leonie leads; Safiya, Dora and Conrad hold the remaining roles.
"""

import datetime as dt
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts import mfa, secrets
from accounts.actions import create_person
from accounts.models import Role, User
from clinicians.models import AvailabilitySlot, Clinician, ComplianceDocument
from patients import actions as patients
from patients.models import Case, Patient
from sites.actions import open_site
from sites.models import Site

PASSWORD = "a calm blue kettle sings"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# The way of a case through its states, as far as a test wants it to be.
WAY = ("referred", "in_triage", "waiting", "allocated", "assessment", "treatment")


@dataclass
class World:
    """Who is here; a clinician and a patient know their `user`, everybody else is one."""

    site: Site
    far_site: Site
    amara: Clinician
    piet: Clinician
    sunniva: User
    stellan: User
    olu: User
    tamsin: User
    farid: User
    leonie: User
    safiya: User
    dora: User
    conrad: User
    alice: Patient
    bob: Patient
    charlie: Patient
    alice_case: Case
    bob_case: Case
    charlie_case: Case

    def by_role(self) -> dict[str, User]:
        """One person for each role; patient and clinician are those with something of their own."""
        return {
            Role.PATIENT: self.alice.user,
            Role.CLINICIAN: self.amara.user,
            Role.SUPERVISOR: self.sunniva,
            Role.PATIENT_SERVICES: self.olu,
            Role.TRIAGE: self.tamsin,
            Role.FINANCE: self.farid,
            Role.SAFEGUARDING: self.safiya,
            Role.DPO: self.dora,
            Role.CLINICAL_LEAD: self.leonie,
            Role.COMMISSIONER: self.conrad,
        }


def person(name: str, *roles: str, at: dt.datetime | None = None) -> User:
    """Somebody with a verified address and the password PASSWORD."""
    email = f"{name.split()[0].lower()}@example.org"
    return create_person(email, name, roles, password=PASSWORD, verified=True, at=at)


def make_site(code: str = "northmere", name: str = "Northmere", **fields) -> Site:
    defaults = {
        "commissioner": f"{name} Integrated Care Board",
        "contract_from": dt.date(2020, 1, 1),
        "practices": ["Rowan Road Surgery", "The Quay Practice"],
        "postcode_districts": ["NM1", "NM2"],
        "sources": ["gp", "service", "self"],
        "steps": ["2", "3", "3+"],
        "modalities": ["typed", "video"],
    }
    return open_site(by=None, code=code, name=name, **(defaults | fields))


def make_clinician(name: str, kind: str, supervisor: User | None, *sites: Site, caseload: int = 10) -> Clinician:
    """An active clinician in date with every document, free from 8:00 to 22:00 on all days."""
    user = person(name, Role.CLINICIAN)
    clinician = Clinician.objects.create(
        user=user, kind=kind, supervisor=supervisor, desired_caseload=caseload, modalities=["typed", "video"]
    )
    clinician.sites.set(sites)
    AvailabilitySlot.objects.bulk_create(
        AvailabilitySlot(clinician=clinician, weekday=day, starts=dt.time(8), ends=dt.time(22)) for day in range(7)
    )
    in_date = timezone.now().date() + dt.timedelta(days=365)
    ComplianceDocument.objects.bulk_create(
        ComplianceDocument(clinician=clinician, kind=kind, expires_on=in_date) for kind in ComplianceDocument.Kind
    )
    return clinician


def make_patient(name: str, **fields) -> Patient:
    """A person with an account, in the area of Northmere."""
    first_name, last_name = name.split(maxsplit=1)
    user = person(name, Role.PATIENT)
    defaults = {
        "date_of_birth": dt.date(1990, 5, 17),
        "postcode": "NM1 4AB",
        "gp_practice": "Rowan Road Surgery",
        "phone": "07700900123",
        "created_at": timezone.now(),
    }
    return Patient.objects.create(
        user=user, first_name=first_name, last_name=last_name, email=user.email, **(defaults | fields)
    )


def make_case(
    patient: Patient, site: Site, state: str = "waiting", clinician: Clinician | None = None, by: User | None = None
) -> Case:
    """An episode brought by the verbs to a state of WAY; from *allocated* on it is the clinician's."""
    case = patients.open_case(patient, site, source="self", by=by)
    for step in WAY[1 : WAY.index(state) + 1]:
        if step == "allocated":
            patients.assign(case, clinician, by=by)
        patients.turn(case, step, by=by)
    return case


def make_world() -> World:
    """The whole cast, as of now."""
    site = make_site()
    far_site = make_site("southfell", "Southfell", postcode_districts=["SF7"], steps=["2", "3"])
    sunniva, stellan = person("Sunniva Dahl", Role.SUPERVISOR), person("Stellan Voss", Role.SUPERVISOR)
    amara = make_clinician("Amara Obi", Clinician.Kind.HIT, sunniva, site)
    piet = make_clinician("Piet Vermeer", Clinician.Kind.PWP, stellan, site)
    alice, bob, charlie = make_patient("Alice Arden"), make_patient("Bob Brook"), make_patient("Charlie Croft")
    return World(
        site=site,
        far_site=far_site,
        amara=amara,
        piet=piet,
        sunniva=sunniva,
        stellan=stellan,
        olu=person("Olu Ade", Role.PATIENT_SERVICES),
        tamsin=person("Tamsin Tye", Role.TRIAGE),
        farid=person("Farid Fayed", Role.FINANCE),
        leonie=person("Leonie Lund", Role.CLINICAL_LEAD),
        safiya=person("Safiya Shah", Role.SAFEGUARDING),
        dora=person("Dora Dean", Role.DPO),
        conrad=person("Conrad Cole", Role.COMMISSIONER),
        alice=alice,
        bob=bob,
        charlie=charlie,
        alice_case=make_case(alice, site, "treatment", amara),
        bob_case=make_case(bob, site, "treatment", piet),
        charlie_case=make_case(charlie, site, "in_triage"),
    )


def user_of(who: User | Clinician | Patient) -> User:
    """The account of anybody in the cast, read afresh: a user keeps its roles for the length of a request."""
    return User.objects.get(pk=who.pk if isinstance(who, User) else who.user_id)


def set_up_app(user: User) -> None:
    """Gives the user an authenticator app with TOTP_SECRET."""
    data = {"secret": secrets.encrypt(TOTP_SECRET)}
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": data})


def signed_in(who: User | Clinician | Patient, **options) -> Client:
    """A client signed in as the person; staff have shown their second factor."""
    user, client = user_of(who), Client(**options)
    client.force_login(user)
    if user.is_staff_member:
        set_up_app(user)
        session = client.session
        mfa.mark(session, mfa.APP)
        session.save()
    return client
