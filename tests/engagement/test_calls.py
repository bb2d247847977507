"""A call counts as a word of the patient where somebody spoke with them, and nowhere else (ENG-4, TIME-2, TIME-3)."""

import pytest

from deadlines.models import Deadline
from patients.admin_notes.actions import write_admin_note
from patients.models import AdminNote
from tests.engagement.conftest import AT, DAY
from tests.engagement.test_never_engaged import open_kinds
from therapy.engagement.queries import contact_at, stand_of
from ui.errors import Refused

pytestmark = pytest.mark.django_db
CALL = {"kind": "call", "text": "Rang about Monday."}


def log(client, case, **more):
    return client.post(f"/cases/{case.ref}/admin-notes/new/", CALL | more)


@pytest.mark.rule("ENG-4a")
@pytest.mark.parametrize(("reached", "stops"), [("spoke", True), ("voicemail", False), ("no_answer", False)])
def test_only_a_call_in_which_they_spoke_stops_the_procedure(world, says, client_of, at, reached, stops):
    case, office = world.alice_case, client_of(world.olu)
    says(case, world.amara.user, 0, "engagement_prompt")
    with at(AT + 2 * DAY):
        assert log(office, case, reached=reached).status_code == 303
        page = office.get(f"/cases/{case.ref}/admin-notes/").content.decode()
    assert AdminNote.Reached(reached).label in page.split('id="write"')[0].split("app-filter")[-1]
    assert ("engagement_step" not in open_kinds(case), not stand_of(case).runs) == (stops, stops)


@pytest.mark.rule("ENG-4a")
def test_the_form_asks_and_keeps_what_was_typed(world, client_of):
    office, case = client_of(world.olu), world.alice_case
    for wrong, words in (
        ({}, "Say whether you spoke with the patient"),
        ({"kind": "other", "reached": "spoke"}, "choose “Call”"),
        ({"reached": "sloth"}, "There is a problem"),
    ):
        answer = log(office, case, **wrong)
        page = answer.content.decode()
        assert (answer.status_code, words in page, CALL["text"] in page) == (422, True, True)
    assert not case.admin_notes.exists()
    with pytest.raises(Refused):
        write_admin_note(case, "call", "Rang", by=world.olu)


@pytest.mark.rule("ENG-4a")
def test_put_right_to_nobody_reached_the_procedure_goes_on(world, says, client_of, at):
    case, office = world.alice_case, client_of(world.olu)
    says(case, world.amara.user, 0, "engagement_prompt")
    with at(AT + 2 * DAY):
        log(office, case, reached="spoke")
        wrong = case.admin_notes.get()
        assert contact_at(case) == wrong.at
    with at(AT + 3 * DAY):
        for _ in range(2):
            assert log(office, case, reached="voicemail", corrects=str(wrong.ref)).status_code == 303
    assert contact_at(case) is None
    assert stand_of(case).next_at == AT + 7 * DAY
    assert Deadline.objects.owed().filter(case_ref=case.ref, kind="engagement_step").count() == 1


@pytest.mark.rule("ENG-4a")
@pytest.mark.parametrize("reminded", [False, True])
def test_before_treatment_the_wait_for_a_word_goes_on_as_well(world, fresh, says, client_of, at, reminded):
    says(fresh, world.amara.user, 1)
    if reminded:
        says(fresh, world.amara.user, 4, "booking_reminder")
    kind = "never_engaged" if reminded else "booking_reminder"
    with at(AT + 5 * DAY):
        office = client_of(world.olu)
        log(office, fresh, reached="spoke")
        assert kind not in open_kinds(fresh)
        log(office, fresh, kind="other", corrects=str(fresh.admin_notes.get().ref))
    assert kind in open_kinds(fresh)


def test_a_correction_of_other_words_does_not_make_the_call_a_later_one(world):
    case = world.alice_case
    said = {"by": world.olu, "reached": "spoke"}
    first = write_admin_note(case, "call", "Spoke on Monday", at=AT + DAY, **said)
    write_admin_note(case, "call", "Spoke on Tuesday", corrects=first, at=AT + 5 * DAY, **said)
    assert contact_at(case) == AT + DAY
