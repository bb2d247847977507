"""A small service with named people in it, made by the verbs; Charlie is the stranger who must never see anything.

Amara (HIT, supervised by Sunniva) treats Alice; Piet (PWP, supervised by Stellan) treats Bob; Charlie waits in triage.
Olu keeps the office, Tamsin triages, Farid pays, Leonie leads; Safiya, Dora and Conrad hold the remaining roles.
"""

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts import mfa, secrets
from accounts.models import Role, RoleGrant, SignIn, User
from accounts.sessions import SessionStore
from clinicians.models import AvailabilitySlot, Clinician, ComplianceDocument
from patients.cases import actions as patients
from patients.models import Case, Patient
from sites.actions import open_site
from sites.models import Site

PASSWORD = "a calm blue kettle sings"
NEVER_IDLE = dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# The way of a case through its states, as far as a test wants it to be.
WAY = ("referred", "in_triage", "waiting", "allocated", "assessment", "treatment")

PEOPLE = {
    "Amara Obi": Role.CLINICIAN,
    "Piet Vermeer": Role.CLINICIAN,
    "Sunniva Dahl": Role.SUPERVISOR,
    "Stellan Voss": Role.SUPERVISOR,
    "Olu Ade": Role.PATIENT_SERVICES,
    "Tamsin Tye": Role.TRIAGE,
    "Farid Fayed": Role.FINANCE,
    "Leonie Lund": Role.CLINICAL_LEAD,
    "Safiya Shah": Role.SAFEGUARDING,
    "Dora Dean": Role.DPO,
    "Conrad Cole": Role.COMMISSIONER,
    "Alice Arden": Role.PATIENT,
    "Bob Brook": Role.PATIENT,
    "Charlie Croft": Role.PATIENT,
}


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


def people(names: dict[str, str], *, password: str = PASSWORD) -> list[User]:
    """Several persons at once (name to role), verified: what `create_person` does, in three statements."""
    hashed = make_password(password)
    users = User.objects.bulk_create(User(email=email_of(name), name=name, password=hashed) for name in names)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in users
    )
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=names[user.name]) for user in users)
    return users


def person(name: str, role: str) -> User:
    """Somebody with a verified address and the password PASSWORD."""
    return people({name: role})[0]


def email_of(name: str) -> str:
    return f"{name.split()[0].lower()}@example.org"


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


def make_clinician(who: str | User, kind: str, supervisor: User | None, *sites: Site, caseload: int = 10) -> Clinician:
    """An active clinician in date with every document, free from 8:00 to 22:00 on all days."""
    user = person(who, Role.CLINICIAN) if isinstance(who, str) else who
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


def make_patient(who: str | User, **fields) -> Patient:
    """A person with an account, in the area of Northmere."""
    user = person(who, Role.PATIENT) if isinstance(who, str) else who
    first_name, last_name = user.name.split(maxsplit=1)
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
    users = {email_name(user): user for user in people(PEOPLE)}
    amara = make_clinician(users.pop("amara"), Clinician.Kind.HIT, users["sunniva"], site)
    piet = make_clinician(users.pop("piet"), Clinician.Kind.PWP, users["stellan"], site)
    alice, bob, charlie = (make_patient(users.pop(name)) for name in ("alice", "bob", "charlie"))
    return World(
        site=site,
        far_site=far_site,
        amara=amara,
        piet=piet,
        alice=alice,
        bob=bob,
        charlie=charlie,
        alice_case=make_case(alice, site, "treatment", amara),
        bob_case=make_case(bob, site, "treatment", piet),
        charlie_case=make_case(charlie, site, "in_triage"),
        **users,
    )


def email_name(user: User) -> str:
    return user.email.split("@")[0]


def user_of(who: User | Clinician | Patient) -> User:
    """The account of anybody in the cast, read afresh: a user keeps its roles for the length of a request."""
    return User.objects.get(pk=who.pk if isinstance(who, User) else who.user_id)


def set_up_app(user: User) -> None:
    """Gives the user an authenticator app with TOTP_SECRET."""
    data = {"secret": secrets.encrypt(TOTP_SECRET)}
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": data})


def signed_in(who: User | Clinician | Patient, **options) -> Client:
    """A client signed in as the person, staff with their second factor. It never locks: tests move the clock."""
    user, client, request = user_of(who), Client(**options), HttpRequest()
    # As `force_login`, which asks the database twice as often: it makes a session to sign in with, and then another.
    request.session = SessionStore()
    login(request, user, settings.AUTHENTICATION_BACKENDS[0])
    if user.is_staff_member:
        set_up_app(user)
        mfa.mark(request.session, mfa.APP)
    request.session.save()
    key = client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    SignIn.objects.filter(session_key=key).update(used_at=NEVER_IDLE, locks_at=NEVER_IDLE)
    return client
