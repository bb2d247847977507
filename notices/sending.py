"""The sender's round (TIME-0): the attempt is recorded before the send, so a killed worker costs a repeat at most.

A server that does not answer ends its channel's part of the round and nothing else: the other channel goes on, and what
waits is tried again within minutes. An address that is refused holds up nobody but itself.
"""

from __future__ import annotations

import datetime as dt
import time

import structlog
from django.db import transaction
from django.utils import timezone

from deadlines.actions import beat, close_operator_task, open_operator_task
from deadlines.models import Heartbeat
from notices import channels, rules
from notices.catalogue import NOTICES
from notices.failures import SendingError, Unreachable
from notices.models import OutboxMessage
from notices.rendering import render

MESSAGES_A_ROUND = 100
# Well within a job's time limit, also when the last send takes as long as it may.
SECONDS_A_ROUND = 30.0
# Beaten by every round, and by every round after which nothing has waited too long.
HEARTBEAT, DELIVERY = "outbox", "delivery"
SERVERS = {OutboxMessage.Channel.EMAIL: "E-mails", OutboxMessage.Channel.TEXT: "Text messages"}

log = structlog.get_logger(__name__)


def send_outbox(at: dt.datetime | None = None, limit: int = MESSAGES_A_ROUND, seconds: float = SECONDS_A_ROUND) -> int:
    """Send what waits, at most `limit` messages by each channel in about `seconds`; return how many went out.

    Each is sent at least once and known by its key, so that a repeat can be told. `at` stands the clock. (TIME-0)
    """
    ends = time.monotonic() + seconds
    _take_up_what_a_clock_put_off(at or timezone.now())
    sent = sum(_send_by(channel, at, limit, ends) for channel in OutboxMessage.Channel.values)
    now = at or timezone.now()
    beat(HEARTBEAT, now)
    if not OutboxMessage.objects.stuck(now - rules.SILENCE_BEFORE_A_PERSON_LOOKS).exists():
        beat(DELIVERY, now)
    return sent


def _take_up_what_a_clock_put_off(now: dt.datetime) -> None:
    """A wait counted by a clock that ran ahead and was set back would last as long as the clock was wrong."""
    retrying = OutboxMessage.objects.waiting().filter(attempts__gt=0, next_at__gt=now + rules.LONGEST_BACK_OFF)
    retrying.update(next_at=now)


def _send_by(channel: str, at: dt.datetime | None, limit: int, ends: float) -> int:
    """One channel's part of the round. Unless `at` stands the clock, each send has the time of its own."""
    sent = tried = 0
    while tried < limit and time.monotonic() < ends:
        now = at or timezone.now()
        message = _take(channel, now)
        if message is None:
            break
        try:
            sent += _send(message, now)
        except Unreachable:
            _server_is_silent(channel, now)
            break
        tried += 1
    if sent:
        _server_answers(channel, at or timezone.now())
    return sent


@transaction.atomic
def _take(channel: str, now: dt.datetime) -> OutboxMessage | None:
    """The next waiting message, with this attempt written down; no other worker takes it before the lease ends."""
    waiting = OutboxMessage.objects.waiting().filter(next_at__lte=now, channel=channel)
    message = waiting.select_for_update(skip_locked=True).order_by("next_at", "id").first()
    if message is None:
        return None
    message.attempts += 1
    message.next_at = now + rules.LEASE
    message.save(update_fields=["attempts", "next_at"])
    return message


def _send(message: OutboxMessage, now: dt.datetime) -> bool:
    """Whether it went out. Raises Unreachable, after writing it down."""
    if message.not_after is not None and now > message.not_after:
        _finish(message, gave_up_at=now, last_error="too late to be of use")
        return False
    try:
        rendered = render(message.notice, case_ref=message.case_ref, link=message.link, channel=message.channel)
        channels.send(message, rendered)
    except Unreachable as error:
        _finish(message, next_at=now + rules.wait_for_server(message.attempts), last_error=_name(error))
        raise
    except Exception as error:
        _failed(message, error, now)
        return False
    link = "" if NOTICES[message.notice].opens_account else message.link
    _finish(message, sent_at=now, gave_up_at=None, last_error="", link=link)
    return True


def _finish(message: OutboxMessage, **fields) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(**fields)


def _name(error: Exception) -> str:
    """Our own failures hold nothing of a message; of any other only the kind is kept."""
    words = f"{type(error).__name__} ({error})" if isinstance(error, SendingError) else type(error).__name__
    return words[:200]


@transaction.atomic
def _failed(message: OutboxMessage, error: Exception, now: dt.datetime) -> None:
    gave_up = rules.gives_up(message.attempts, for_good=getattr(error, "for_good", False))
    _finish(message, next_at=now + rules.back_off(message.attempts), last_error=_name(error))
    if gave_up:
        _finish(message, gave_up_at=now)
    log.warning("outbox_failed", key=message.pk, kind=message.notice, attempt=message.attempts, error=_name(error))
    if gave_up:
        open_operator_task(f"outbox {message.pk}", _words_for_an_operator(message), now)


def _words_for_an_operator(message: OutboxMessage) -> str:
    about = f"about case {message.case_ref} " if message.case_ref else ""
    times = f"{message.attempts} attempts"
    return f"{message.way.capitalize()} {about}could not be delivered ({message.notice}, {times}). Check the address."


def _server_is_silent(channel: str, now: dt.datetime) -> None:
    """A person is asked to look once something has waited for ten minutes."""
    log.warning("outbox_unreachable", kind=channel)
    long_ago = now - rules.SILENCE_BEFORE_A_PERSON_LOOKS
    overdue = OutboxMessage.objects.stuck(long_ago).filter(channel=channel)
    last = Heartbeat.objects.filter(name=f"outbox {channel}").first()
    recently = last is not None and dt.timedelta(0) <= now - last.at < rules.SILENCE_BEFORE_A_PERSON_LOOKS
    if overdue.exists() and not recently:
        words = "cannot be sent: the server does not answer. They wait, and go out by themselves when it does."
        open_operator_task(f"outbox {channel}", f"{SERVERS[OutboxMessage.Channel(channel)]} {words}", now)


def _server_answers(channel: str, now: dt.datetime) -> None:
    beat(f"outbox {channel}", now)
    close_operator_task(f"outbox {channel}", now)
