"""Three sweepers over 10,000 due deadlines, then three senders over their mail, killed again and again (TIME-0).

Nothing missed, nothing doubled, each mail out at least once under one key.
"""

import datetime as dt
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet

from deadlines import registry
from deadlines.models import Deadline
from notices import rules as sending_rules
from notices.actions import send_outbox
from notices.channels import message_id
from notices.models import OutboxMessage
from tests.harness import sweepers

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DEADLINES = 10_000
A_CASE = 5
# By what is done, not by the clock: on a busy machine a worker would be killed before it had begun.
DONE_BETWEEN_KILLS = 250
PATIENCE_SECONDS = 240
POST_BOOK = "IESO_TEST_POST_BOOK"


class PostBook(BaseEmailBackend):
    """A mail server that writes down each Message-ID it accepts, also a second time."""

    def send_messages(self, messages) -> int:
        with open(os.environ[POST_BOOK], "a") as book:
            for message in messages:
                book.write(f"{message.extra_headers['Message-ID']}\n")
        return len(messages)


@pytest.fixture
def kind():
    sweepers.register()
    yield
    del registry.KINDS[sweepers.KIND]


@pytest.fixture
def crew_for(tmp_path, monkeypatch):
    """A function that makes a crew for SWEEP or SEND, whose mail server is the post book."""
    monkeypatch.setenv(sweepers.MAIL_BACKEND, f"{__name__}.PostBook")
    monkeypatch.setenv(POST_BOOK, str(tmp_path / "book"))
    crews: list[sweepers.Crew] = []

    def make(work: str) -> sweepers.Crew:
        crews.append(sweepers.Crew(work, AT))
        return crews[-1]

    yield make
    for crew in crews:
        crew.stop()


def open_many() -> list[str]:
    """As the verb opens them, many at once."""
    rows = [row(*divmod(number, A_CASE)) for number in range(DEADLINES)]
    Deadline.objects.bulk_create(rows, batch_size=1000)
    return [each.key for each in rows]


def row(case: int, place: int) -> Deadline:
    due_at = AT - dt.timedelta(hours=A_CASE - place)
    return Deadline(
        kind=sweepers.KIND, key=f"{case}-{place}", case_ref=f"C{case:07}", due_at=due_at, next_at=due_at,
        opened_at=AT - dt.timedelta(days=9), opened_by="the test",
    )  # fmt: skip


def work_while_killing(crew: sweepers.Crew, left: QuerySet) -> None:
    """Three work until nothing is left; whoever has worked longest is killed and replaced, again and again."""
    crew.start(3)
    limit = time.monotonic() + PATIENCE_SECONDS
    next_kill = DEADLINES - DONE_BETWEEN_KILLS
    while (still := left.count()) and time.monotonic() < limit:
        if still <= next_kill:
            crew.replace_oldest()
            next_kill = still - DONE_BETWEEN_KILLS
        time.sleep(0.2)
    crew.stop()
    assert not still, f"{still} left after {crew.kills} kills, such as {left.values()[:3]}"
    assert crew.kills >= 10


@pytest.mark.rule("TIME-0b")
@pytest.mark.rule("TIME-0c")
@pytest.mark.rule("TIME-0l")
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_ten_thousand_act_once_each_and_their_mail_goes_out(kind, crew_for, settings, tmp_path):
    keys = open_many()
    work_while_killing(crew_for(sweepers.SWEEP), Deadline.objects.open())
    assert sweepers.missed_and_doubled(keys) == (0, 0)
    assert not Deadline.objects.exclude(attempts=0).exists()
    the_order_within_each_case()

    waiting = OutboxMessage.objects.filter(sent_at=None)
    work_while_killing(crew_for(sweepers.SEND), waiting.filter(attempts=0))
    # What a killed one had in its hands is taken up again when its time is over.
    settings.EMAIL_BACKEND = f"{__name__}.PostBook"
    while waiting.exists():
        send_outbox(AT + sending_rules.LEASE)
    each_key_went_out(tmp_path / "book")


def the_order_within_each_case() -> None:
    acted: dict[str, list[str]] = {}
    for link, case in OutboxMessage.objects.order_by("pk").values_list("link", "case_ref"):
        acted.setdefault(case, []).append(link)
    assert all(links == sorted(links) for links in acted.values())


def each_key_went_out(book: Path) -> None:
    sent = Counter(book.read_text().split())
    assert set(sent) == {message_id(key) for key in OutboxMessage.objects.values_list("key", flat=True)}
    again = sum(sent.values()) - DEADLINES
    assert again <= 200, f"{again} repeats: more than the killed could have had in hand"
