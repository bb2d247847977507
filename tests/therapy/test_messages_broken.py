"""Messages and their mail where something goes wrong: the mail server, the other side, a long text (MSG-1, MSG-10)."""

import datetime as dt

import pytest

from deadlines.models import OperatorTask
from notices.failures import Unreachable
from notices.models import OutboxMessage
from notices.sending import send_outbox
from therapy.messages import actions, holding
from therapy.messages.actions import mark_read, send
from therapy.messages.models import HeldMessage, Message

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MINUTE, SECOND = dt.timedelta(minutes=1), dt.timedelta(seconds=1)


def mails():
    return OutboxMessage.objects.filter(notice="message_waiting", recipient="alice@example.org").order_by("pk")


def away(monkeypatch):
    def refuse(message, rendered):
        raise Unreachable("gone")

    monkeypatch.setattr("notices.channels.send", refuse)


@pytest.fixture
def writes(world):
    def say(at, key, who=None):
        return send(world.alice_case, "Hello", by=who or world.amara.user, client_key=key, at=at)

    return say


@pytest.mark.rule("MSG-1f")
def test_after_an_hour_without_the_mail_server_the_hour_counts_from_the_mail_that_came(writes, monkeypatch):
    with monkeypatch.context() as patch:
        away(patch)
        writes(AT, "1")
        send_outbox(AT)
    send_outbox(AT + HOUR + 5 * MINUTE)
    assert mails().get().sent_at == AT + HOUR + 5 * MINUTE
    writes(AT + HOUR + 6 * MINUTE, "2")
    assert mails().last().not_before == AT + 2 * HOUR + 5 * MINUTE


@pytest.mark.rule("MSG-1f")
def test_what_was_read_while_the_mail_server_was_away_is_not_told_of(world, writes, monkeypatch):
    with monkeypatch.context() as patch:
        away(patch)
        first = writes(AT, "1")
        send_outbox(AT)
    mark_read(world.alice_case, world.alice.user, first, at=AT + 10 * MINUTE)
    assert send_outbox(AT + HOUR) == 0
    writes(AT + 2 * HOUR, "2")
    assert send_outbox(AT + 2 * HOUR) == 1, "what comes later is told of"


@pytest.mark.rule("MSG-10c")
@pytest.mark.rule("ENG-3c")
def test_a_step_that_the_patients_word_overtakes_goes_back_and_holds_up_nobody(world, writes):
    case, by = world.alice_case, world.amara.user
    send(case, "Shall we meet?", by=by, client_key="p", template="engagement_prompt", at=AT - 8 * DAY)
    holding.hold(case, "Seven days", by=by, client_key="e", template="engagement", at=AT)
    writes(AT + 5 * SECOND, "w", world.alice.user)
    holding.hold(world.bob_case, "Hello Bob", by=world.piet.user, client_key="b", at=AT + SECOND)
    holding.send_due(AT + MINUTE)
    assert not HeldMessage.objects.exists()
    assert set(Message.objects.values_list("text", flat=True)) == {"Shall we meet?", "Hello", "Hello Bob"}
    assert holding.drafts.of(by, holding.draft_key(case)).texts["text"] == "Seven days"


@pytest.mark.rule("MSG-10c")
def test_one_that_cannot_be_sent_holds_up_nobody_elses(world, monkeypatch):
    real = actions.send

    def stumble(case, text, **about):
        if text == "Stumbles":
            raise RuntimeError("a bug")
        return real(case, text, **about)

    monkeypatch.setattr("therapy.messages.actions.send", stumble)
    holding.hold(world.alice_case, "Stumbles", by=world.amara.user, client_key="a", at=AT)
    holding.hold(world.bob_case, "Hello Bob", by=world.piet.user, client_key="b", at=AT + SECOND)
    holding.send_due(AT + MINUTE)
    assert Message.objects.get().text == "Hello Bob"
    assert HeldMessage.objects.get().text == "Stumbles", "it is tried again and nothing is lost"
    assert OperatorTask.objects.filter(key__startswith="held ").count() == 1


@pytest.mark.rule("MSG-10b")
def test_what_a_clock_that_ran_ahead_held_goes_once_it_is_set_back(world):
    holding.hold(world.alice_case, "Hello", by=world.amara.user, client_key="a", at=AT + 7 * DAY)
    holding.hold(world.bob_case, "Hello Bob", by=world.piet.user, client_key="b", at=AT + 30 * SECOND)
    assert holding.send_due(AT) == 1, "and the clocks of two servers may differ a little"
    assert (Message.objects.get().text, Message.objects.get().at) == ("Hello", AT)
    assert HeldMessage.objects.get().text == "Hello Bob"


@pytest.mark.rule("MSG-1d")
def test_ten_megabytes_are_refused_on_a_page(world, client_of):
    form = {"text": "x" * 10_000_000, "client_key": "k"}
    answer = client_of(world.alice).post(f"/messages/{world.alice_case.ref}/sent/", form)
    assert answer.status_code in (400, 413, 422)
    assert "<h1" in answer.content.decode()
    assert not Message.objects.exists()
