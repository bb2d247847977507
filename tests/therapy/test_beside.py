"""The clinician's side panel, part by part (ROOM-6)."""

import pytest
from django.urls import reverse

from hub import actions as hub
from measures.actions import answer_all, complete, give
from measures.models import Questionnaire
from risk.actions import raise_alert, set_level
from therapy.notes import actions as notes
from therapy.room import actions as room
from therapy.room import beside

PARTS = {"agenda": "Sleep first", "treatment": "A", "progress": "B", "homework": "Keep the diary", "risk": "None"}


def part(client, session, name: str) -> str:
    answer = client.get(reverse("therapy:beside", args=[session.ref, name]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.rule("ROOM-6a")
def test_the_emergency_addresses_are_one_tap_away(world, client_of, session):
    world.alice.emergency_contact = "Ben Arden, brother, 07700 900 456"
    world.alice.address = "3 Rowan Road"
    world.alice.save()
    page = client_of(world.amara).get(reverse("therapy:room", args=[session.ref])).content.decode()
    assert 'href="tel:07700900123"' in page
    assert 'href="tel:07700900456"' in page
    assert "3 Rowan Road, NM1 4AB" in page
    assert reverse("sites:site", args=[world.site.code]) in page
    patient = client_of(world.alice).get(reverse("therapy:room", args=[session.ref])).content.decode()
    assert "07700900456" not in patient


@pytest.mark.rule("ROOM-6b")
def test_last_plan_and_agenda_come_from_the_last_signed_note(world, client_of, agreed, confirmed):
    amara = client_of(world.amara)
    assert "no signed note" in part(amara, agreed, "plan")
    ended = room.end_session(agreed, "completed", by=world.amara.user, at=agreed.appointment.ends_at)
    notes.save_draft(ended, PARTS, 0, by=world.amara.user)
    notes.sign(ended, by=world.amara.user)
    following = room.open_session(confirmed(at=ended.ends_at))
    page = part(amara, following, "plan")
    assert page.index("Sleep first") < page.index("Keep the diary")


@pytest.mark.rule("ROOM-6b")
def test_scores_and_risk(world, client_of, session):
    amara = client_of(world.amara)
    given = give(world.alice_case, "phq-9", occasion="session 1")
    answer_all(given, dict.fromkeys(range(1, 10), 1), by=world.alice.user)
    complete(given, by=world.alice.user)
    assert "<svg" in part(amara, session, "scores")
    assert "Not set yet" in part(amara, session, "risk")
    raise_alert(world.alice_case, kind="item_9", source="questionnaire:x")
    set_level(world.alice_case, "medium", "Thoughts come and go", by=world.amara.user)
    page = part(amara, session, "risk")
    assert "1 alert to review" in page
    assert "Medium" in page
    assert "Thoughts come and go" in page
    assert "Risk procedure of this site" in page


@pytest.mark.rule("ROOM-6c")
def test_a_template_is_filled_for_this_session_and_sends_nothing(world, client_of, session):
    amara = client_of(world.amara)
    hub.publish("waiting", "Waiting", "Hello {preferred_name}, I wait {wait_minutes} minutes.", by=world.leonie)
    url = reverse("therapy:beside-template", args=[session.ref, "waiting"])
    assert url in part(amara, session, "templates")
    assert amara.get(url).json() == {"text": "Hello Alice, I wait 15 minutes.", "missing": []}
    assert amara.get(url.replace("waiting", "nonsense")).status_code == 404
    assert not session.lines.filter(kind="line").exists()


@pytest.mark.rule("ROOM-6d")
def test_the_private_draft_becomes_the_note_of_this_session(world, client_of, session):
    amara = client_of(world.amara)
    assert 'name="version" value="0"' in part(amara, session, "note")
    url = reverse("therapy:note-draft", args=[session.appointment.ref])
    saved = amara.post(url, PARTS | {"version": "0"})
    assert saved.json()["version"] == 1
    assert "Sleep first" in part(amara, session, "note")
    assert amara.post(url, PARTS | {"agenda": "Other", "version": "0"}).status_code == 409
    assert session.appointment.note_draft.agenda == "Sleep first"


@pytest.mark.rule("ROOM-6e")
def test_a_questionnaire_is_sent_into_the_session_once(world, client_of, session):
    amara, url = client_of(world.amara), reverse("therapy:beside-questionnaire", args=[session.ref])
    for _ in range(2):
        amara.post(url, {"measure": "gad-7"}, headers={"HX-Request": "true"})
    given = Questionnaire.objects.get(case=world.alice_case, occasion=beside.occasion_of(session))
    line = session.lines.get(kind="line")
    assert reverse("measures:questionnaire", args=[given.ref]) in line.text
    assert "not filled in yet" in part(amara, session, "questionnaires")
    assert amara.post(url, {"measure": "nonsense"}).status_code == 409
    assert client_of(world.alice).get(reverse("measures:questionnaire", args=[given.ref])).status_code == 200


@pytest.mark.rule("ROOM-6a")
@pytest.mark.parametrize("name", beside.PARTS)
def test_nobody_but_the_clinician_sees_a_part(world, client_of, session, name):
    url = reverse("therapy:beside", args=[session.ref, name])
    for who in (world.alice, world.piet, world.bob, world.sunniva, world.olu):
        assert client_of(who).get(url).status_code == 404
    assert client_of(world.amara).get(reverse("therapy:beside", args=[session.ref, "nonsense"])).status_code == 404
