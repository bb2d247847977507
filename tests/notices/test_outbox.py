"""The outbox: a row with its cause, the attempt before the send, tried again, known by its key."""

import datetime as dt

import pytest
from django.core import mail
from django.db import transaction

from deadlines.models import OperatorTask
from notices import channels, rules
from notices.actions import last_told, send_outbox, tell, tell_address, tell_phone, tell_team, withdraw
from notices.models import OutboxMessage
from notices.texting import Text

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Unreachable(Exception):
    """The mail server's way of saying no."""


@pytest.fixture
def post(monkeypatch, db):
    """A list of what went out; addresses in `post.refused` are refused."""

    class Post(list):
        refused: set[str] = set()

        def send(self, message, rendered):
            if message.recipient in self.refused:
                raise Unreachable("secret words of a server")
            self.append((message.recipient, rendered.subject))

    box = Post()
    monkeypatch.setattr(channels, "send", box.send)
    return box


def wait_for(recipient: str = "alice@example.org", key: str = "one", **fields) -> OutboxMessage:
    return tell_address(recipient, "message_waiting", key=key, case_ref="BCDFGHJ2", link="/x/", at=AT, **fields)


@pytest.mark.rule("TIME-0l")
def test_it_goes_out_once(post):
    wait_for()
    assert (send_outbox(AT), send_outbox(AT), send_outbox(AT + 99 * MINUTE)) == (1, 0, 0)
    assert post == [("alice@example.org", "You have a new message")]
    row = OutboxMessage.objects.get()
    assert (row.sent_at, row.attempts) == (AT, 1)


@pytest.mark.rule("TIME-0l")
def test_a_cause_that_is_undone_sends_nothing(post):
    with pytest.raises(RuntimeError), transaction.atomic():
        wait_for()
        raise RuntimeError
    assert send_outbox(AT) == 0


@pytest.mark.rule("TIME-0l")
def test_the_same_key_tells_once(post, world):
    for _ in range(2):
        tell(world.alice.user, "message_waiting", key="one", at=AT)
        tell(world.bob.user, "message_waiting", key="one", at=AT)
        wait_for("new@example.org")
    assert send_outbox(AT) == 3


@pytest.mark.rule("TIME-0l")
def test_the_attempt_is_recorded_before_the_send(post, monkeypatch):
    """A worker killed in the middle of a send: the message is tried again later, bearing the same identity."""
    wait_for()
    seen = []

    class Killed(BaseException):
        pass

    def killed(message, rendered):
        seen.append(OutboxMessage.objects.get().attempts)
        raise Killed

    monkeypatch.setattr(channels, "send", killed)
    with pytest.raises(Killed):
        send_outbox(AT)
    assert seen == [1]
    monkeypatch.setattr(channels, "send", post.send)
    assert send_outbox(AT) == 0, "nobody takes it up while the first attempt may still run"
    assert send_outbox(AT + rules.LEASE) == 1


@pytest.mark.rule("TIME-0l")
def test_a_refused_one_is_tried_ever_more_seldom_and_holds_up_nobody(post):
    wait_for("gone@example.org")
    wait_for("alice@example.org", key="two")
    post.refused.add("gone@example.org")
    assert send_outbox(AT) == 1
    waits, at = [], AT
    for _ in range(8):
        row = OutboxMessage.objects.get(recipient="gone@example.org")
        waits.append((row.next_at - at) // MINUTE)
        at = row.next_at
        send_outbox(at)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 120]
    assert OutboxMessage.objects.get(recipient="gone@example.org").last_error == "Unreachable"
    post.refused.clear()
    assert send_outbox(at + 121 * MINUTE) == 1


@pytest.mark.rule("TIME-0l")
def test_after_many_failures_an_operator_looks(post):
    wait_for("gone@example.org")
    post.refused.add("gone@example.org")
    at = AT
    for _ in range(rules.ATTEMPTS_AT_MOST + 2):
        send_outbox(at)
        at = OutboxMessage.objects.get().next_at
    row = OutboxMessage.objects.get()
    assert (row.attempts, row.gave_up_at is not None) == (rules.ATTEMPTS_AT_MOST, True)
    assert "gone@example.org" not in OperatorTask.objects.get().what


def test_what_comes_too_late_to_be_of_use_is_not_sent(post, world):
    tell(world.alice.user, "message_waiting", key="late", at=AT, not_after=AT + 5 * MINUTE)
    tell(world.alice.user, "message_waiting", key="in time", at=AT, not_after=AT + 60 * MINUTE)
    assert send_outbox(AT + 6 * MINUTE) == 1
    assert OutboxMessage.objects.get(sent_at=None).last_error == "too late to be of use"
    assert not OperatorTask.objects.exists()


def test_held_back_until_its_time(post):
    wait_for(not_before=AT + 30 * MINUTE)
    assert (send_outbox(AT + 29 * MINUTE), send_outbox(AT + 30 * MINUTE)) == (0, 1)


def test_what_waits_can_be_taken_back_and_what_was_tried_cannot(post):
    wait_for(key="sent")
    send_outbox(AT)
    wait_for(key="waiting", not_before=AT + MINUTE)
    assert last_told("alice@example.org", "message_waiting", "BCDFGHJ2").key.count("waiting:email:waiting")
    assert withdraw(["alice@example.org"], "message_waiting", "BCDFGHJ2") == 1
    assert OutboxMessage.objects.get().sent_at == AT


@pytest.mark.rule("TIME-21e")
def test_a_team_is_its_active_people_and_the_lead_where_there_are_none(post, world):
    world.olu.is_active = False
    world.olu.save()
    told = tell_team("patient_services", "welcome_overdue", key="one", at=AT)
    assert [row.recipient for row in told] == [world.leonie.email]
    assert [row.recipient for row in tell_team("finance", "statement_issued", key="one", at=AT)] == [
        "farid@example.org"
    ]


def test_a_wrong_name_fails_at_its_cause(db):
    with pytest.raises(KeyError):
        tell_address("alice@example.org", "no_such_notice", key="one")
    with pytest.raises(ValueError):
        tell_phone("07700900123", "welcome_soon", key="one")


@pytest.mark.rule("TIME-0l")
@pytest.mark.rule("ACC-7b")
def test_a_mail_is_plain_and_a_repeat_bears_the_same_identity(db):
    wait_for()
    send_outbox(AT)
    OutboxMessage.objects.update(sent_at=None, next_at=AT)
    send_outbox(AT)
    first, again = mail.outbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert (first.attachments, first.to, first.content_subtype) == ([], ["alice@example.org"], "plain")
    assert "Reference: BCDFGHJ2" in first.body


def test_a_text_goes_by_its_gateway(db, settings):
    settings.TEXT_GATEWAY = "tests.notices.test_outbox.text_gateway"
    SENT.clear()
    tell_phone("07700900123", "message_waiting", key="one", link="/x/", at=AT)
    assert send_outbox(AT) == 1
    assert (SENT[0].number, SENT[0].again) == ("07700900123", False)
    assert SENT[0].words.startswith("ieso: a message waits for you.")


SENT: list[Text] = []


def text_gateway(text: Text) -> None:
    SENT.append(text)


def test_a_link_that_opens_an_account_is_forgotten_once_sent(post):
    wait_for()
    tell_address("new@example.org", "invitation", key="one", link="/invitation/secret/", at=AT)
    tell_address("new@example.org", "password_reset", key="one", link="/accounts/password/secret/", at=AT)
    post.refused.add("new@example.org")
    send_outbox(AT)
    assert OutboxMessage.objects.filter(link__contains="secret").count() == 2, "needed for the next attempt"
    post.refused.clear()
    send_outbox(AT + 5 * MINUTE)
    assert list(OutboxMessage.objects.exclude(link="").values_list("notice", flat=True)) == ["message_waiting"]


@pytest.mark.rule("TIME-0l")
def test_a_wait_of_a_clock_that_ran_ahead_ends_when_it_is_set_back(post):
    wait_for()
    post.refused.add("alice@example.org")
    send_outbox(AT + dt.timedelta(days=7))
    post.refused.clear()
    assert send_outbox(AT + MINUTE) == 1
