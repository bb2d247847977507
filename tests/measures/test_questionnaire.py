"""Filling in a questionnaire through its page: as given, whole or not at all, once (MEAS-5, RISK-1)."""

from dataclasses import replace

import pytest
from django.urls import reverse

from measures import definitions
from measures.actions import answer, complete, definition_of, give
from measures.models import Score
from risk.models import Alert
from tests import cast
from tests.harness.together import together
from ui.errors import Refused

pytestmark = pytest.mark.django_db
WHOLE = {f"item_{number}": "1" for number in range(1, 10)}


@pytest.fixture
def phq(world):
    return give(world.alice_case, "phq-9", occasion="test")


@pytest.fixture
def page(phq):
    return reverse("measures:questionnaire", args=[phq.ref])


@pytest.fixture
def answers_door(phq):
    return reverse("measures:answers", args=[phq.ref])


def kept(phq) -> dict[int, int]:
    return dict(phq.answers.values_list("item", "value"))


@pytest.mark.rule("MEAS-5a")
@pytest.mark.rule("MEAS-5f")
def test_the_patient_answers_everything_and_gets_a_score(world, client_of, phq, page):
    answered = client_of(world.alice).post(page, WHOLE | {"item_2": "3"})
    assert answered.status_code == 303
    score = Score.objects.get(questionnaire=phq)
    assert (score.total, score.band, score.item_9, score.measure) == (11, "Moderate", 1, "phq-9")
    shown = client_of(world.alice).get(page).content.decode()
    assert "<strong>11</strong> of 27" in shown
    assert "Scores go from 0 to 27. 10 or more is the range in which treatment usually helps." in shown


@pytest.mark.rule("MEAS-5a")
@pytest.mark.rule("MEAS-5c")
def test_finishing_early_names_what_is_missing_keeps_the_rest_and_scores_nothing(world, client_of, phq, page):
    answered = client_of(world.alice).post(page, {"item_1": "2", "item_3": "0"})
    assert answered.status_code == 422
    words = answered.content.decode()
    assert "Question 2 has no answer yet." in words
    assert "Question 3 has no answer yet." not in words
    assert kept(phq) == {1: 2, 3: 0}
    assert not Score.objects.exists()


@pytest.mark.rule("MEAS-5b")
def test_it_can_be_left_and_gone_on_with_later(world, client_of, phq, page):
    client = client_of(world.alice)
    assert client.post(page, {"item_1": "2", "go": "later"})["Location"] == reverse("measures:questionnaires")
    assert client.get(page).context["form"].initial == {"item_1": "2"}
    rest = {name: value for name, value in WHOLE.items() if name != "item_1"}
    assert client.post(page, rest).status_code == 303
    assert Score.objects.get().total == 10


@pytest.mark.rule("MEAS-6c")
@pytest.mark.rule("MEAS-5b")
def test_each_answer_is_kept_as_it_is_given_and_may_be_changed(world, client_of, phq, answers_door):
    client = client_of(world.alice)
    assert client.post(answers_door, {"item": "4", "value": "2"}).json() == {"answered": 1, "of": 9}
    client.post(answers_door, {"item": "4", "value": "0"})
    assert kept(phq) == {4: 0}
    assert phq.answers.get().by == world.alice.user


@pytest.mark.rule("MEAS-5d")
@pytest.mark.rule("RISK-1a")
@pytest.mark.rule("RISK-1c")
def test_item_9_of_3_raises_its_alert_before_anything_is_finished(world, client_of, phq, answers_door):
    for _ in range(2):
        client_of(world.alice).post(answers_door, {"item": "9", "value": "3"})
    alert = Alert.objects.get()
    assert (alert.case, alert.kind) == (world.alice_case, "item_9")
    assert "Thoughts that you would be better off dead" in alert.passage
    assert "Nearly every day" in alert.passage
    assert not Score.objects.exists()


@pytest.mark.rule("RISK-1a")
@pytest.mark.parametrize("form", [{"go": "later"}, {"go": "finish"}])
def test_from_the_whole_form_too_and_changing_it_back_takes_nothing_back(world, client_of, page, form):
    client_of(world.alice).post(page, {"item_9": "3"} | form)
    client_of(world.alice).post(page, {"item_9": "0"} | form)
    assert Alert.objects.count() == 1


@pytest.mark.rule("RISK-1a")
@pytest.mark.parametrize(("item", "value"), [("9", "2"), ("9", "1"), ("9", "0"), ("8", "3")])
def test_lower_answers_and_other_items_raise_none(world, client_of, answers_door, item, value):
    client_of(world.alice).post(answers_door, {"item": item, "value": value})
    assert not Alert.objects.exists()


@pytest.mark.rule("MEAS-5e")
def test_after_finishing_no_answer_changes_and_the_same_one_again_is_fine(world, client_of, phq, page, answers_door):
    client = client_of(world.alice)
    client.post(page, WHOLE)
    refused = client.post(answers_door, {"item": "1", "value": "3"})
    assert refused.status_code == 409
    assert "finished" in refused.json()["error"]
    assert client.post(answers_door, {"item": "1", "value": "1"}).status_code == 200
    assert client.post(page, WHOLE | {"item_1": "3"}).status_code == 303
    assert kept(phq)[1] == 1
    assert Score.objects.get().total == 9


@pytest.mark.rule("MEAS-5e")
@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_score_it_once(world, phq):
    for number in definition_of(phq).numbers:
        answer(phq, number, 1, by=world.alice.user)
    scores, wrong = together(*[lambda: complete(phq, by=world.alice.user).pk] * 2)
    assert not wrong
    assert len(set(scores)) == 1
    assert Score.objects.count() == 1


@pytest.mark.rule("MEAS-5g")
def test_whoever_sees_the_case_reads_and_only_the_patient_answers(world, client_of, phq, page, answers_door):
    for who in (world.amara, world.sunniva, world.olu):
        assert client_of(who).get(page).status_code == 200
        assert client_of(who).post(page, WHOLE).status_code == 405
        assert client_of(who).post(answers_door, {"item": "1", "value": "1"}).status_code == 404
    for who in (world.charlie, world.bob, world.piet, world.farid):
        assert client_of(who).get(page).status_code == 404
        assert client_of(who).post(answers_door, {"item": "1", "value": "1"}).status_code == 404
    assert not kept(phq)


@pytest.mark.parametrize(
    ("item", "value"),
    [("", ""), ("10", "1"), ("0", "1"), ("1", "4"), ("1", "-1"), ("x", "y"), ("1" * 99, "1"), ("¹", "²")],
)
def test_an_answer_that_is_none_is_refused_in_words(world, client_of, phq, answers_door, item, value):
    refused = client_of(world.alice).post(answers_door, {"item": item, "value": value})
    assert refused.status_code == 422
    assert refused.json()["error"]
    assert not kept(phq)


def test_a_value_of_no_option_on_the_page_is_named_and_not_kept(world, client_of, phq, page):
    answered = client_of(world.alice).post(page, WHOLE | {"item_5": "7"})
    assert answered.status_code == 422
    assert 5 not in kept(phq)


@pytest.mark.rule("MEAS-4c")
def test_a_questionnaire_keeps_its_version_and_comes_once_an_occasion(world, phq, monkeypatch):
    first = definitions.get("phq-9")
    newer = {"phq-9": {"1": first, "2": replace(first, version="2")}}
    monkeypatch.setattr(definitions, "load", lambda: newer)
    assert definition_of(phq).version == "1"
    assert give(world.alice_case, "phq-9", occasion="later").version == "2"
    assert give(world.alice_case, "phq-9", occasion="test") == phq


def test_a_measure_without_a_definition_is_not_given(world):
    with pytest.raises(KeyError):
        give(world.alice_case, "nothing", occasion="test")


def test_half_a_questionnaire_is_not_completed_by_the_verb_either(world, phq):
    answer(phq, 1, 2, by=world.alice.user)
    with pytest.raises(Refused, match="Questions 2, 3, 4, 5, 6, 7, 8, 9 have no answer yet"):
        complete(phq, by=world.alice.user)


def test_the_list_shows_what_is_open_and_what_is_done(world, client_of, phq, page):
    client = client_of(world.alice)
    assert page in client.get("/measures/").content.decode()
    client.post(page, WHOLE)
    assert "Score 9" in client.get("/measures/").content.decode()
    assert page not in cast.signed_in(world.charlie).get("/measures/").content.decode()
