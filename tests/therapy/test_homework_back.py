"""Homework that was set is taken back with a reason, corrected, and asked for again (MSG-4, ROOM-12)."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import ChangeEntry
from tests.files.samples import picture
from therapy.homework.actions import agree, ask_again, report, set_homework, take_back
from therapy.homework.models import Homework, HomeworkReport, HomeworkTurn
from therapy.messages.models import Message
from therapy.together import summary
from ui.errors import Refused

pytestmark = pytest.mark.django_db
REASON = {"reason": "We found something that fits your week better."}


@pytest.fixture
def walk(world):
    return set_homework(world.alice_case, "Walk to the park", by=world.amara.user, client_key="k")


def url(name: str, *args) -> str:
    return reverse(f"therapy:{name}", args=args)


def read(client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


@pytest.mark.rule("MSG-4h")
def test_the_patient_reads_calmly_that_it_is_no_longer_needed(world, client_of, walk):
    alice, amara = client_of(world.alice), client_of(world.amara)
    assert "Try: Walk to the park" in read(alice, "/home/")
    assert "Take back or correct" in read(amara, url("homework", world.alice_case.ref))
    for _ in range(2):
        assert amara.post(url("take-homework-back", walk.ref), REASON).status_code == 303
    assert HomeworkTurn.objects.count() == 1
    assert ChangeEntry.objects.filter(what="homework taken back").count() == 1
    home = read(alice, "/home/")
    assert ("Try: Walk" in home, "No longer needed" in home, REASON["reason"] in home) == (False, True, True)
    page = read(alice, url("homework", world.alice_case.ref))
    assert "You do not have to do this any more." in page
    assert REASON["reason"] in page
    assert url("homework-report", walk.ref) not in page
    assert "No longer needed." in read(alice, url("messages", world.alice_case.ref))


@pytest.mark.rule("MSG-4h")
def test_words_are_shown_as_they_were_typed_and_not_obeyed(world, client_of, walk):
    take_back(walk, 'She said "stop" & <script>alert(1)</script> \U0001f642', by=world.amara.user)
    for address in ("/home/", url("homework", world.alice_case.ref)):
        page = read(client_of(world.alice), address)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; \U0001f642" in page
        assert ("<script>alert" in page, "&amp;lt;" in page, "&amp;quot;" in page) == (False, False, False)


@pytest.mark.rule("MSG-4h")
def test_what_the_patient_gave_stays_and_a_word_already_typed_is_taken(world, client_of, walk):
    alice = client_of(world.alice)
    report(walk, done=False, how="Twice so far", by=world.alice.user)
    take_back(walk, "Not needed", by=world.amara.user)
    assert "Twice so far" in read(alice, url("homework", world.alice_case.ref))
    assert alice.post(url("homework-report", walk.ref), {"done": "on", "how": "And today"}).status_code == 303
    assert list(HomeworkReport.objects.values_list("how", flat=True)) == ["Twice so far", "And today"]
    assert Homework.objects.get().taken_back is None, "it is done, which counts for more"
    assert "No longer needed" not in read(alice, "/home/")


@pytest.mark.rule("MSG-4h")
def test_what_is_done_is_not_taken_back_and_the_typed_reason_stays(world, client_of, walk):
    report(walk, done=True, how="Good", by=world.alice.user)
    amara = client_of(world.amara)
    assert "Take back" not in read(amara, url("homework", world.alice_case.ref))
    answer = amara.post(url("take-homework-back", walk.ref), REASON)
    page = answer.content.decode()
    assert (answer.status_code, "has done this already" in page, REASON["reason"] in page) == (409, True, True)
    assert not HomeworkTurn.objects.exists()


@pytest.mark.rule("MSG-4h")
def test_it_is_asked_for_again_and_every_turn_stays(world, client_of, walk):
    amara, page = client_of(world.amara), url("homework", world.alice_case.ref)
    assert ask_again(walk, by=world.amara.user) is None
    amara.post(url("take-homework-back", walk.ref), REASON)
    for _ in range(2):
        assert amara.post(url("ask-for-homework-again", walk.ref)).status_code == 303
    assert list(HomeworkTurn.objects.values_list("needed", flat=True)) == [False, True]
    assert "Try: Walk to the park" in read(client_of(world.alice), "/home/")
    for who in (world.amara, world.sunniva):
        shown = read(client_of(who), page)
        assert (REASON["reason"] in shown, "asked for it again" in shown) == (True, True)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE therapy_homeworkturn SET reason = 'x'")


@pytest.mark.rule("MSG-4h")
def test_correcting_begins_the_new_one_with_what_stood_there(world, client_of, walk):
    amara = client_of(world.amara)
    answer = amara.post(url("take-homework-back", walk.ref), REASON | {"then": "correct"})
    assert "Walk to the park" in read(amara, answer.headers["Location"])
    foreign = set_homework(world.bob_case, "Of Bob alone", by=world.piet.user, client_key="k")
    for like in (str(foreign.ref), "nonsense"):
        assert "Of Bob" not in read(amara, f"{url('new-homework', world.alice_case.ref)}?like={like}")


@pytest.mark.rule("MSG-4h")
def test_nobody_else_takes_it_back_and_never_without_a_word(world, client_of, walk):
    doors = url("take-homework-back", walk.ref), url("ask-for-homework-again", walk.ref)
    for who in (world.alice, world.bob, world.piet, world.sunniva, world.olu):
        for door in doors:
            assert client_of(who).post(door, REASON).status_code == 404
    assert client_of(world.amara).post(doors[0], {"reason": " "}).status_code == 422
    with pytest.raises(Refused):
        take_back(walk, "x", by=world.sunniva)
    assert not HomeworkTurn.objects.exists()


@pytest.mark.rule("NOTE-8a")
def test_a_promise_in_the_reason_is_pointed_out_first(world, client_of, walk):
    amara, door = client_of(world.amara), url("take-homework-back", walk.ref)
    promised = {"reason": "You will have six more sessions"}
    answer = amara.post(door, promised)
    assert (answer.status_code, "Take it back all the same" in answer.content.decode()) == (422, True)
    assert amara.post(door, promised | {"despite": answer.context["pointed_out"].key}).status_code == 303
    assert ChangeEntry.objects.filter(what="homework taken back all the same").exists()


@pytest.mark.rule("MSG-4h")
def test_files_already_handed_in_stay_in_the_conversation(world, client_of, walk):
    page = SimpleUploadedFile("page.png", picture(), content_type="image/png")
    form = {"how": "See the map", "client_key": "once", "files": [page]}
    assert client_of(world.alice).post(url("homework-report", walk.ref), form).status_code == 303
    take_back(walk, "Not needed", by=world.amara.user)
    sent = Message.objects.get(side="patient")
    assert sorted(sent.enclosures.values_list("kind", flat=True)) == ["file", "homework"]
    assert "This belongs to my homework." in read(client_of(world.alice), url("messages", world.alice_case.ref))


@pytest.mark.rule("ROOM-12c")
def test_agreed_in_a_session_and_taken_back_it_is_not_in_the_summary(world, client_of, session):
    booked = session.appointment
    due_on = timezone.localdate() + dt.timedelta(days=400)
    kept = agree(booked, "Breathe slowly", by=world.amara.user, client_key="1", due_on=due_on)
    gone = agree(booked, "Ring a friend", by=world.amara.user, client_key="2", due_on=due_on)
    take_back(gone, "We said it twice", by=world.amara.user)
    assert summary.agreed_in(booked) == [kept]
    assert "Ring a friend" not in summary.drafted(booked)
    plan = read(client_of(world.alice), url("agenda", booked.ref))
    assert (plan.count("No longer needed"), "Ring a friend" in plan) == (1, True)
