"""A case with an alert that nobody has reviewed, or at high risk, stays (RISK-8)."""

import pytest
from django.db import DatabaseError, connection, transaction

from intake.triage.actions import decline
from patients.cases import actions as patients
from patients.models import Case
from risk.actions import raise_alert, record_handover, review, set_level
from risk.models import RiskHandover, RiskLevel
from tests.cast import make_case
from ui.errors import Refused

pytestmark = pytest.mark.django_db
REVIEW = {"considered": "All of it.", "done": "Called.", "level": "none"}
LEAVING = [
    ("in_triage", "declined"),
    ("in_triage", "signposted"),
    ("in_triage", "withdrawn"),
    ("waiting", "discharging"),
    ("allocated", "waiting"),
    ("allocated", "withdrawn"),
    ("assessment", "discharging"),
    ("treatment", "discharging"),
    ("treatment", "waiting"),
]


def case_in(world, state: str) -> Case:
    return make_case(world.alice, world.site, state, world.amara)


@pytest.mark.rule("RISK-8a")
@pytest.mark.rule("RISK-8c")
@pytest.mark.parametrize(("before", "after"), LEAVING)
def test_it_does_not_leave_until_somebody_has_reviewed_the_alert(world, before, after):
    case = case_in(world, before)
    alert = raise_alert(case, kind="item_9", source="test")
    with pytest.raises(Refused, match="an alert has not been reviewed"):
        patients.turn(case, after, by=world.olu)
    review(alert, by=world.amara.user, **REVIEW)
    assert patients.turn(case, after, by=world.olu).state == after


@pytest.mark.rule("RISK-8a")
def test_no_other_clinician_gets_it_and_it_leaves_no_caseload(world):
    raise_alert(world.alice_case, kind="item_9", source="test")
    for clinician in (world.piet, None):
        with pytest.raises(Refused, match="an alert has not been reviewed"):
            patients.assign(world.alice_case, clinician, by=world.olu)


@pytest.mark.rule("RISK-8a")
def test_triage_cannot_decline_it(world):
    raise_alert(world.charlie_case, kind="item_9", source="test")
    with pytest.raises(Refused, match="an alert has not been reviewed"):
        decline(world.charlie_case, "Lives elsewhere.", "The service there.", by=world.tamsin)
    assert not world.charlie_case.decisions.exists()


@pytest.mark.rule("RISK-8c")
def test_being_accepted_and_getting_a_clinician_is_no_leaving(world):
    raise_alert(world.charlie_case, kind="item_9", source="test")
    for state in ("waiting", "allocated", "assessment", "treatment"):
        if state == "allocated":
            patients.assign(world.charlie_case, world.amara, by=world.olu)
        patients.turn(world.charlie_case, state, by=world.olu)


@pytest.mark.rule("RISK-8b")
@pytest.mark.parametrize(
    "change",
    [
        "state = 'discharging'",
        "state = 'waiting'",
        "clinician_id = NULL",
        "clinician_id = (SELECT id FROM clinicians_clinician WHERE kind = 'PWP' LIMIT 1)",
    ],
)
def test_the_database_refuses_it_too(world, change):
    statement = f"UPDATE patients_case SET {change} WHERE ref = %s"
    alert = raise_alert(world.alice_case, kind="item_9", source="test")
    with pytest.raises(DatabaseError, match="reason to stay"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [world.alice_case.ref])
    review(alert, by=world.amara.user, **REVIEW)
    with connection.cursor() as cursor:
        cursor.execute(statement, [world.alice_case.ref])


@pytest.mark.rule("RISK-8a")
def test_every_alert_counts(world):
    first = raise_alert(world.alice_case, kind="item_9", source="one")
    raise_alert(world.alice_case, kind="saq_risk", source="two")
    review(first, by=world.amara.user, **REVIEW)
    with pytest.raises(Refused):
        patients.turn(world.alice_case, "discharging", by=world.olu)


@pytest.mark.rule("RISK-8d")
@pytest.mark.parametrize(
    ("level", "keeps"), [("none", False), ("low", False), ("medium", False), ("high", True), ("immediate", True)]
)
def test_a_high_level_keeps_the_case_until_it_is_set_lower(world, level, keeps):
    alert = raise_alert(world.alice_case, kind="item_9", source="test")
    review(alert, by=world.amara.user, **REVIEW | {"level": level})
    if keeps:
        with pytest.raises(Refused, match="high or immediate"):
            patients.turn(world.alice_case, "discharging", by=world.olu)
        set_level(world.alice_case, "high", "Still so.", by=world.amara.user)
        set_level(world.alice_case, "low", "A plan is agreed.", by=world.amara.user)
    patients.turn(world.alice_case, "discharging", by=world.olu)


@pytest.mark.rule("RISK-8d")
def test_the_level_is_set_on_a_page_by_those_who_may_review(world, client_of):
    door = f"/cases/{world.alice_case.ref}/risk/"
    form = {"level": "high", "reason": "What was said in the session."}
    for who in (world.piet, world.tamsin, world.alice, world.farid):
        assert client_of(who).post(door, form).status_code == 404
    assert client_of(world.amara).post(door, form | {"reason": ""}).status_code == 422
    assert client_of(world.amara).post(door, form).status_code == 303
    assert client_of(world.sunniva).post(door, form | {"level": "low"}).status_code == 303
    assert list(RiskLevel.objects.values_list("level", flat=True)) == ["high", "low"]
    page = client_of(world.amara).get(door).content.decode()
    assert "Level now: <strong>Low</strong>" in page
    assert page.count("What was said in the session.") == 2


@pytest.mark.rule("RISK-8f")
@pytest.mark.parametrize(("who", "kind"), [("amara", "referral"), ("sunniva", "referral"), ("sunniva", "handover")])
def test_whoever_else_holds_the_risk_now_is_recorded_and_lets_the_case_go(world, client_of, who, kind):
    set_level(world.alice_case, "high", "What was said.", by=world.amara.user)
    door = f"/cases/{world.alice_case.ref}/risk/handover/"
    form = {"kind": kind, "to": "Northmere crisis team", "why": "Accepted today, reference 123."}
    person = client_of(getattr(world, who))
    assert person.post(door, form | {"to": " "}).status_code == 422
    assert person.post(door, form).status_code == 303
    assert person.post(door, form).status_code == 409
    handed = RiskHandover.objects.get()
    assert (handed.kind, handed.to) == (kind, "Northmere crisis team")
    assert "Northmere crisis team" in person.get(f"/cases/{world.alice_case.ref}/risk/").content.decode()
    patients.turn(world.alice_case, "discharging", by=world.olu)


@pytest.mark.rule("RISK-8f")
def test_a_clinician_alone_hands_nothing_over_and_a_new_level_keeps_again(world, client_of):
    set_level(world.alice_case, "high", "What was said.", by=world.amara.user)
    door = f"/cases/{world.alice_case.ref}/risk/handover/"
    form = {"kind": "handover", "to": "The GP", "why": "Told."}
    answer = client_of(world.amara).post(door, form)
    assert answer.status_code == 409
    assert "Only a supervisor hands the risk over" in answer.content.decode()
    for stranger in (world.piet, world.tamsin, world.olu, world.alice, world.farid):
        assert client_of(stranger).post(door, form).status_code == 404
    record_handover(world.alice_case, "referral", "Crisis team", "Accepted.", by=world.amara.user)
    set_level(world.alice_case, "immediate", "Again.", by=world.amara.user)
    with pytest.raises(Refused, match="high or immediate"):
        patients.turn(world.alice_case, "discharging", by=world.olu)


@pytest.mark.rule("RISK-8f")
def test_a_handover_does_not_stand_for_the_review_of_an_alert(world):
    raise_alert(world.alice_case, kind="item_9", source="test")
    set_level(world.alice_case, "high", "What was said.", by=world.amara.user)
    record_handover(world.alice_case, "handover", "Crisis team", "Agreed.", by=world.sunniva)
    with pytest.raises(Refused, match="an alert has not been reviewed"):
        patients.turn(world.alice_case, "discharging", by=world.olu)
