"""Homework goes with a message, and the patient says how it went (MSG-4)."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import ChangeEntry
from risk.models import Alert
from tests.files.samples import picture
from therapy.homework.actions import set_homework
from therapy.homework.models import Homework, HomeworkReport
from therapy.messages.models import Message
from ui.errors import Refused

pytestmark = pytest.mark.django_db
NEW = {"client_key": "k", "what": "Walk to the park", "why": "It lifts the mood", "text": "As we agreed"}


@pytest.mark.rule("MSG-4a")
def test_it_goes_to_the_patient_in_a_message_once(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    for _ in range(2):
        assert amara.post(f"/cases/{case.ref}/homework/new/", NEW).status_code == 303
    assert (Homework.objects.count(), Message.objects.count()) == (1, 1)
    for who in (world.alice, world.amara, world.sunniva):
        page = client_of(who).get(f"/messages/{case.ref}/").content.decode()
        assert "As we agreed" in page
        assert "Homework: Walk to the park" in page
        assert "Not ticked as done yet." in page


@pytest.mark.rule("MSG-4a")
@pytest.mark.parametrize("field", ["what", "why", "text"])
def test_a_form_gone_back_to_and_changed_is_not_taken_for_the_same(world, client_of, field):
    case, amara = world.alice_case, client_of(world.amara)
    amara.post(f"/cases/{case.ref}/homework/new/", NEW)
    answer = amara.post(f"/cases/{case.ref}/homework/new/", NEW | {field: "Swim instead"})
    page = answer.content.decode()
    assert (answer.status_code, Homework.objects.count()) == (409, 1)
    assert "Swim instead" in page
    new = re.search(r'name="client_key" value="(\w+)"', page)[1]
    assert amara.post(f"/cases/{case.ref}/homework/new/", NEW | {field: "Swim instead", "client_key": new})
    assert Homework.objects.count() == 2


@pytest.mark.rule("MSG-4b")
def test_the_patient_ticks_it_and_says_how_it_went(world, client_of):
    made = set_homework(world.alice_case, "Walk", by=world.amara.user, client_key="k")
    alice, url = client_of(world.alice), f"/homework/{made.ref}/report/"
    for _ in range(2):
        assert alice.post(url, {"done": "on", "how": "Hard at first"}).status_code == 303
    assert HomeworkReport.objects.count() == 1
    page = client_of(world.amara).get(f"/cases/{world.alice_case.ref}/homework/").content.decode()
    assert "Hard at first" in page
    assert "Done" in page
    assert alice.post(url, {"how": "Not quite done"}).status_code == 303
    assert HomeworkReport.objects.count() == 2, "what was said before stays"
    assert made.newest_report.done is False


@pytest.mark.rule("MSG-4b")
def test_nobody_else_ticks_or_sets_it(world, client_of):
    made = set_homework(world.alice_case, "Walk", by=world.amara.user, client_key="k")
    for who in (world.amara, world.bob, world.sunniva, world.olu):
        assert client_of(who).post(f"/homework/{made.ref}/report/", {"done": "on"}).status_code == 404
    for who in (world.alice, world.piet, world.sunniva):
        assert client_of(who).post(f"/cases/{world.alice_case.ref}/homework/new/", NEW).status_code == 404
    assert not HomeworkReport.objects.exists()


@pytest.mark.rule("MSG-4b")
def test_the_patient_returns_files_with_it_in_a_message(world, client_of):
    made = set_homework(world.alice_case, "Draw a map", by=world.amara.user, client_key="k")
    alice, url = client_of(world.alice), f"/homework/{made.ref}/report/"
    for _ in range(2):
        page = SimpleUploadedFile("page.png", picture(), content_type="image/png")
        form = {"done": "on", "how": "Good", "client_key": "once", "files": [page]}
        assert alice.post(url, form).status_code == 303
    message = Message.objects.get(side="patient")
    assert sorted(message.enclosures.values_list("kind", flat=True)) == ["file", "homework"]
    assert HomeworkReport.objects.get().how == "Good"
    talk = client_of(world.amara).get(f"/messages/{world.alice_case.ref}/").content.decode()
    assert "This belongs to my homework." in talk
    bad = SimpleUploadedFile("page.exe", b"MZ not a picture", content_type="image/png")
    refused = alice.post(url, {"how": "Kept as typed", "client_key": "two", "files": [bad]})
    assert refused.status_code in {409, 422}
    assert "Kept as typed" in refused.content.decode()
    assert HomeworkReport.objects.count() == 1


@pytest.mark.rule("MSG-4b")
def test_how_it_went_is_looked_through_for_risk(world, client_of):
    made = set_homework(world.alice_case, "Walk", by=world.amara.user, client_key="k")
    form = {"how": "I wanted to kill myself", "client_key": "one"}
    assert client_of(world.alice).post(f"/homework/{made.ref}/report/", form).status_code == 303
    assert "kill myself" in Alert.objects.get(case=world.alice_case).passage


def test_without_a_task_or_for_a_day_gone_by_it_is_refused(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    assert amara.post(f"/cases/{case.ref}/homework/new/", NEW | {"what": ""}).status_code == 422
    with pytest.raises(Refused):
        set_homework(case, "Walk", by=world.amara.user, client_key="k", due_on=dt.date(2020, 1, 1))
    assert not Message.objects.exists()


@pytest.mark.rule("NOTE-8a")
@pytest.mark.parametrize("field", ["text", "what", "why"])
def test_a_promise_with_it_is_pointed_out_before_it_goes(world, client_of, field):
    amara, url = client_of(world.amara), f"/cases/{world.alice_case.ref}/homework/new/"
    promised = NEW | {field: "You will have six more sessions"}
    answer = amara.post(url, promised)
    words = answer.content.decode()
    assert (answer.status_code, "<li>six more sessions</li>" in words) == (422, True)
    assert "Send all the same" in words
    assert not Message.objects.exists()
    assert amara.post(url, promised | {"despite": answer.context["pointed_out"].key}).status_code == 303
    assert ChangeEntry.objects.get(what="message sent all the same").after == {"promise": 1}
