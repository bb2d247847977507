"""People who are known already (REF-3), and what `refer` makes for every source."""

import datetime as dt

import pytest

from accounts.models import User
from intake.referrals.actions import refer
from intake.selfassessment.models import SelfAssessment
from notices.models import OutboxMessage
from patients.models import AdminNote, Case, Patient
from tests.cast import make_site, person
from tests.harness.together import together
from tests.intake.referring import mails
from ui.errors import Refused

NUMBER = "9434765919"
BASIC = {
    "first_name": "Mira",
    "last_name": "Holt",
    "date_of_birth": dt.date(1991, 3, 4),
    "nhs_number": NUMBER,
    "email": "mira@example.org",
    "phone": "07700900456",
    "postcode": "NM1 4AB",
    "gp_practice": "Rowan Road Surgery",
}


@pytest.fixture
def site(db):
    person("Olu Ade", "patient_services")
    return make_site()


def notes(case: Case) -> str:
    return "\n".join(AdminNote.objects.filter(case=case).values_list("text", flat=True))


@pytest.mark.rule("REF-4a")
def test_a_new_person_gets_case_account_self_assessment_and_invitation(site):
    case = refer(BASIC | {"consents": {"gp": True, "post": False}}, source="gp", site=site)
    assert case.patient.user.role_names == {"patient"}
    assert not case.patient.user.has_usable_password()
    assert SelfAssessment.objects.filter(case=case, completed_at=None).exists()
    given = case.questionnaires.order_by("pk").values_list("measure", "occasion", "version")
    assert list(given) == [("phq-9", "self-assessment", "1"), ("gad-7", "self-assessment", "1")]
    assert mails("invitation") == ["mira@example.org"]
    assert not AdminNote.objects.exists()
    assert (case.patient.consent("gp"), case.patient.consent("post"), case.patient.consent("text")) == (
        True,
        False,
        False,
    )


@pytest.mark.rule("REF-3a")
def test_number_and_birthday_together_are_the_same_person(site):
    first = refer(BASIC, source="gp", site=site)
    second = refer(BASIC | {"last_name": "Holt-Reed"}, source="self", site=site)
    assert second.patient == first.patient
    assert Patient.objects.count() == 1
    assert first.ref in notes(second)
    assert mails("referral_to_check") == ["olu@example.org"]
    assert "/admin-notes/" in OutboxMessage.objects.get(notice="referral_to_check").link


@pytest.mark.rule("REF-3d")
def test_a_known_person_s_details_and_consents_stay_and_the_office_is_told_what_differs(site):
    first = refer(BASIC | {"consents": {"gp": True}}, source="gp", site=site)
    changed = {"email": "thief@example.org", "phone": "07700900999", "consents": {"gp": False, "post": True}}
    second = refer(BASIC | changed, source="self", site=site)
    patient = Patient.objects.get()
    assert (patient.email, patient.phone) == ("mira@example.org", "07700900456")
    assert patient.consent("gp")
    assert not patient.consent("post")
    assert "another e-mail address, phone number" in notes(second)
    assert not OutboxMessage.objects.filter(recipient="thief@example.org").exists()
    assert not notes(first)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        pytest.param(
            {"date_of_birth": dt.date(1991, 3, 5)}, "The NHS number given here belongs to", id="other birthday"
        ),
        pytest.param({"nhs_number": "", "last_name": "HÓLT"}, "this may be the same person", id="no number"),
        pytest.param({"nhs_number": "9990000018", "last_name": "Roe"}, "belongs to another account", id="same address"),
    ],
)
@pytest.mark.rule("REF-3b")
def test_a_likely_match_is_a_new_person_for_the_office_to_sort_out(site, other, words):
    first = refer(BASIC, source="gp", site=site)
    second = refer(BASIC | other, source="self", site=site)
    assert second.patient != first.patient
    assert second.patient.user is None
    assert words in notes(second)
    assert "No account was opened" in notes(second)
    assert mails("invitation") == ["mira@example.org"]
    assert mails("referral_to_check") == ["olu@example.org"]
    assert "/admin-notes/" in OutboxMessage.objects.get(notice="referral_to_check").link


@pytest.mark.rule("REF-3b")
def test_the_number_of_somebody_else_is_not_taken_over(site):
    refer(BASIC, source="gp", site=site)
    second = refer(BASIC | {"date_of_birth": dt.date(1980, 1, 1), "email": "x@example.org"}, source="self", site=site)
    assert second.patient.nhs_number == ""


@pytest.mark.rule("REF-3b")
def test_an_address_of_the_staff_is_no_patient_s_account(site):
    case = refer(BASIC | {"email": "olu@example.org"}, source="self", site=site)
    assert case.patient.user is None
    assert User.objects.get(email="olu@example.org").role_names == {"patient_services"}


def test_a_partner_s_reference_comes_once_to_a_site(site):
    refer(BASIC | {"partner_ref": "NTT-1"}, source="service", site=site)
    with pytest.raises(Refused, match="already here"):
        refer(BASIC | {"partner_ref": "NTT-1"}, source="service", site=site)
    other = make_site("southfell", "Southfell")
    assert refer(BASIC | {"partner_ref": "NTT-1"}, source="service", site=other).site == other


@pytest.mark.rule("REF-3a")
@pytest.mark.django_db(transaction=True)
def test_two_referrals_of_one_person_at_once_make_one_person(site):
    _, wrong = together(*[lambda: refer(BASIC, source="self", site=site)] * 2)
    assert not wrong
    assert (Patient.objects.count(), Case.objects.count()) == (1, 2)
