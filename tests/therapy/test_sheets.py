"""Worksheets: filled in by the patient and sent back; in a session written in by both (MSG-4, ROOM-12)."""

import re

import pytest
from django.urls import reverse

from audit.models import ChangeEntry
from risk.models import Alert
from therapy.messages.models import Message
from therapy.room import actions as room
from therapy.sheets import actions, library
from therapy.sheets.models import Sheet, SheetEntry, SheetReturn
from ui.saving import Overtaken

pytestmark = pytest.mark.django_db
HX = {"headers": {"HX-Request": "true"}}


def door(name: str, found, *more) -> str:
    return reverse(f"therapy:{name}", args=[found.ref, *more])


def send(client, case, **form):
    return client.post(f"/messages/{case.ref}/sent/", {"client_key": "k", "text": "For you"} | form)


def write(client, sheet, text, version=0, field="thoughts"):
    return client.post(door("sheet-field", sheet, field), {"text": text, "version": version})


@pytest.fixture
def sent(world, client_of):
    """A thought record that Amara sent to Alice."""
    send(client_of(world.amara), world.alice_case, add_worksheet="thought-record")
    return Sheet.objects.get()


@pytest.fixture
def shared(world, session):
    """A thought record between the two in a session."""
    return actions.begin(session.appointment, "thought-record", by=world.amara.user)


@pytest.mark.rule("MSG-4c")
def test_a_worksheet_goes_with_a_message_and_is_the_patients_own_until_sent_back(world, client_of, sent):
    alice, amara, case = client_of(world.alice), client_of(world.amara), world.alice_case
    assert "Fill in the worksheet: Thought record" in alice.get("/home/").content.decode()
    assert "Worksheet: Thought record" in alice.get(f"/messages/{case.ref}/").content.decode()
    page = alice.get(door("sheet", sent)).content.decode()
    assert "What went through your mind?" in page
    assert write(alice, sent, "They all stared").status_code == 200
    assert "They all stared" in alice.get(door("sheet", sent)).content.decode(), "a reload loses nothing"
    for who in (world.amara, world.sunniva, world.bob, world.piet):
        assert client_of(who).get(door("sheet", sent)).status_code == 404
    talk = amara.get(f"/messages/{case.ref}/").content.decode()
    assert "Not sent back yet." in talk
    assert door("sheet", sent) not in talk, "what is not for her eyes yet is no link"
    assert door("sheet", sent) in alice.get(f"/messages/{case.ref}/").content.decode()
    for _ in range(2):
        form = {"thoughts": "They all stared", "version_thoughts": 1, "balanced": "Some looked up"}
        assert alice.post(door("sheet-return", sent), form).status_code == 303
    assert SheetReturn.objects.count() == 1
    page = amara.get(door("sheet", sent)).content.decode()
    assert "They all stared" in page
    assert "Some looked up" in page
    talk = amara.get(f"/messages/{case.ref}/").content.decode()
    assert "I have filled in the worksheet: Thought record." in talk
    assert talk.count("Sent back on") == 2
    assert Message.objects.count() == 2


@pytest.mark.rule("MSG-4c")
def test_sent_back_it_can_be_read_and_no_longer_changed(world, client_of, sent):
    alice = client_of(world.alice)
    assert alice.post(door("sheet-return", sent), {}).status_code == 409, "nothing is written yet"
    write(alice, sent, "A thought")
    actions.send_back(sent, by=world.alice.user)
    assert write(alice, sent, "Another", 1).status_code == 409
    assert "<textarea" not in alice.get(door("sheet", sent)).content.decode()
    assert client_of(world.sunniva).get(door("sheet", sent)).status_code == 200
    assert client_of(world.amara).post(door("sheet-return", sent), {}).status_code == 409


@pytest.mark.rule("MSG-4c")
def test_two_windows_of_one_worksheet_never_overwrite_each_other_unseen(world, client_of, sent):
    alice = client_of(world.alice)
    write(alice, sent, "On the phone")
    answer = write(alice, sent, "On the desk", 0)
    assert answer.status_code == 409
    assert answer.json()["theirs"]["text"] == "On the phone"
    form = {"thoughts": "Without a script", "version_thoughts": 0}
    page = alice.post(door("sheet-saving", sent), form)
    assert page.status_code == 422
    assert "It now says: On the phone" in page.content.decode()
    assert "Without a script" in page.content.decode()


@pytest.mark.rule("MSG-4c")
def test_what_is_sent_back_is_looked_through_for_risk(world, client_of, sent):
    write(client_of(world.alice), sent, "I want to kill myself")
    assert not Alert.objects.exists()
    actions.send_back(sent, by=world.alice.user)
    assert "kill myself" in Alert.objects.get(case=world.alice_case).passage


@pytest.mark.rule("MSG-4c")
def test_the_library_is_read_whole_and_in_plain_words():
    titles = [blank.title for blank in library.blanks()]
    assert len(titles) >= 5
    assert titles == sorted(titles)
    for blank in library.blanks():
        words = " ".join(f"{field.label} {field.hint}" for field in blank.fields).split()
        assert sum(len(re.sub(r"\W", "", word)) > 11 for word in words) == 0, blank.title


@pytest.mark.rule("ROOM-12e")
def test_both_write_in_a_sheet_field_by_field_and_every_version_is_kept(world, client_of, shared):
    alice, amara = client_of(world.alice), client_of(world.amara)
    assert write(alice, shared, "They stare").status_code == 200
    assert write(amara, shared, "On the bus", field="situation").status_code == 200
    assert write(amara, shared, "They stare at me", 1).status_code == 200
    state = alice.get(door("sheet-state", shared)).json()
    assert state["fields"]["thoughts"] == {"text": "They stare at me", "version": 2, "who": world.amara.user.name}
    assert state["fields"]["situation"]["version"] == 1
    texts = SheetEntry.objects.filter(field="thoughts").order_by("version").values_list("text", flat=True)
    assert list(texts) == ["They stare", "They stare at me"]
    page = alice.get(door("sheet-history", shared)).content.decode()
    assert page.index("They stare at me") < page.index(">They stare<")


@pytest.mark.rule("ROOM-12e")
def test_who_types_in_the_same_field_is_shown_the_other_text(world, client_of, shared):
    alice, amara = client_of(world.alice), client_of(world.amara)
    write(alice, shared, "Mine")
    answer = write(amara, shared, "Hers", 0)
    assert answer.status_code == 409
    assert answer.json()["theirs"] == {"text": "Mine", "version": 1, "saved_at": answer.json()["theirs"]["saved_at"]}
    assert write(amara, shared, "Mine", 0).status_code == 200, "the same text is no conflict"
    with pytest.raises(Overtaken):
        actions.write(shared, "thoughts", "Again", 0, by=world.amara.user)
    assert SheetEntry.objects.count() == 1


@pytest.mark.rule("ROOM-12f")
def test_a_shared_sheet_is_the_twos_and_after_the_end_to_read(world, client_of, session, shared):
    write(client_of(world.alice), shared, "They stare")
    for who in (world.bob, world.piet, world.sunniva):
        assert write(client_of(who), shared, "x", 1).status_code == 404
    assert "They stare" in client_of(world.sunniva).get(door("sheet", shared)).content.decode()
    assert client_of(world.alice).post(door("session-sheets", session.appointment), {"slug": "x"}).status_code == 409
    found = session.appointment
    room.end_session(session, "aborted", by=world.amara.user, reason="it broke", at=found.starts_at)
    assert write(client_of(world.alice), shared, "Late", 1).status_code == 409
    for who in (world.alice, world.amara):
        page = client_of(who).get(door("sheet", shared)).content.decode()
        assert "They stare" in page
        assert "<textarea" not in page
        assert "Thought record" in client_of(who).get(door("session-sheets", found)).content.decode()


def test_the_log_of_changes_has_who_wrote_in_a_shared_sheet_once(world, client_of, shared):
    alice = client_of(world.alice)
    for version, text in enumerate(("They", "They stare", "They stare at me")):
        assert write(alice, shared, text, version).status_code == 200
    assert write(client_of(world.amara), shared, "On the bus", field="situation").status_code == 200
    written = ChangeEntry.objects.filter(what="sheet written in", object_ref=str(shared.ref))
    assert sorted(written.values_list("who", flat=True)) == sorted([world.alice.user.pk, world.amara.user.pk])
    assert SheetEntry.objects.count() == 4, "each version says who and when itself"


@pytest.mark.rule("ROOM-12f")
def test_what_comes_after_the_end_without_scripts_stays_in_sight(world, client_of, session, shared):
    room.end_session(session, "aborted", by=world.amara.user, reason="it broke", at=session.appointment.starts_at)
    page = client_of(world.alice).post(door("sheet-saving", shared), {"thoughts": "My long answer"})
    assert page.status_code in {409, 422}
    assert "so this was not kept" in page.content.decode()
    assert "My long answer" in page.content.decode()


@pytest.mark.rule("MSG-4c")
def test_nothing_is_sent_back_into_a_closed_conversation(world, client_of, sent):
    alice, case = client_of(world.alice), world.alice_case
    case.state = "discharging"
    case.save()
    page = alice.post(door("sheet-return", sent), {"thoughts": "For nobody to read"})
    assert page.status_code in {409, 422}
    assert "Please phone patient services" in page.content.decode()
    assert "For nobody to read" in alice.get(door("sheet", sent)).content.decode()
    assert not SheetReturn.objects.exists()


@pytest.mark.rule("ROOM-12e")
def test_the_therapist_begins_each_sheet_once(world, client_of, session):
    amara, url = client_of(world.amara), door("session-sheets", session.appointment)
    for _ in range(2):
        assert amara.post(url, {"slug": "how-it-fits"}, **HX).status_code == 200
    assert Sheet.objects.count() == 1
    assert amara.post(url, {"slug": "worry-path"}).status_code == 409, "made for one, not for two"
    assert "How it fits together" in client_of(world.alice).get(url).content.decode()
