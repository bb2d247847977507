"""Two presses, two tabs, two people at the same moment."""

import pytest

from deadlines.models import Deadline
from notices.models import OutboxMessage
from tests import cast
from tests.harness.together import together
from therapy.messages.actions import mark_read, send
from therapy.messages.models import Message, MessageRead

THREADS = 6


@pytest.fixture
def world(transactional_db):
    return cast.make_world()


@pytest.mark.rule("MSG-1c")
def test_one_key_at_once_is_one_message_and_one_mail(world):
    def press() -> None:
        send(world.alice_case, "Hello", by=world.alice.user, client_key="one")

    assert together(*[press] * THREADS)[1] == []
    assert (Message.objects.count(), OutboxMessage.objects.count()) == (1, 1)


@pytest.mark.rule("MSG-2b")
@pytest.mark.rule("MSG-1f")
def test_many_messages_at_once_are_one_clock_and_one_mail(world):
    def write(number: int):
        return lambda: send(world.alice_case, f"{number}", by=world.alice.user, client_key=f"{number}")

    assert together(*[write(number) for number in range(THREADS)])[1] == []
    assert Message.objects.count() == THREADS
    assert Deadline.objects.filter(kind="reply").count() == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.rule("MSG-2a")
def test_a_question_and_an_answer_at_once_agree_with_their_order(world):
    """Whichever comes first: a clock runs exactly when the patient wrote last."""
    for number in range(5):
        key = f"{number}"
        ask = lambda key=key: send(world.alice_case, "?", by=world.alice.user, client_key=key)  # noqa: E731
        answer = lambda key=key: send(world.alice_case, "!", by=world.amara.user, client_key=key)  # noqa: E731
        assert together(ask, answer)[1] == []
        last = Message.objects.order_by("-pk").first()
        assert Deadline.objects.owed().filter(kind="reply").exists() == (last.side == "patient")


@pytest.mark.rule("MSG-11b")
def test_reading_in_many_tabs_at_once(world):
    messages = [send(world.alice_case, f"{n}", by=world.amara.user, client_key=f"{n}") for n in range(THREADS)]
    reads = [lambda m=message: mark_read(world.alice_case, world.alice.user, m) for message in messages]
    assert together(*reads)[1] == []
    assert MessageRead.objects.get().up_to == messages[-1]
