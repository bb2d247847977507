"""Where a referral stands, and withdrawing it (REF-10)."""

import pytest

from intake.referrals.queries import where_it_stands
from patients.models import Case
from patients.rules import CASE_TRANSITIONS
from risk.actions import raise_alert
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.rule("REF-10a")
def test_every_state_has_words_for_the_patient(world):
    for state in CASE_TRANSITIONS:
        stands = where_it_stands(Case(state=state, patient=world.alice, site=world.site))
        assert stands.now
        assert stands.next


@pytest.mark.rule("REF-10a")
def test_the_patient_s_home_says_it(world, client_of):
    page = client_of(world.charlie).get("/home/").content.decode()
    assert "We have your referral and your answers" in page
    assert "within a few working days" in page
    assert "on the day of your first appointment" in page


@pytest.mark.rule("REF-10b")
def test_the_patient_withdraws_and_withdrawing_again_changes_nothing(world, client_of):
    client, address = client_of(world.charlie), f"/cases/{world.charlie_case.ref}/withdrawal/"
    assert client.get(address).status_code == 200
    for _ in range(2):
        assert client.post(address, {"reason": "Found somebody near me."}).status_code == 303
    world.charlie_case.refresh_from_db()
    assert world.charlie_case.state == "withdrawn"
    assert world.charlie_case.events.filter(after="withdrawn").get().reason == "Found somebody near me."


@pytest.mark.rule("REF-10b")
def test_with_a_therapist_it_is_too_late_and_nobody_else_may(world, client_of):
    address = f"/cases/{world.alice_case.ref}/withdrawal/"
    answer = client_of(world.alice).post(address)
    assert answer.status_code == 409
    assert "Write to your therapist" in answer.content.decode()
    for who in (world.charlie, world.tamsin, world.amara):
        assert client_of(who).post(address).status_code == 404


@pytest.mark.rule("REF-10c")
def test_a_referral_with_an_alert_stays_and_the_patient_is_not_told_why(world):
    raise_alert(world.charlie_case, kind="item_9", source="test")
    answer = cast.signed_in(world.charlie).post(f"/cases/{world.charlie_case.ref}/withdrawal/")
    assert answer.status_code == 409
    assert "alert" not in answer.content.decode().lower().replace('role="alert"', "")
    world.charlie_case.refresh_from_db()
    assert world.charlie_case.state == "in_triage"
