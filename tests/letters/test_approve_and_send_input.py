"""Writing, querying, approving and sending given everything but what they want."""

import uuid

import pytest

from letters import rules
from letters.models import Dispatch, Letter
from tests.letters.conftest import PARTS, door

RUBBISH = {"": "", "html": "<script>alert(1)</script>", "state": "approved", "by": "🙂" * 50, "long": "x" * 10_000}


@pytest.mark.rule("LET-4a")
def test_approved_twice_and_in_two_tabs_is_one_letter(world, client_of, submitted):
    tabs = [client_of(world.olu), client_of(world.olu)]
    answers = [tab.post(door(submitted, "approval"), RUBBISH) for tab in tabs for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    letter = Letter.objects.get()
    assert "alert(1)</script>" not in letter.html
    assert letter.approved_by == world.olu


@pytest.mark.rule("LET-3b")
@pytest.mark.parametrize("verb", ["approval", "question"])
@pytest.mark.parametrize("who", ["amara", "piet", "sunniva", "tamsin", "farid", "leonie", "alice", "charlie"])
def test_the_wrong_role_decides_nothing(world, client_of, submitted, who, verb):
    assert client_of(getattr(world, who)).post(door(submitted, verb), {"reason": "No."}).status_code in {403, 404}
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


@pytest.mark.rule("LET-3a")
def test_a_letter_that_is_not_submitted_is_not_approved(world, client_of, draft):
    answer = client_of(world.olu).post(door(draft, "approval"))
    assert answer.status_code == 409
    assert "cannot become approved" in answer.content.decode()
    assert not Letter.objects.exists()


def test_a_letter_that_does_not_exist_is_not_found(world, client_of):
    office, nowhere = client_of(world.olu), uuid.uuid4()
    assert office.post(f"/letters/drafts/{nowhere}/approval/").status_code == 404
    assert office.post(f"/letters/{nowhere}/sending/").status_code == 404
    assert office.post("/letters/drafts/nonsense/approval/").status_code == 404


@pytest.mark.parametrize("reason", ["", "   ", "x" * 10_000])
def test_a_query_without_a_usable_reason_names_the_field(world, client_of, submitted, reason):
    answer = client_of(world.olu).post(door(submitted, "question"), {"reason": reason})
    assert answer.status_code == 422
    assert 'href="#id_reason"' in answer.content.decode()
    submitted.refresh_from_db()
    assert submitted.state == "submitted"


def test_a_reason_with_code_and_emoji_is_shown_as_typed(world, client_of, submitted):
    client_of(world.olu).post(door(submitted, "question"), {"reason": "<b>Shorter</b> 🙂"})
    assert "&lt;b&gt;Shorter&lt;/b&gt; 🙂" in client_of(world.amara).get(f"/letters/drafts/{submitted.ref}/").text


def test_a_part_that_is_too_long_is_refused_by_name_and_kept_on_the_page(world, client_of, draft):
    long = "x" * 10_000
    answer = client_of(world.amara).post(f"/letters/drafts/{draft.ref}/", PARTS | {"plan": long, "version": 1})
    assert answer.status_code == 422
    assert 'href="#id_plan"' in answer.text
    assert long in answer.text
    draft.refresh_from_db()
    assert draft.parts["plan"] == PARTS["plan"]


@pytest.mark.parametrize("version", ["", "x", "-1", "🙂", "9" * 40])
def test_a_version_that_is_none_saves_nothing(world, client_of, draft, version):
    answer = client_of(world.amara).post(f"/letters/drafts/{draft.ref}/", PARTS | {"plan": "New", "version": version})
    assert answer.status_code in {409, 422}
    draft.refresh_from_db()
    assert draft.parts["plan"] == PARTS["plan"]


@pytest.mark.parametrize("who", ["amara", "piet", "sunniva", "tamsin", "farid", "alice", "bob", "charlie"])
def test_the_wrong_role_sends_nothing(world, client_of, approved, who):
    assert client_of(getattr(world, who)).post(f"/letters/{approved.ref}/sending/").status_code in {403, 404}
    assert not Dispatch.objects.exists()


@pytest.mark.rule("LET-5e")
def test_sent_twice_and_in_two_tabs_reaches_the_patient_once(world, client_of, approved, outbound):
    tabs = [client_of(world.olu), client_of(world.olu)]
    answers = [tab.post(f"/letters/{approved.ref}/sending/", RUBBISH) for tab in tabs for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert Dispatch.objects.filter(recipient="patient").count() == 1
    assert Dispatch.objects.get(recipient="gp").stopped == rules.NO_GP_CONSENT


@pytest.mark.rule("LET-4c")
@pytest.mark.parametrize("strange", ["🙂", "漢字", "Ω"])
def test_what_the_typeface_cannot_show_is_named_before_it_is_submitted(world, client_of, draft, strange):
    clinician = client_of(world.amara)
    clinician.post(f"/letters/drafts/{draft.ref}/", PARTS | {"plan": f"A walk {strange} a day", "version": 1})
    answer = clinician.post(door(draft, "submission"))
    assert answer.status_code == 409
    assert strange[0] in answer.text
    assert "in words" in answer.text
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_nothing_is_done_by_looking(world, client_of, submitted):
    assert client_of(world.olu).get(door(submitted, "approval")).status_code == 405
    assert not Letter.objects.exists()
