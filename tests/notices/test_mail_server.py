"""A real mail server that is away for an hour, slow, or refuses an address (TIME-0): nothing is lost or doubled, the
rest goes on, somebody is told."""

import datetime as dt

import pytest

from deadlines.models import OperatorTask
from notices import rules
from notices.actions import send_outbox, tell_address
from notices.models import OutboxMessage
from tests.notices.smtp import MailServer

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def server(settings, db):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER, settings.EMAIL_TIMEOUT = (
        "127.0.0.1", False, "", 0.5,
    )  # fmt: skip
    with MailServer() as running:
        settings.EMAIL_PORT = running.port
        yield running


def wait_for(number: int, at: dt.datetime = AT) -> None:
    tell_address(f"p{number}@example.org", "message_waiting", key=f"{number}", case_ref="BCDFGHJ2", link="/x/", at=at)


def addresses(server: MailServer) -> list[str]:
    return sorted(recipient for recipient, _ in server.accepted)


def everybody(number: int) -> list[str]:
    return sorted(f"p{each}@example.org" for each in range(number))


@pytest.mark.rule("TIME-0m")
def test_away_for_an_hour_it_gets_everything_within_minutes_of_its_return(server):
    server.stop()
    now = AT
    for minute in range(60):
        now = AT + minute * MINUTE
        wait_for(minute, now)
        for seconds in (0, 20, 40):
            assert send_outbox(now + dt.timedelta(seconds=seconds)) == 0
    task = OperatorTask.objects.get()
    assert (task.key, task.closed_at) == ("outbox email", None)
    assert "does not answer" in task.what
    server.start()
    sent, back = 0, now + MINUTE
    for minute in range(6):
        sent += send_outbox(back + minute * MINUTE)
    assert sent == 60
    assert addresses(server) == everybody(60)
    assert len({known_as for _, known_as in server.accepted}) == 60
    assert OperatorTask.objects.get().closed_at is not None


@pytest.mark.rule("TIME-0m")
def test_one_refused_address_holds_up_nobody_and_somebody_is_told(server):
    for number in range(10):
        wait_for(number)
    server.refused["p0@example.org"] = "550 no such user"
    assert send_outbox(AT) == 9
    assert addresses(server) == everybody(10)[1:]
    at = AT
    for _ in range(rules.REFUSALS_AT_MOST + 1):
        at += 5 * MINUTE
        wait_for(100 + at.minute, at)
        assert send_outbox(at) == 1, "the others go on"
    row = OutboxMessage.objects.get(recipient="p0@example.org")
    assert (row.attempts, row.gave_up_at is not None) == (rules.REFUSALS_AT_MOST, True)
    task = OperatorTask.objects.get()
    assert "about case BCDFGHJ2" in task.what
    assert "p0@example.org" not in task.what


@pytest.mark.rule("TIME-0m")
def test_an_address_refused_for_now_gets_its_mail_later(server):
    wait_for(0)
    server.refused["p0@example.org"] = "451 greylisted"
    assert send_outbox(AT) == 0
    server.refused.clear()
    assert send_outbox(AT + MINUTE) == 1
    assert addresses(server) == everybody(1)


@pytest.mark.rule("TIME-0m")
def test_a_slow_server_costs_time_and_no_mail_twice(server, settings):
    """Each answer takes longer than we wait: nothing is sent, the round ends soon, and the mail goes out once later."""
    for number in range(5):
        wait_for(number)
    server.seconds_to_answer = 1.0
    assert send_outbox(AT) == 0
    assert OutboxMessage.objects.filter(attempts=1).count() == 1, "the round ends with the first that hangs"
    server.seconds_to_answer = 0.05
    sent = send_outbox(AT + rules.LONGEST_WAIT_FOR_A_SERVER)
    assert sent == 5
    assert addresses(server) == everybody(5)


@pytest.mark.rule("TIME-0m")
def test_while_one_worker_waits_for_a_slow_server_another_sends_none_of_its_mail(server):
    """The lease outlasts the longest job: what was taken long ago by a clock of minutes is not taken again."""
    from notices.sending import _take

    wait_for(0)
    taken = _take("email", AT)
    assert send_outbox(AT + 2 * MINUTE) == 0
    assert send_outbox(AT + rules.LEASE) == 1
    assert taken.attempts == 1


@pytest.mark.rule("TIME-0m")
def test_texts_go_out_while_the_mail_server_is_away(server, settings):
    from notices.actions import tell_phone
    from tests.notices import test_outbox

    settings.TEXT_GATEWAY = "tests.notices.test_outbox.text_gateway"
    test_outbox.SENT.clear()
    server.stop()
    wait_for(0)
    tell_phone("07700900123", "message_waiting", key="one", link="/x/", at=AT)
    assert send_outbox(AT) == 1
    assert len(test_outbox.SENT) == 1
    server.start()
