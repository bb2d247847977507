"""Contact details and consents, corrected by the patient or patient services (ACC-4, LET-6, REF-3)."""

import datetime as dt
import re

import pytest

from audit.models import ChangeEntry
from intake.referrals.actions import refer
from patients.models import Consent
from tests.intake.referring import fill, mails, send
from tests.intake.test_referral_known import BASIC

pytestmark = pytest.mark.django_db
DETAILS = {
    "preferred_name": "Al",
    "pronouns": "they/them",
    "phone": "+44 7700 900777",
    "address": "1 New Street",
    "postcode": "nm2 1aa",
    "gp_practice": "The Quay Practice",
    "emergency_contact": "",
}
ANSWERS = {"gp": "yes", "text": "no", "voicemail": "no", "post": "no", "research": "no"}


@pytest.mark.parametrize("who", ["alice", "olu"])
def test_patient_and_office_correct_details(world, client_of, who):
    door = f"/cases/{world.alice_case.ref}/contact/"
    assert client_of(getattr(world, who)).post(door, DETAILS).status_code == 303
    world.alice.refresh_from_db()
    assert (world.alice.phone, world.alice.postcode, world.alice.called) == ("07700900777", "NM2 1AA", "Al")
    entry = ChangeEntry.objects.get(what="contact details")
    assert "emergency_contact" not in entry.after
    assert entry.before["postcode"] == "NM1 4AB"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"phone": "12"}, "is not a whole phone number"),
        ({"postcode": "NM"}, "is not a full postcode"),
        ({"gp_practice": ""}, "is missing"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_changed(world, client_of, wrong, words):
    answer = client_of(world.alice).post(f"/cases/{world.alice_case.ref}/contact/", DETAILS | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    world.alice.refresh_from_db()
    assert world.alice.postcode == "NM1 4AB"


def test_nobody_else_changes_them(world, client_of):
    for door in ("contact", "consents"):
        for who in (world.amara, world.sunniva, world.tamsin, world.farid, world.bob):
            assert client_of(who).post(f"/cases/{world.alice_case.ref}/{door}/", DETAILS | ANSWERS).status_code == 404


def test_a_changed_answer_is_a_new_consent_and_the_same_one_is_none(world, client_of):
    client, door = client_of(world.alice), f"/cases/{world.alice_case.ref}/consents/"
    for _ in range(2):
        assert client.post(door, ANSWERS).status_code == 303
    assert world.alice.consent("gp")
    assert Consent.objects.filter(patient=world.alice).count() == 1
    client.post(door, ANSWERS | {"gp": "no"})
    assert not world.alice.consent("gp")


def test_the_office_says_how_it_was_told(world, client_of):
    client, door = client_of(world.olu), f"/cases/{world.alice_case.ref}/consents/"
    assert client.post(door, ANSWERS).status_code == 422
    assert client.post(door, ANSWERS | {"why": "By phone"}).status_code == 303
    assert Consent.objects.get(patient=world.alice).reason == "By phone"


@pytest.mark.rule("REF-3b")
def test_the_office_opens_the_account_once_it_knows_who_it_is(world, client_of):
    case = refer(BASIC | {"email": world.bob.email}, source="self", site=world.site)
    client, door = client_of(world.olu), f"/cases/{case.ref}/account/"
    assert "has no account yet" in client.get(f"/cases/{case.ref}/contact/").content.decode()
    refused = client.post(door, {"email": world.bob.email})
    assert refused.status_code == 409
    assert "There is an account with this e-mail address already" in refused.content.decode()
    assert client.post(door, {"email": ""}).status_code == 422
    assert client.post(door, {"email": "mira@example.org"}).status_code == 303
    assert client.post(door, {"email": "mira@example.org"}).status_code == 409
    case.patient.refresh_from_db()
    assert (case.patient.user.email, case.patient.email) == ("mira@example.org", "mira@example.org")
    assert mails("invitation") == ["mira@example.org"]


def test_a_patient_opens_no_second_account(world, client_of):
    assert (
        client_of(world.alice).post(f"/cases/{world.alice_case.ref}/account/", {"email": "x@example.org"}).status_code
        == 409
    )


@pytest.mark.rule("REF-3c")
def test_whoever_sends_a_referral_sees_no_difference(world, client):
    refer(
        BASIC | {"email": "known@example.org"}, source="gp", site=world.site, at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    )
    pages = []
    for changed in (
        {"name": {"last_name": "Unknown"}, "nhs_number": {"nhs_number": ""}},
        {"safe": {"email": world.bob.email}},
    ):
        browser = type(client)()
        case = send(fill(browser, **changed))
        page = browser.get("/referral/sent/").content.decode()
        pages.append(re.sub(rf"{case.ref[:4]} {case.ref[4:]}|[A-Za-z0-9]{{64}}", "", page))
    assert pages[0] == pages[1]
