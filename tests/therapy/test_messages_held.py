"""Ten seconds to think again, then sent for good whatever dies meanwhile (MSG-10)."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from deadlines.models import Deadline
from drafts import actions as drafts
from drafts.models import Draft
from patients.cases.actions import turn
from tests import cast
from tests.files.samples import TEXT
from tests.harness.together import together
from therapy.messages import holding
from therapy.messages.models import HeldMessage, Message

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def post(client, case, text="Hello Amara", **more):
    form = {"text": text, "client_key": "k1", "hold": "yes"} | more
    return client.post(f"/messages/{case.ref}/sent/", form)


def page(client, case) -> str:
    return client.get(f"/messages/{case.ref}/").content.decode()


@pytest.mark.rule("MSG-10a")
def test_nobody_else_sees_it_while_it_can_be_taken_back(world, client_of):
    case, alice = world.alice_case, client_of(world.alice)
    assert post(alice, case).status_code == 303
    assert "Undo" in page(alice, case)
    assert "Hello Amara" not in page(client_of(world.amara), case)
    assert not Deadline.objects.filter(kind="reply").exists()
    assert not Message.objects.exists()


@pytest.mark.rule("MSG-10a")
def test_taken_back_it_is_a_draft_again(world, client_of):
    case, alice = world.alice_case, client_of(world.alice)
    post(alice, case)
    held = HeldMessage.objects.get()
    assert alice.post(f"/messages/{case.ref}/held/{held.ref}/withdrawal/").status_code == 303
    shown = page(alice, case)
    assert "Undo" not in shown
    assert ">\nHello Amara</textarea>" in shown
    holding.send_due(timezone.now() + 60 * SECOND)
    assert not Message.objects.exists()


@pytest.mark.rule("MSG-10a")
def test_what_was_typed_meanwhile_is_kept_beneath(world, client_of):
    case = world.alice_case
    post(client_of(world.alice), case)
    drafts.save(world.alice.user, holding.draft_key(case), {"text": "And another"}, 0)
    holding.take_back(HeldMessage.objects.get(), by=world.alice.user)
    assert Draft.objects.get().texts == {"text": "Hello Amara\n\nAnd another"}


@pytest.mark.rule("MSG-10b")
def test_after_ten_seconds_the_worker_sends_it_once(world, client_of):
    case = world.alice_case
    post(client_of(world.alice), case)
    held = HeldMessage.objects.get()
    assert holding.send_due(held.held_at + 9 * SECOND) == 0
    assert holding.send_due(held.held_at + 10 * SECOND) == 1
    assert holding.send_due(held.held_at + 60 * SECOND) == 0
    message = Message.objects.get()
    assert (message.text, message.at) == ("Hello Amara", held.send_at)
    assert Deadline.objects.get(kind="reply").opened_at == held.send_at
    assert post(client_of(world.alice), case).status_code == 303, "a resend of what was sent"
    assert Message.objects.count() == 1


@pytest.mark.rule("MSG-10b")
def test_the_sender_can_send_it_at_once_and_then_not_take_it_back(world, client_of):
    case, alice = world.alice_case, client_of(world.alice)
    post(alice, case)
    held = HeldMessage.objects.get()
    url = f"/messages/{case.ref}/held/{held.ref}/"
    assert alice.post(url + "sending/").status_code == 303
    assert Message.objects.count() == 1
    assert alice.post(url + "withdrawal/").status_code == 404
    with pytest.raises(holding.Refused):
        holding.take_back(held, by=world.alice.user)


@pytest.mark.rule("MSG-10b")
def test_two_held_messages_keep_their_order(world):
    case, alice = world.alice_case, world.alice.user
    now = timezone.now()
    holding.hold(case, "first", by=alice, client_key="a", at=now)
    second = holding.hold(case, "second", by=alice, client_key="b", at=now + SECOND)
    assert holding.send_now(second)
    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == ["first", "second"]


def test_closed_meanwhile_the_text_goes_back_to_its_writer(world, client_of):
    case, alice = world.alice_case, client_of(world.alice)
    post(alice, case)
    turn(case, "discharging", by=world.amara.user)
    assert holding.send_due(timezone.now() + 60 * SECOND) == 1
    assert not Message.objects.exists()
    assert not HeldMessage.objects.exists()
    assert Draft.objects.get().texts == {"text": "Hello Amara"}


def test_nobody_else_takes_it_back_or_sends_it(world, client_of):
    case = world.alice_case
    post(client_of(world.alice), case)
    held = HeldMessage.objects.get()
    for who in (world.amara, world.bob, world.sunniva):
        for verb in ("withdrawal", "sending"):
            assert client_of(who).post(f"/messages/{case.ref}/held/{held.ref}/{verb}/").status_code == 404
    assert HeldMessage.objects.exists()


@pytest.mark.rule("MSG-3b")
def test_an_unfilled_placeholder_is_refused_and_named(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    opened = page_of_template(amara, case, "first_appointment")
    assert "Hello Alice," in opened
    assert "{appointment_time}" in opened
    for hold in ("yes", ""):
        answer = post(amara, case, "See you on {appointment_time} or {answer_by}", hold=hold)
        assert answer.status_code == 422
        assert "Not filled in yet: {appointment_time}, {answer_by}." in answer.content.decode()
    assert not HeldMessage.objects.exists()
    assert post(client_of(world.alice), case, "I like {braces}").status_code == 303, "patients write what they like"


def page_of_template(client, case, slug: str) -> str:
    return client.get(f"/messages/{case.ref}/?template={slug}").content.decode()


@pytest.mark.rule("MSG-3b")
def test_a_template_opens_beneath_the_draft_and_is_remembered(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    drafts.save(world.amara.user, holding.draft_key(case), {"text": "My own words"}, 0)
    opened = page_of_template(amara, case, "welcome")
    assert ">\nMy own words\n\nHello Alice," in opened
    assert 'name="template" value="welcome"' in opened
    post(amara, case, "Hello Alice, I am Amara", template="welcome", hold="")
    assert Message.objects.get().template == "welcome"
    assert "Begin with a template" not in page(client_of(world.alice), case)


@pytest.mark.rule("MSG-10b")
@pytest.mark.django_db(transaction=True)
def test_page_and_workers_at_once_send_it_once():
    world = cast.make_world()
    held = holding.hold(world.alice_case, "Once", by=world.alice.user, client_key="k", at=timezone.now() - 60 * SECOND)

    page, worker = lambda: holding.send_now(held), lambda: bool(holding.send_due())
    outcomes, wrong = together(*[worker, page] * 3)
    assert not wrong
    assert outcomes.count(True) == 1
    assert Message.objects.count() == 1


@pytest.mark.rule("MSG-4g")
@pytest.mark.rule("ROOM-11h")
@pytest.mark.rule("MSG-10a")
def test_its_files_stand_in_the_composer_again(world, client_of):
    case, alice = world.alice_case, client_of(world.alice)
    post(alice, case, files=SimpleUploadedFile("diary.txt", TEXT, "text/plain"))
    held = HeldMessage.objects.get()
    alice.post(f"/messages/{case.ref}/held/{held.ref}/withdrawal/")
    ref = held.carries[0][1]
    assert f'name="file" value="{ref}"' in page(alice, case)
    post(alice, case, client_key="k2", hold="", file=ref)
    assert Message.objects.get().enclosures.get().ref == ref
    assert f'name="file" value="{ref}"' not in page(alice, case)
