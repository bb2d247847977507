"""What a therapist puts into a message: a link, a questionnaire, a letter (MSG-4)."""

import datetime as dt

import pytest
from django.utils import timezone

from drafts.models import Draft
from measures import actions as measures
from measures.models import Questionnaire, Score
from tests.providers import draft_letter, sent_letter
from therapy.enclosures import rules
from therapy.enclosures.models import Enclosure, SharedLink
from therapy.messages import holding
from therapy.messages.models import HeldMessage, Message
from ui.errors import Refused

pytestmark = pytest.mark.django_db
LINK = {"add_link": "https://www.nhs.uk/mental-health/", "add_link_words": "Breathing, step by step"}


def send(client, case, key="k", **form):
    return client.post(f"/messages/{case.ref}/sent/", {"client_key": key, "text": "Have a look"} | form)


def talk(client, case) -> str:
    return client.get(f"/messages/{case.ref}/").content.decode()


@pytest.mark.rule("MSG-4d")
def test_a_link_says_where_it_leads_and_opens_in_a_tab_of_its_own(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    for _ in range(2):
        assert send(amara, case, **LINK).status_code == 303
    assert (Message.objects.count(), SharedLink.objects.count()) == (1, 1)
    for who in (world.alice, world.amara, world.sunniva):
        page = talk(client_of(who), case)
        assert 'href="https://www.nhs.uk/mental-health/" target="_blank" rel="noopener noreferrer external"' in page
        assert "Breathing, step by step" in page
        assert "Leads to <strong>nhs.uk</strong>" in page


@pytest.mark.rule("MSG-4d")
@pytest.mark.parametrize(
    "url",
    ["http://nhs.uk/", "javascript:alert(1)", "https://nhs.uk@evil.example/", "https://127.0.0.1/x", "https://localhost/",
     "https://[::1]/", "nhs.uk", "https://nhs.uk\\.evil.example/", "https://nhs.uk:99999999/", "data:text/html,x",
     "https://a.b/ c", "https://evil.example\u2044nhs.uk/"],
)  # fmt: skip
def test_any_other_address_is_refused_with_why_and_what_was_typed_stays(world, client_of, url):
    response = send(client_of(world.amara), world.alice_case, add_link=url)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Have a look" in page
    assert rules.why_not_link(url)
    assert not Message.objects.exists()
    assert not SharedLink.objects.exists()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.nhs.uk/a?b=c#d", "nhs.uk"),
        ("https://NHS.uk:443/", "nhs.uk"),
        ("https://xn--ns-4wc.uk/", "xn--ns-4wc.uk"),
        ("https://n\u04bbs.uk/", ""),
        ("https://10.0.0.1/", ""),
    ],
)
def test_the_host_is_shown_in_plain_letters(url, host):
    assert rules.host_of(url) == host


@pytest.mark.rule("MSG-4e")
def test_a_questionnaire_is_asked_for_and_the_message_says_when_it_is_done(world, client_of):
    case, amara, alice = world.alice_case, client_of(world.amara), client_of(world.alice)
    assert "PHQ-9" in talk(amara, case)
    for _ in range(2):
        assert send(amara, case, add_questionnaire="phq-9").status_code == 303
    given = Questionnaire.objects.get()
    page = talk(alice, case)
    assert f"/measures/{given.ref}/" in page
    assert "Not filled in yet." in page
    assert alice.get(f"/measures/{given.ref}/").status_code == 200
    send(amara, case, key="again", add_questionnaire="phq-9")
    assert Questionnaire.objects.get() == given, "the one that waits is asked for again"
    measures.answer_all(given, dict.fromkeys(range(1, 10), 1), by=world.alice.user)
    measures.complete(given, by=world.alice.user)
    assert "Filled in on" in talk(amara, case)
    assert Score.objects.get(case=case).total == 9
    assert "Filled in on" in talk(client_of(world.sunniva), case)


@pytest.mark.rule("MSG-4f")
def test_a_letter_is_added_once_it_went_to_the_patient(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    draft_letter(world, case)
    assert "No letter can be added yet." in talk(amara, case)
    letter = sent_letter(world, case)
    assert "No letter can be added yet." not in talk(amara, case)
    assert send(amara, case, add_letter=str(letter.ref)).status_code == 303
    page = talk(client_of(world.alice), case)
    assert f"/letters/{letter.ref}/" in page
    assert "Assessment letter of" in page


@pytest.mark.rule("MSG-4f")
def test_a_letter_of_another_case_is_refused(world, client_of):
    other = sent_letter(world, world.bob_case)
    assert send(client_of(world.amara), world.alice_case, add_letter=str(other.ref)).status_code == 422
    assert not Message.objects.exists()


@pytest.mark.rule("MSG-4g")
def test_what_is_chosen_stays_when_the_message_is_refused(world, client_of):
    response = send(client_of(world.amara), world.alice_case, text="Hello {name}", add_questionnaire="gad-7", **LINK)
    assert response.status_code == 422
    page = response.content.decode()
    assert '<option value="gad-7" selected>' in page
    assert LINK["add_link"] in page
    assert not Questionnaire.objects.exists()
    assert not SharedLink.objects.exists()


@pytest.mark.rule("MSG-4g")
def test_held_it_is_made_only_when_the_message_goes_out(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    assert send(amara, case, hold="yes", add_questionnaire="phq-9", **LINK).status_code == 303
    assert not Questionnaire.objects.exists()
    assert "With what you added to it." in talk(amara, case)
    held = HeldMessage.objects.get()
    assert amara.post(f"/messages/{case.ref}/held/{held.ref}/withdrawal/").status_code == 303
    page = talk(amara, case)
    assert '<option value="phq-9" selected>' in page, "taken back it stands in the composer again"
    assert LINK["add_link"] in page
    send(amara, case, key="other", hold="yes", add_questionnaire="phq-9", **LINK)
    assert holding.send_due(timezone.now() + dt.timedelta(seconds=11)) == 1
    kinds = Enclosure.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["link", "questionnaire"]
    assert '<option value="phq-9" selected>' not in talk(amara, case)


@pytest.mark.rule("MSG-4g")
def test_what_is_chosen_is_kept_while_the_message_is_written(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    form = {"version": 0, "text": "Half a", "add_questionnaire": "phq-9"}
    assert amara.post(f"/messages/{case.ref}/draft/", form).status_code == 200
    assert '<option value="phq-9" selected>' in talk(amara, case)
    assert client_of(world.alice).post(f"/messages/{case.ref}/draft/", form).status_code == 200
    assert set(Draft.objects.get(owner=world.alice.user).texts) == {"text"}


@pytest.mark.rule("MSG-4g")
def test_a_patient_and_a_stranger_put_nothing_in(world, client_of):
    case = world.alice_case
    assert "add_questionnaire" not in talk(client_of(world.alice), case)
    assert send(client_of(world.alice), case, add_questionnaire="phq-9").status_code == 303
    assert send(client_of(world.piet), case, add_questionnaire="phq-9").status_code == 404
    assert not Questionnaire.objects.exists()
    with pytest.raises(Refused):
        holding.hold(case, "x", by=world.alice.user, client_key="h", adds={"add_questionnaire": "phq-9"})


def test_a_message_may_consist_of_what_it_carries(world, client_of):
    assert send(client_of(world.amara), world.alice_case, text="", **LINK).status_code == 303
    assert send(client_of(world.amara), world.alice_case, text="", key="b").status_code == 422
