"""Three sweepers over 10,000 due deadlines, then three senders over their mail, two killed again and again (TIME-0).

Nothing missed, nothing doubled, each mail out at least once under one key.
"""

import datetime as dt
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from deadlines import registry
from deadlines.actions import open_deadline
from deadlines.models import Deadline
from notices import rules as sending_rules
from notices.actions import send_outbox
from notices.channels import message_id
from notices.models import OutboxMessage
from tests.harness import sweepers

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DEADLINES = 10_000
A_CASE = 5
SECONDS_BETWEEN_KILLS = 0.7
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


def open_many() -> list[str]:
    keys = []
    for number in range(DEADLINES):
        case, place = divmod(number, A_CASE)
        keys.append(f"{case}-{place}")
        open_deadline(
            sweepers.KIND, keys[-1], due_at=AT - dt.timedelta(hours=A_CASE - place), case_ref=f"C{case:07}",
            opened_by="the test", at=AT - dt.timedelta(days=9),
        )  # fmt: skip
    return keys


def work_while_killing(crew: sweepers.Crew, left) -> None:
    """Two of three die again and again, the third is never touched by more than bad luck."""
    crew.start(3)
    limit, next_kill = time.monotonic() + PATIENCE_SECONDS, time.monotonic() + SECONDS_BETWEEN_KILLS
    try:
        while left() and time.monotonic() < limit:
            if time.monotonic() > next_kill:
                crew.replace_oldest()
                next_kill = time.monotonic() + SECONDS_BETWEEN_KILLS
            time.sleep(0.05)
    finally:
        crew.stop()
    assert not left()


@pytest.mark.rule("TIME-0b")
@pytest.mark.rule("TIME-0c")
@pytest.mark.rule("TIME-0l")
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_ten_thousand_act_once_each_and_their_mail_goes_out(kind, settings, tmp_path, monkeypatch):
    keys = open_many()
    crew = sweepers.sweepers(AT)
    work_while_killing(crew, lambda: ask(Deadline.objects.open()))
    assert crew.kills >= 10
    assert sweepers.missed_and_doubled(keys) == (0, 0)
    assert not Deadline.objects.exclude(attempts=0).exists()
    the_order_within_each_case()

    settings.EMAIL_BACKEND = "tests.faults.test_sweepers_killed.PostBook"
    monkeypatch.setenv(POST_BOOK, str(tmp_path / "book"))
    senders = sweepers.Crew(lambda: send_outbox(AT))
    waiting = OutboxMessage.objects.filter(sent_at=None)
    work_while_killing(senders, lambda: ask(waiting.filter(attempts=0)))
    # What a killed one had in its hands is taken up again when its time is over.
    while waiting.exists():
        send_outbox(AT + sending_rules.LEASE)
    each_key_went_out(tmp_path / "book")


def ask(rows) -> bool:
    found = rows.exists()
    connection.close()
    return found


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
