"""The queue and the pages of triage, through their doors."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AccessEntry
from intake.selfassessment.models import SelfAssessment
from intake.triage import actions
from intake.triage.models import ScreeningFlag, TriageDecision
from patients.cases.actions import open_case, turn
from risk.actions import raise_alert
from tests import cast


def assessed(case) -> None:
    now = timezone.now()
    SelfAssessment.objects.create(case=case, started_at=now, saved_at=now, completed_at=now)


def another(world, name: str, days: int, *, flagged: bool = False, site=None, state: str = "in_triage"):
    """Somebody else's referral of some days ago."""
    at = timezone.now() - dt.timedelta(days=days)
    case = open_case(cast.make_patient(name), site or world.site, source="self", by=None, at=at)
    if state != "referred":
        turn(case, state, by=None)
    if flagged:
        ScreeningFlag.objects.create(case=case, kind="risk_to_self", answer="PHQ-9 item 9 answered 1.", at=at)
    return case


@pytest.fixture
def referral(world):
    """Charlie's case, in triage, with a complete self-assessment."""
    assessed(world.charlie_case)
    return world.charlie_case


@pytest.fixture
def tamsin(world, client_of):
    return client_of(world.tamsin)


def page(name: str, case) -> str:
    return reverse(f"intake:{name}", args=[case.ref])


@pytest.mark.rule("REF-6a")
def test_the_queue_shows_flagged_first_then_the_oldest(world, tamsin):
    old, new = another(world, "Odile Old", 60), another(world, "Ned New", 2)
    flagged = another(world, "Fern Flagg", 1, flagged=True)
    rows = tamsin.get(reverse("intake:queue")).context["rows"]
    assert [row.case for row in rows] == [flagged, old, new, world.charlie_case]


@pytest.mark.rule("REF-6c")
def test_accepting_shows_an_alert_that_nobody_has_reviewed_and_leads_to_it(tamsin, referral):
    alert = raise_alert(referral, kind="saq_risk", source="test", passage="Thoughts.")
    for name in ("triage", "accept"):
        shown = tamsin.get(page(name, referral)).content.decode()
        assert "Review it first" in shown
        assert f"/alerts/{alert.ref}/" in shown


@pytest.mark.rule("REF-6b")
def test_the_queue_shows_days_against_both_standards(world, tamsin):
    another(world, "Odile Old", 60)
    answer = tamsin.get(reverse("intake:queue"))
    assert b"60 days" in answer.content
    assert b"past 6 weeks, 66 days to 18" in answer.content


@pytest.mark.rule("REF-6a")
def test_the_queue_asks_as_often_with_more_rows(world, tamsin, same_queries):
    another(world, "Odile Old", 60)

    def grow():
        for number in range(5):
            another(world, f"More{number} Rows", number, flagged=number % 2 == 0)

    same_queries(tamsin, reverse("intake:queue"), grow)


@pytest.mark.rule("REF-6j")
def test_the_queue_filters_by_site_and_state(world, tamsin):
    far = another(world, "Fay Far", 3, site=world.far_site)
    waiting = another(world, "Wim Wait", 3, state="referred")
    url = reverse("intake:queue")
    assert [row.case for row in tamsin.get(url, {"site": "southfell"}).context["rows"]] == [far]
    assert [row.case for row in tamsin.get(url, {"state": "referred"}).context["rows"]] == [waiting]
    assert len(tamsin.get(url, {"state": "nonsense", "page": "-3", "site": "%00"}).context["rows"]) == 2


@pytest.mark.rule("REF-6j")
@pytest.mark.parametrize("words", ["odile", "OLD odile", "Ódile", "{ref}", "943 476 5919"])
def test_the_queue_is_searched_by_name_reference_and_number(world, tamsin, words):
    wanted = another(world, "Odile Old", 60)
    wanted.patient.nhs_number = "9434765919"
    wanted.patient.save()
    answer = tamsin.post(reverse("intake:queue"), {"words": words.format(ref=wanted.ref)})
    assert [row.case for row in answer.context["rows"]] == [wanted]


def test_an_empty_search_says_so(tamsin):
    assert tamsin.post(reverse("intake:queue"), {"words": " "}).status_code == 422


def test_the_queue_goes_on_over_pages(world, tamsin):
    for number in range(26):
        another(world, f"Row{number} Many", number)
    first, second = (tamsin.get(reverse("intake:queue"), {"page": number}) for number in (1, 2))
    assert len(first.context["rows"]) == 25
    assert len(second.context["rows"]) == 2
    assert b"Page 2 of 2" in second.content


@pytest.mark.rule("REF-5d")
def test_the_triage_page_shows_each_flag_with_its_answer_and_logs_who_looked(world, tamsin, referral):
    ScreeningFlag.objects.create(case=referral, kind="under_age", answer="Aged 17 when referred.", at=timezone.now())
    answer = tamsin.get(page("triage", referral))
    assert b"Under age" in answer.content
    assert b"Aged 17 when referred." in answer.content
    assert AccessEntry.objects.filter(who=world.tamsin, case_ref=referral.ref, thing="triage").count() == 1


@pytest.mark.rule("REF-6i")
def test_patient_services_see_the_queue_and_decide_nothing(world, client_of, referral):
    olu = client_of(world.olu)
    assert olu.get(reverse("intake:queue")).status_code == 200
    answer = olu.get(page("triage", referral))
    assert b"A triage clinician decides on this referral." in answer.content
    for name in ("accept", "ask", "decline"):
        assert olu.get(page(name, referral)).status_code == 404
        assert olu.post(page(name, referral), {"reason": "x"}).status_code == 404
    assert not TriageDecision.objects.exists()


@pytest.mark.rule("REF-6i")
@pytest.mark.parametrize("who", ["amara", "sunniva", "farid", "alice", "charlie", "conrad"])
def test_nobody_else_sees_the_queue_or_a_referral_in_it(world, client_of, referral, who):
    client = client_of(getattr(world, who))
    for url in (reverse("intake:queue"), page("triage", referral), page("accept", referral)):
        assert client.get(url).status_code == 404


def test_a_case_that_has_a_clinician_is_not_for_triage(world, tamsin):
    assert tamsin.get(page("triage", world.alice_case)).status_code == 404
    assert tamsin.post(page("decline", world.alice_case), {"reason": "x"}).status_code == 404


def filled(client, case, name: str, **answers) -> tuple[str, dict]:
    """The address and the data of a decision's form as its page gave them out."""
    url = page(name, case)
    return url, client.get(url).context["form"].initial | answers


ANSWERS = {
    "accept": {"step": "3", "reason": "Scores fit step 3."},
    "ask": {"reason": "Who looks after you now?"},
    "decline": {"reason": "We cannot treat this.", "go_to": "Your GP."},
}


@pytest.mark.rule("REF-6c")
@pytest.mark.rule("REF-6d")
@pytest.mark.rule("REF-6e")
@pytest.mark.parametrize(("name", "state"), [("accept", "waiting"), ("ask", "referred"), ("decline", "declined")])
def test_a_decision_is_made_on_its_page(tamsin, referral, name, state):
    url, data = filled(tamsin, referral, name, **ANSWERS[name])
    answer = tamsin.post(url, data)
    assert (answer.status_code, answer.headers["Location"]) == (303, reverse("intake:queue"))
    referral.refresh_from_db()
    assert referral.state == state


@pytest.mark.rule("REF-6g")
@pytest.mark.parametrize("name", list(ANSWERS))
def test_a_double_click_decides_once(tamsin, referral, name):
    url, data = filled(tamsin, referral, name, **ANSWERS[name])
    assert [tamsin.post(url, data).status_code for _ in range(2)] == [303, 303]
    assert referral.decisions.count() == 1
    assert referral.admin_notes.count() == 1


@pytest.mark.rule("REF-6g")
@pytest.mark.parametrize("name", list(ANSWERS))
def test_the_second_of_two_tabs_is_told_what_was_decided_and_keeps_its_words(world, tamsin, referral, name):
    url, data = filled(tamsin, referral, name, **ANSWERS[name])
    actions.decline(referral, "Not here.", "Your GP.", by=world.tamsin)
    answer = tamsin.post(url, data)
    assert answer.status_code == 409
    assert "Tamsin Tye decided on this referral" in answer.content.decode()
    assert ANSWERS[name]["reason"] in answer.content.decode()
    assert referral.decisions.count() == 1


@pytest.mark.parametrize(
    ("name", "wrong", "field"),
    [
        ("accept", {"step": "4"}, "step"),
        ("accept", {"step": ""}, "step"),
        ("accept", {"reason": " "}, "reason"),
        ("ask", {"reason": ""}, "reason"),
        ("ask", {"reason": "x" * 4001}, "reason"),
        ("decline", {"go_to": ""}, "go_to"),
        ("decline", {"seen": "many"}, "seen"),
    ],
)
def test_a_wrong_answer_is_named_at_its_field(tamsin, referral, name, wrong, field):
    url, data = filled(tamsin, referral, name, **ANSWERS[name] | wrong)
    answer = tamsin.post(url, data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not referral.decisions.exists()


@pytest.mark.rule("REF-7f")
def test_the_indicated_step_is_proposed_and_the_scores_stand_beside_it(tamsin, referral, monkeypatch):
    from intake.triage import views
    from intake.triage.queries import Scores

    monkeypatch.setattr(views, "latest_scores", lambda case: Scores(17, 9, 0))
    answer = tamsin.get(page("accept", referral))
    assert answer.context["form"].initial["step"] == "3"
    assert "The scores indicate step 3." in answer.content.decode()


@pytest.mark.rule("REF-7d")
@pytest.mark.rule("REF-7f")
@pytest.mark.parametrize(("need", "step", "said"), [("severe_ocd", "3", True), ("added_need", "3+", False)])
def test_the_note_says_which_step_was_indicated_where_another_is_chosen(tamsin, referral, need, step, said):
    url, data = filled(tamsin, referral, "accept", **ANSWERS["accept"] | {"step": step, need: "on"})
    assert tamsin.post(url, data).status_code == 303
    assert ("Indicated was step 3+." in referral.admin_notes.get().text) is said


@pytest.mark.rule("REF-7e")
def test_scores_below_caseness_prompt_for_another_measure(tamsin, referral, monkeypatch):
    from intake.triage import pages
    from intake.triage.queries import Scores

    monkeypatch.setattr(pages, "latest_scores", lambda case: Scores(9, 7, 0))
    assert "think of a measure for a single disorder" in tamsin.get(page("triage", referral)).content.decode()


@pytest.mark.rule("REF-6d")
def test_the_patient_reads_the_question_and_answers_it_once(world, client_of, referral):
    actions.ask(referral, "Who looks after you now?", by=world.tamsin)
    charlie, url = client_of(world.charlie), page("question", referral)
    assert b"Who looks after you now?" in charlie.get(url).content
    assert charlie.post(url, {"text": "My sister."}).status_code == 303
    assert charlie.post(url, {"text": "My brother."}).status_code == 409
    assert b"My sister." in charlie.get(url).content
    referral.refresh_from_db()
    assert referral.state == "in_triage"


@pytest.mark.rule("REF-6d")
def test_the_question_stands_on_the_patients_home_until_it_is_answered(world, client_of, referral):
    asked = actions.ask(referral, "Who looks after you now?", by=world.tamsin)
    home = client_of(world.charlie).get(reverse("desk:home")).content.decode()
    assert page("question", referral) in home
    actions.answer(asked, "My sister.", by=world.charlie.user)
    assert page("question", referral) not in client_of(world.charlie).get(reverse("desk:home")).content.decode()


@pytest.mark.rule("REF-6e")
def test_the_patient_reads_why_it_was_declined_and_where_to_go_instead(world, client_of, referral):
    actions.decline(referral, "We do not treat this here.", "Your GP can refer you to the clinic.", by=world.tamsin)
    home = client_of(world.charlie).get(reverse("desk:home")).content.decode()
    assert "We do not treat this here." in home
    assert "Your GP can refer you to the clinic." in home


@pytest.mark.rule("REF-6d")
def test_somebody_elses_question_cannot_be_read_or_answered(world, client_of, referral):
    actions.ask(referral, "Who looks after you now?", by=world.tamsin)
    bob, url = client_of(world.bob), page("question", referral)
    assert bob.get(url).status_code == 404
    assert bob.post(url, {"text": "Me."}).status_code == 404


def test_without_a_question_there_is_nothing_to_answer(world, client_of):
    charlie, url = client_of(world.charlie), page("question", world.charlie_case)
    assert b"No question waits for you" in charlie.get(url).content
    assert charlie.post(url, {"text": "Hello"}).status_code == 409
