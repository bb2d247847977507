"""Each role lands on a page that says what is owed and what is next; no role sees another's part."""

import pytest

from risk.actions import raise_alert
from therapy.messages.actions import send

WORDS = {
    "alice": "For you to do",
    "amara": "Your next sessions",
    "sunniva": "Open tickets",
    "olu": "What waits",
    "tamsin": "Referrals",
    "farid": "Statements",
    "leonie": "For you to look at",
    "conrad": "Nothing here yet",
}


@pytest.mark.parametrize(("who", "words"), WORDS.items())
def test_each_role_has_a_home_that_says_what_is_next(world, client_of, who, words):
    page = client_of(getattr(world, who)).get("/home/")
    assert page.status_code == 200
    assert words in page.content.decode()
    assert "<c-" not in page.content.decode()


@pytest.mark.parametrize("who", WORDS)
def test_nobodys_home_shows_the_part_of_another_role(world, client_of, who):
    page = client_of(getattr(world, who)).get("/home/").content.decode()
    shown = [words for words in set(WORDS.values()) - {WORDS[who], "Referrals", "Statements"} if words in page]
    assert shown == []


def test_a_patients_message_is_owed_an_answer_by_the_clinician(world, client_of):
    send(world.alice_case, "How do I fill in the diary?", by=world.alice.user, client_key="one")
    page = client_of(world.amara).get("/home/").content.decode()
    assert "To do</h2>" in page
    assert f"{world.alice_case.ref[:4]} {world.alice_case.ref[4:]}" in page


def test_an_alert_is_owed_a_review_and_leads_to_its_page(world, client_of):
    alert = raise_alert(world.alice_case, kind="item_9", source="questionnaire:one")
    page = client_of(world.amara).get("/home/").content.decode()
    assert f"/alerts/{alert.ref}/" in page
    assert page.index("Risk to review") < page.index("To do</h2>")


def test_the_case_page_shows_each_role_only_its_parts(world, client_of):
    url = f"/cases/{world.alice_case.ref}/"
    clinician = client_of(world.amara).get(url).content.decode()
    office = client_of(world.olu).get(url).content.decode()
    assert "Clinical notes" in clinician
    assert "Ask a supervisor" in clinician
    assert "General admin notes" in office
    assert 'id="risk"' not in office
    assert "Ask a supervisor" not in office
    assert client_of(world.piet).get(url).status_code == 404
    assert client_of(world.charlie).get(url).status_code == 404


def test_cases_are_found_by_reference_name_and_number(world, client_of):
    office = client_of(world.olu)
    for typed in (world.alice_case.ref, world.alice_case.ref.lower(), world.alice.last_name.upper()):
        page = office.get("/cases/", {"q": typed}).content.decode()
        assert world.alice.full_name in page, typed
        assert world.bob.full_name not in page, typed
    assert "No case found" in office.get("/cases/", {"q": "nobody of this name"}).content.decode()


def test_an_entry_of_the_admin_notes_is_kept_and_an_empty_one_is_not(world, client_of):
    office = client_of(world.olu)
    url = f"/cases/{world.alice_case.ref}/admin-notes/new/"
    rang = {"kind": "call", "reached": "no_answer"}
    assert office.post(url, rang | {"text": "Rang back, no answer. <b>Again</b> tomorrow."}).status_code == 303
    assert office.post(url, rang | {"text": " "}).status_code == 422
    page = office.get(f"/cases/{world.alice_case.ref}/admin-notes/").content.decode()
    assert "&lt;b&gt;Again" in page
    assert world.alice_case.admin_notes.filter(kind="call").count() == 1


def test_a_patients_home_leads_to_what_both_wrote(world, client_of):
    assert 'href="/conversations/"' in client_of(world.alice).get("/home/").content.decode()
