"""Accepting, asking, declining and answering, by the verbs."""

import pytest
from django.utils import timezone

from intake.selfassessment.models import SelfAssessment
from intake.triage import actions
from notices.models import OutboxMessage
from risk.actions import raise_alert
from ui.errors import Refused


@pytest.fixture
def referral(world):
    """Charlie's case, in triage, with a complete self-assessment."""
    now = timezone.now()
    SelfAssessment.objects.create(case=world.charlie_case, started_at=now, saved_at=now, completed_at=now)
    return world.charlie_case


def told(notice: str) -> list[str]:
    return list(OutboxMessage.objects.filter(notice=notice).values_list("recipient", flat=True))


@pytest.mark.rule("REF-6c")
@pytest.mark.rule("REF-6h")
def test_accepting_sets_the_provisional_step_and_the_case_waits(world, referral):
    decision = actions.accept(referral, "3", "Scores fit step 3.", by=world.tamsin)
    referral.refresh_from_db()
    assert (referral.state, referral.provisional_step, referral.step) == ("waiting", "3", "")
    assert referral.events.last().by == world.tamsin
    note = referral.admin_notes.get()
    assert (note.kind, note.text, note.by) == ("triage", "Accepted at step 3: Scores fit step 3.", world.tamsin)
    assert decision.at == note.at


@pytest.mark.rule("REF-6f")
def test_nobody_accepts_before_the_self_assessment_is_complete(world, referral):
    SelfAssessment.objects.update(completed_at=None)
    with pytest.raises(Refused, match="self-assessment is not complete"):
        actions.accept(referral, "3", "Scores fit.", by=world.tamsin)
    referral.refresh_from_db()
    assert referral.state == "in_triage"
    assert not referral.decisions.exists()
    assert not referral.admin_notes.exists()


@pytest.mark.rule("REF-6f")
def test_a_step_that_the_site_does_not_buy_is_refused(world, referral):
    referral.site.steps = ["2", "3"]
    referral.site.save()
    with pytest.raises(Refused, match="does not buy step 3\\+"):
        actions.accept(referral, "3+", "Severe.", by=world.tamsin)


@pytest.mark.rule("REF-6d")
@pytest.mark.rule("REF-6h")
def test_asking_sends_the_referral_back_and_tells_the_patient_that_a_question_waits(world, referral):
    actions.ask(referral, "Who looks after you now?", by=world.tamsin)
    referral.refresh_from_db()
    assert referral.state == "referred"
    assert told("triage_question") == [world.charlie.user.email]
    assert referral.admin_notes.get().text == "Asked for more information: Who looks after you now?"


@pytest.mark.rule("REF-6d")
def test_the_patients_answer_brings_the_referral_back_into_the_queue(world, referral):
    asked = actions.ask(referral, "Who looks after you now?", by=world.tamsin)
    actions.answer(asked, "Nobody but my sister.", by=world.charlie.user)
    referral.refresh_from_db()
    assert referral.state == "in_triage"
    assert told("triage_answered") == [world.tamsin.email]
    with pytest.raises(Refused, match="answered this already"):
        actions.answer(asked, "Again.", by=world.charlie.user)


@pytest.mark.rule("REF-6d")
def test_an_answer_before_the_self_assessment_is_complete_leaves_the_case_with_the_patient(world, referral):
    SelfAssessment.objects.update(completed_at=None)
    asked = actions.ask(referral, "Which practice?", by=world.tamsin)
    actions.answer(asked, "Rowan Road.", by=world.charlie.user)
    referral.refresh_from_db()
    assert referral.state == "referred"


@pytest.mark.rule("REF-6e")
@pytest.mark.rule("REF-6h")
def test_declining_says_why_and_where_to_go_instead(world, referral):
    actions.decline(referral, "We cannot treat this.", "Your GP can refer you.", by=world.tamsin)
    referral.refresh_from_db()
    assert referral.state == "declined"
    assert "Where to go instead: Your GP can refer you." in referral.admin_notes.get().text
    assert told("triage_decided") == [world.charlie.user.email]


@pytest.mark.rule("REF-6e")
@pytest.mark.parametrize(("reason", "go_to"), [("", "Your GP."), ("  ", "Your GP."), ("Not here.", " ")])
def test_declining_without_reason_or_direction_is_refused(world, referral, reason, go_to):
    with pytest.raises(Refused):
        actions.decline(referral, reason, go_to, by=world.tamsin)
    referral.refresh_from_db()
    assert referral.state == "in_triage"


@pytest.mark.rule("RISK-8a")
@pytest.mark.rule("RISK-8c")
def test_a_referral_with_an_unreviewed_alert_is_accepted_but_not_declined(world, referral):
    raise_alert(referral, kind="item_9", source="questionnaire:x")
    with pytest.raises(Refused, match="must stay"):
        actions.decline(referral, "Not here.", "Your GP.", by=world.tamsin)
    actions.accept(referral, "3", "Scores fit.", by=world.tamsin)
    referral.refresh_from_db()
    assert referral.state == "waiting"


DECISIONS = {
    "accept": lambda case, **how: actions.accept(case, "3", "Fits.", **how),
    "ask": lambda case, **how: actions.ask(case, "Who?", **how),
    "decline": lambda case, **how: actions.decline(case, "Not here.", "Your GP.", **how),
}


@pytest.mark.rule("REF-6g")
@pytest.mark.parametrize("second", list(DECISIONS))
@pytest.mark.parametrize("first", list(DECISIONS))
def test_whoever_decides_second_is_told_who_was_first(world, referral, first, second):
    DECISIONS[first](referral, by=world.tamsin, seen=0)
    with pytest.raises(Refused, match="Tamsin Tye decided on this referral"):
        DECISIONS[second](referral, by=world.leonie, seen=0)
    assert referral.decisions.count() == 1


@pytest.mark.rule("REF-6g")
@pytest.mark.parametrize("decision", list(DECISIONS))
def test_the_same_form_sent_twice_decides_once(world, referral, decision):
    again = [DECISIONS[decision](referral, by=world.tamsin, client_key="k1", seen=0) for _ in range(2)]
    assert again[0] == again[1]
    assert referral.admin_notes.count() == 1
    assert OutboxMessage.objects.count() <= 1
