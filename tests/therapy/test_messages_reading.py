"""Read when it was on screen, unread until then, and the mail that follows from it (MSG-1, MSG-7, MSG-11)."""

import datetime as dt

import pytest

from notices.models import OutboxMessage
from patients.people.actions import record_consent
from therapy.messages.actions import mark_read, send
from therapy.messages.models import Message, MessageRead
from ui.errors import Refused

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def says(world):
    """A function by which somebody writes in Alice's conversation some minutes after AT."""
    numbers = iter(range(1000))

    def say(who, minutes: float = 0, case=None) -> Message:
        number = next(numbers)
        return send(case or world.alice_case, f"{number}", by=who, client_key=f"k{number}", at=AT + minutes * MINUTE)

    return say


def mails(to: str = "alice@example.org"):
    return OutboxMessage.objects.filter(recipient=to, notice="message_waiting").order_by("not_before")


@pytest.mark.rule("MSG-7c")
def test_unread_is_what_the_other_wrote_since(world, says):
    alice, amara = world.alice.user, world.amara.user
    first = says(amara)
    says(alice, 1)
    says(amara, 2)
    assert Message.objects.unread_by(alice).count() == 2
    assert Message.objects.unread_by(amara).count() == 1
    mark_read(world.alice_case, alice, first)
    assert Message.objects.unread_by(alice).count() == 1
    assert Message.objects.unread_by(world.bob.user).count() == 0
    assert Message.objects.unread_by(world.sunniva).count() == 0


@pytest.mark.rule("MSG-11a")
def test_opening_the_page_is_not_reading_it(world, says, client_of):
    message = says(world.amara.user)
    alice = client_of(world.alice)
    alice.get(f"/messages/{world.alice_case.ref}/")
    assert Message.objects.unread_by(world.alice.user).exists()
    answer = alice.post(f"/messages/{world.alice_case.ref}/read/", {"up_to": str(message.ref)})
    assert answer.status_code == 204
    assert not Message.objects.unread_by(world.alice.user).exists()


@pytest.mark.rule("MSG-11b")
def test_reading_never_goes_backwards(world, says):
    first, second = says(world.amara.user), says(world.amara.user, 1)
    assert mark_read(world.alice_case, world.alice.user, second)
    assert not mark_read(world.alice_case, world.alice.user, first)
    assert MessageRead.objects.get().up_to == second


@pytest.mark.rule("MSG-11b")
def test_a_supervisor_or_another_conversation_marks_nothing(world, says, client_of):
    message = says(world.amara.user)
    with pytest.raises(Refused):
        mark_read(world.alice_case, world.sunniva, message)
    others = says(world.piet.user, case=world.bob_case)
    with pytest.raises(Refused):
        mark_read(world.alice_case, world.alice.user, others)
    answer = client_of(world.alice).post(f"/messages/{world.alice_case.ref}/read/", {"up_to": str(others.ref)})
    assert answer.status_code == 409


def test_the_writer_sees_that_it_was_read(world, says, client_of):
    message = says(world.alice.user)
    alice = client_of(world.alice)
    url = f"/messages/{world.alice_case.ref}/"
    assert "Read</p>" not in alice.get(url).content.decode()
    mark_read(world.alice_case, world.amara.user, message)
    assert "Read</p>" in alice.get(url).content.decode()
    assert alice.get(url + "newer/")["X-Seen-Up-To"] == str(message.ref)


@pytest.mark.rule("MSG-1e")
def test_the_other_side_gets_a_mail(world, says):
    says(world.amara.user)
    says(world.alice.user)
    assert [row.link for row in mails()] == [f"/messages/{world.alice_case.ref}/"]
    assert mails("amara@example.org").count() == 1


@pytest.mark.rule("MSG-1e")
def test_a_text_only_where_agreed(world, says):
    says(world.amara.user)
    assert not mails("07700900123").exists()
    record_consent(world.alice, "text", True, by=world.alice.user)
    says(world.amara.user, 61)
    assert mails("07700900123").get().channel == "text"
    record_consent(world.alice, "text", False, by=world.alice.user)
    says(world.amara.user, 200)
    assert mails("07700900123").count() == 1


@pytest.mark.rule("MSG-1f")
def test_at_most_one_mail_an_hour(world, says):
    for minutes in (0, 1, 30, 59):
        says(world.amara.user, minutes)
    assert [row.not_before for row in mails()] == [AT], "the first mail has not gone out yet"
    mails().update(sent_at=AT)
    for minutes in (59.5, 59.7):
        says(world.amara.user, minutes)
    assert [row.not_before for row in mails()] == [AT, AT + HOUR]
    mails().update(sent_at=AT)
    says(world.amara.user, 500)
    assert mails().last().not_before == AT + 500 * MINUTE


@pytest.mark.rule("MSG-1f")
def test_no_mail_for_what_was_read_meanwhile(world, says):
    says(world.amara.user)
    mails().update(sent_at=AT, attempts=1)
    message = says(world.amara.user, 5)
    assert mails().count() == 2
    mark_read(world.alice_case, world.alice.user, message)
    assert mails().count() == 1
    says(world.amara.user, 10)
    assert mails().last().not_before == AT + HOUR, "the hour still counts"


@pytest.mark.rule("MSG-1f")
def test_reading_a_part_takes_no_mail_back(world, says):
    first = says(world.amara.user)
    says(world.amara.user, 1)
    mark_read(world.alice_case, world.alice.user, first)
    assert mails().count() == 1


@pytest.mark.rule("MSG-11a")
def test_an_answer_has_read_what_stood_above_it_and_no_more(world, says, client_of):
    says(world.amara.user)
    alice = client_of(world.alice)
    page = alice.get(f"/messages/{world.alice_case.ref}/").content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    says(world.amara.user, 1)
    answer = {"text": "Thank you", "client_key": "answer", "seen": seen}
    assert alice.post(f"/messages/{world.alice_case.ref}/sent/", answer).status_code == 303
    assert Message.objects.unread_by(world.alice.user).count() == 1
