"""Letters through the doors: the clinician writes, patient services query, approve and send, the patient reads."""

import json

import pytest

from deadlines.models import OperatorTask
from files.actions import render_due
from letters import actions, rules
from letters.models import Dispatch, DispatchReceipt, Letter, LetterDraft
from letters.outbound import send_waiting
from patients.people.actions import record_consent
from tests.letters.conftest import PARTS, door
from ui.errors import Refused


@pytest.mark.rule("LET-1a")
def test_starting_twice_opens_one_letter(world, client_of):
    clinician = client_of(world.amara)
    for _ in range(2):
        clinician.post(f"/cases/{world.alice_case.ref}/letters/assessment/")
    assert LetterDraft.objects.count() == 1


@pytest.mark.rule("LET-1b")
def test_a_kind_that_does_not_exist_is_refused_in_words(world, client_of):
    answer = client_of(world.amara).post(f"/cases/{world.alice_case.ref}/letters/housing/")
    assert answer.status_code == 409
    assert "no such kind" in answer.content.decode()


@pytest.mark.rule("LET-2a")
def test_an_empty_part_keeps_the_letter_from_being_submitted(world, client_of, draft):
    client_of(world.amara).post(f"/letters/drafts/{draft.ref}/", {**PARTS, "plan": " ", "version": draft.version})
    answer = client_of(world.amara).post(door(draft, "submission"))
    assert answer.status_code == 409
    assert "What we plan to do" in answer.content.decode()


@pytest.mark.rule("LET-2b")
@pytest.mark.rule("LET-2c")
@pytest.mark.rule("LET-5d")
def test_the_preview_fills_in_what_the_record_knows_and_escapes_what_was_typed(world, client_of, draft):
    page = client_of(world.amara).get(door(draft, "preview")).content.decode()
    assert f"Dear {world.alice.called}" in page
    assert "No post" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_second_tab_does_not_overwrite_unseen(world, client_of, draft):
    answer = client_of(world.amara).post(
        f"/letters/drafts/{draft.ref}/", {**PARTS, "plan": "From the old tab", "version": draft.version - 1}
    )
    assert answer.status_code == 409
    assert "another window" in answer.content.decode()
    assert "From the old tab" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.parts["plan"] == PARTS["plan"]


@pytest.mark.rule("LET-3a")
@pytest.mark.rule("LET-3b")
def test_queried_back_submitted_again_and_approved(world, client_of, draft):
    clinician, office = client_of(world.amara), client_of(world.olu)
    assert clinician.post(door(draft, "submission")).status_code == 303
    assert office.post(door(draft, "question"), {"reason": ""}).status_code == 422
    assert office.post(door(draft, "question"), {"reason": "Shorter, please."}).status_code == 303
    assert "Shorter, please." in clinician.get(f"/letters/drafts/{draft.ref}/").content.decode()
    clinician.post(door(draft, "submission"))
    assert clinician.post(door(draft, "approval")).status_code == 404
    assert office.post(door(draft, "approval")).status_code == 303
    assert office.post(door(draft, "approval")).status_code == 303
    assert Letter.objects.count() == 1


@pytest.mark.rule("LET-3a")
@pytest.mark.parametrize("before", rules.LETTER_TRANSITIONS)
@pytest.mark.parametrize("after", rules.LETTER_TRANSITIONS)
def test_no_other_way_through_its_states(before, after):
    ways = {
        ("draft", "submitted"), ("draft", "withdrawn"), ("submitted", "queried"), ("submitted", "approved"),
        ("submitted", "withdrawn"), ("queried", "submitted"), ("queried", "withdrawn"),
    }  # fmt: skip
    assert rules.may_turn(before, after) == ((before, after) in ways)


@pytest.mark.rule("LET-4a")
@pytest.mark.rule("LET-8a")
def test_the_pdf_is_made_once_and_keeps_its_hash(approved):
    first = approved.pdf.file
    render_due()
    assert Letter.objects.get(pk=approved.pk).pdf.file == first
    assert len(first.sha256) == 64
    assert approved.draft.template_version == "1"


@pytest.mark.rule("LET-5a")
@pytest.mark.rule("LET-4d")
def test_the_patient_reads_it_once_it_is_sent_and_not_before(world, client_of, approved):
    alice = client_of(world.alice)
    assert alice.get(f"/letters/{approved.ref}/").status_code == 404
    client_of(world.olu).post(f"/letters/{approved.ref}/sending/")
    page = alice.get(f"/letters/{approved.ref}/").content.decode()
    assert "half past three" in page
    assert alice.get(f"/letters/{approved.ref}/pdf/").content == bytes(approved.pdf.file.content)
    assert "Assessment letter" in alice.get("/letters/").content.decode()


@pytest.mark.rule("LET-5b")
@pytest.mark.rule("LET-5e")
def test_with_consent_the_gp_receives_it_once(world, client_of, approved, outbound):
    record_consent(world.alice, "gp", True, by=world.alice.user)
    for _ in range(2):
        client_of(world.olu).post(f"/letters/{approved.ref}/sending/")
        send_waiting()
    (pdf,) = outbound.glob("*.pdf")
    (header,) = outbound.glob("*.json")
    assert pdf.read_bytes() == bytes(approved.pdf.file.content)
    assert json.loads(header.read_text())["sha256"] == approved.pdf.file.sha256
    assert Dispatch.objects.filter(recipient="gp", stopped="").count() == 1
    assert world.alice.last_name not in header.read_text()


@pytest.mark.rule("LET-5c")
@pytest.mark.rule("LET-7a")
def test_without_consent_it_is_stopped_and_the_desk_says_so(world, client_of, approved, outbound):
    office = client_of(world.olu)
    page = office.post(f"/letters/{approved.ref}/sending/", follow=True).content.decode()
    assert rules.NO_GP_CONSENT in page
    send_waiting()
    assert not list(outbound.glob("*")) if outbound.exists() else True
    assert rules.NO_GP_CONSENT in office.get("/letters/desk/").content.decode()


@pytest.mark.rule("LET-6a")
def test_consent_withdrawn_after_sending_stops_it_at_the_last_moment(world, approved, outbound):
    record_consent(world.alice, "gp", True, by=world.alice.user)
    actions.send(approved, by=world.olu)
    record_consent(world.alice, "gp", False, by=world.alice.user)
    assert send_waiting() == 1
    assert DispatchReceipt.objects.get().stopped == rules.NO_GP_CONSENT
    assert world.alice_case.ref in OperatorTask.objects.get().what
    assert not outbound.exists()


@pytest.mark.rule("LET-6a")
def test_consent_withdrawn_between_approval_and_sending_stops_it(world, client_of, approved, outbound):
    record_consent(world.alice, "gp", True, by=world.alice.user)
    record_consent(world.alice, "gp", False, by=world.alice.user)
    client_of(world.olu).post(f"/letters/{approved.ref}/sending/")
    assert send_waiting() == 0
    assert Dispatch.objects.get(recipient="gp").stopped == rules.NO_GP_CONSENT


@pytest.mark.rule("LET-5e")
def test_what_was_stopped_can_be_sent_once_consent_is_given(world, client_of, approved, outbound):
    office, page = client_of(world.olu), f"/letters/{approved.ref}/"
    office.post(f"{page}sending/")
    assert "Send this letter" not in office.get(page).text
    record_consent(world.alice, "gp", True, by=world.alice.user)
    assert "Send this letter" in office.get(page).text
    office.post(f"{page}sending/")
    assert send_waiting() == 1
    assert len(list(outbound.glob("*.pdf"))) == 1
    assert Dispatch.objects.filter(recipient="patient").count() == 1


def test_a_letter_without_its_pdf_is_not_sent_yet(world, client_of, draft):
    actions.submit(draft, by=world.amara.user)
    letter = actions.approve(draft, by=world.olu)
    answer = client_of(world.olu).post(f"/letters/{letter.ref}/sending/")
    assert answer.status_code == 409
    assert "still being made" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("amara", 404), ("sunniva", 404), ("piet", 404), ("charlie", 404), ("farid", 404), ("olu", 200)]
)
def test_a_clinician_has_no_copy_to_take_away(world, client_of, approved, who, status):
    assert client_of(getattr(world, who)).get(f"/letters/{approved.ref}/pdf/").status_code == status


@pytest.mark.rule("LET-3c")
def test_a_discharge_letter_waits_for_the_ending(world, client_of):
    draft = actions.start(world.alice_case, "discharge", by=world.amara.user)
    parts = {part.name: "Text." for part in rules.TEMPLATES["discharge"].parts}
    actions.save(draft, parts, 0, by=world.amara.user)
    with pytest.raises(Refused, match="ending of therapy"):
        actions.submit(draft, by=world.amara.user)
    answer = client_of(world.amara).post(f"/letters/drafts/{draft.ref}/ending-submission/")
    assert answer.status_code == 409
    assert "End therapy" in answer.content.decode()


@pytest.mark.rule("MSG-9a")
@pytest.mark.rule("MSG-9b")
def test_a_letter_is_kept_while_it_is_typed_and_never_overwritten_unseen(world, client_of, draft):
    amara, url = client_of(world.amara), door(draft, "saving")
    kept = amara.post(url, {**PARTS, "plan": "Typed here", "version": draft.version})
    assert kept.json()["version"] == draft.version + 1
    answer = amara.post(url, {**PARTS, "plan": "Typed there", "version": draft.version})
    assert answer.status_code == 409
    assert ["removed", "there"] in answer.json()["differences"]["plan"]
    assert amara.get(url).json()["plan"] == "Typed here"
    assert client_of(world.piet).post(url, {**PARTS, "version": 0}).status_code == 404
