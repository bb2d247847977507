"""Homework goes with a message, and the patient says how it went (MSG-4)."""

import datetime as dt

import pytest

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


def test_without_a_task_or_for_a_day_gone_by_it_is_refused(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    assert amara.post(f"/cases/{case.ref}/homework/new/", NEW | {"what": ""}).status_code == 422
    with pytest.raises(Refused):
        set_homework(case, "Walk", by=world.amara.user, client_key="k", due_on=dt.date(2020, 1, 1))
    assert not Message.objects.exists()
