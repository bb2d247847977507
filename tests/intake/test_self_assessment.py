"""The self-assessment, page by page (REF-4)."""

import pytest

from intake.referrals.actions import refer
from intake.selfassessment import actions, rules
from intake.selfassessment.forms import PAGES
from measures.actions import answer_all, complete, definition_of
from risk.models import Alert
from tests.cast import signed_in
from tests.harness.together import together
from tests.intake.test_referral_known import BASIC
from ui.errors import Refused

pytestmark = pytest.mark.django_db
ANSWERS = {
    "problem": {"problem": "I worry.\nAll day.", "how_long": "months"},
    "life": {"effect": "I sleep badly."},
    "tried": {"tried": "Walking", "had_therapy": "yes", "therapy": "In 2019, it helped."},
    "care": {"in_care": "no", "care": "", "medication": "none"},
    "health": {"conditions": "Asthma", "alcohol": "weekly", "drugs": "never"},
    "children": {"children": "yes", "about_children": "A son, 7."},
    "safety": {"thoughts": "no", "attempts": "no", "from_others": "no", "to_others": "no", "safety_words": ""},
    "goals": {"goals": "To swim again."},
}
HOME = "/self-assessment/"


@pytest.fixture
def case(world):
    return refer(BASIC, source="self", site=world.site)


@pytest.fixture
def client(case):
    case.patient.user.set_password("a calm blue kettle sings")
    case.patient.user.save()
    return signed_in(case.patient)


def fill_pages(client, **changed) -> None:
    for page, answers in ANSWERS.items():
        assert client.post(f"{HOME}{page}/", answers | changed.get(page, {})).status_code == 303


def fill_measures(case, value: int = 1, item_9: int = 0) -> None:
    for row in case.questionnaires.all():
        values = dict.fromkeys(definition_of(row).numbers, value)
        answer_all(row, values | ({9: item_9} if row.measure == "phq-9" else {}), by=case.patient.user)
        complete(row, by=case.patient.user)


@pytest.mark.rule("REF-4b")
def test_each_page_is_saved_when_it_is_left_and_leads_to_the_next(case, client):
    for page, following in zip(ANSWERS, [*list(ANSWERS)[1:], None], strict=True):
        assert client.get(f"{HOME}{page}/").status_code == 200
        answer = client.post(f"{HOME}{page}/", ANSWERS[page])
        assert answer["Location"] == (f"{HOME}{following}/" if following else HOME)
        case.self_assessment.refresh_from_db()
        assert page in case.self_assessment.pages_done
    saved = case.self_assessment.answers
    assert saved["problem"]["problem"].splitlines() == ["I worry.", "All day."]
    assert set(saved) == set(PAGES)


@pytest.mark.rule("REF-4b")
def test_it_goes_on_where_it_stopped_on_another_device(case, client):
    client.post(f"{HOME}problem/", ANSWERS["problem"])
    assert client.post(f"{HOME}life/", ANSWERS["life"] | {"go": "later"})["Location"] == HOME
    later = signed_in(case.patient)
    page = later.get(HOME).content.decode()
    assert "2 of 10 parts done" in page
    assert f'href="{HOME}tried/"' in page
    assert "I worry." in later.get(f"{HOME}problem/").content.decode()


@pytest.mark.rule("REF-4b")
def test_what_is_missing_is_named_and_what_was_typed_stays(client):
    answer = client.post(f"{HOME}problem/", {"problem": "Only this"})
    assert answer.status_code == 422
    words = answer.content.decode()
    assert "Choose one of the answers." in words
    assert "Only this" in words


@pytest.mark.rule("REF-4c")
def test_it_says_when_it_is_read_and_where_to_turn_sooner(client):
    page = client.get(HOME).content.decode()
    assert "on the day of your first appointment" in page
    assert 'href="tel:111"' in page


@pytest.mark.rule("REF-4c")
def test_after_a_sign_of_risk_the_next_page_says_who_looks_and_whom_to_call(client):
    client.post(f"{HOME}safety/", ANSWERS["safety"])
    assert "within 48 hours" not in client.get(f"{HOME}goals/").content.decode()
    answers = ANSWERS["safety"] | {"thoughts": "often"}
    for go in ({}, {"go": "later"}):
        page = client.get(client.post(f"{HOME}safety/", answers | go)["Location"]).content.decode()
        assert "within 48 hours" in page
        assert "116 123" in page
    assert 'href="tel:999"' in client.get(f"{HOME}goals/").content.decode()


@pytest.mark.rule("REF-4d")
def test_whole_it_goes_into_triage_with_its_flags(case, client):
    fill_pages(client)
    assert client.post(HOME).status_code == 409
    fill_measures(case, item_9=2)
    for _ in range(2):
        assert client.post(HOME).status_code == 303
    case.refresh_from_db()
    assert case.state == "in_triage"
    assert case.self_assessment.completed_at
    assert case.flags.filter(kind="risk_to_self").count() == 1
    assert case.events.filter(after="in_triage").count() == 1


@pytest.mark.rule("REF-4d")
@pytest.mark.parametrize("gone", ["problem", "safety", "goals"])
def test_with_a_page_missing_it_is_not_complete_and_says_which(case, client, gone):
    for page, answers in ANSWERS.items():
        if page != gone:
            client.post(f"{HOME}{page}/", answers)
    fill_measures(case)
    with pytest.raises(Refused, match=PAGES[gone].title):
        actions.complete(case.self_assessment, by=case.patient.user)


@pytest.mark.rule("REF-4d")
@pytest.mark.django_db(transaction=True)
def test_sent_from_two_tabs_at_once_it_is_sent_once(case, client):
    fill_pages(client)
    fill_measures(case)
    _, wrong = together(*[lambda: actions.complete(case.self_assessment, by=case.patient.user)] * 2)
    assert not wrong
    assert case.events.filter(after="in_triage").count() == 1


@pytest.mark.rule("REF-4e")
@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in rules.RISK_ANSWERS.items() for value in values]
)
def test_a_sign_of_risk_raises_an_alert_at_once(case, client, field, value):
    answers = ANSWERS["safety"] | {field: value, "safety_words": "It is hard."}
    for _ in range(2):
        client.post(f"{HOME}safety/", answers)
    alert = Alert.objects.get()
    assert (alert.kind, alert.case) == ("saq_risk", case)
    assert rules.RISK_ANSWERS[field][value] in alert.passage
    assert "It is hard." in alert.passage


@pytest.mark.rule("REF-4e")
def test_worse_answers_raise_another_alert_and_none_raise_none(case, client):
    client.post(f"{HOME}safety/", ANSWERS["safety"])
    assert not Alert.objects.exists()
    for value in ("sometimes", "plan"):
        client.post(f"{HOME}safety/", ANSWERS["safety"] | {"thoughts": value})
    assert Alert.objects.count() == 2


@pytest.mark.rule("REF-4e")
def test_every_risk_answer_is_an_answer_of_the_page():
    for field, values in rules.RISK_ANSWERS.items():
        assert set(values) < set(dict(PAGES["safety"].base_fields[field].choices))


@pytest.mark.rule("REF-4f")
def test_after_it_is_sent_nothing_changes(case, client):
    fill_pages(client)
    fill_measures(case)
    client.post(HOME)
    assert client.post(f"{HOME}goals/", {"goals": "Another"})["Location"] == HOME
    with pytest.raises(Refused, match="cannot be changed"):
        actions.save_page(case.self_assessment, "goals", {"goals": "Another"}, by=case.patient.user)


@pytest.mark.rule("REF-4f")
def test_nobody_but_the_patient_answers(world, client_of, case):
    for who in (world.tamsin, world.olu, world.amara, world.leonie):
        assert client_of(who).get(HOME).status_code == 404
        assert client_of(who).post(f"{HOME}goals/", ANSWERS["goals"]).status_code == 404
    assert client_of(world.bob).get(HOME).status_code == 404


def test_triage_and_patient_read_the_answers(world, client_of, case, client):
    fill_pages(client)
    door = f"/cases/{case.ref}/referral/"
    for reader in (client, client_of(world.tamsin), client_of(world.olu)):
        page = reader.get(door).content.decode()
        assert "I sleep badly." in page
        assert "Once or twice a week" in page
    for who in (world.bob, world.amara, world.farid):
        assert client_of(who).get(door).status_code == 404


@pytest.mark.parametrize("page", ANSWERS)
def test_junk_is_answered_in_words(client, page):
    for junk in ("", "\x00", "x" * 20_000, "2"):
        answer = client.post(f"{HOME}{page}/", dict.fromkeys(ANSWERS[page], junk))
        assert answer.status_code in {303, 422}
    assert client.get(f"{HOME}{page}/").status_code == 200


def test_a_page_that_is_none_is_not_found(client):
    assert client.get(f"{HOME}nothing/").status_code == 404
