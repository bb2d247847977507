"""The sender's round (TIME-0): the attempt is recorded before the send, so a killed worker costs a repeat at most."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction
from django.utils import timezone

from deadlines.actions import beat, open_operator_task
from notices import channels, rules
from notices.catalogue import NOTICES
from notices.models import OutboxMessage
from notices.rendering import render

MESSAGES_A_ROUND = 100
HEARTBEAT = "outbox"

log = structlog.get_logger(__name__)


def send_outbox(at: dt.datetime | None = None, limit: int = MESSAGES_A_ROUND) -> int:
    """Send what waits at `at`, at most `limit` messages; return how many went out.

    Each is sent at least once and known by its key, so that a repeat can be told. A round ends early when nothing
    gets through. (TIME-0)
    """
    at = at or timezone.now()
    sent = failed = 0
    while sent + failed < limit and failed < rules.FAILURES_THAT_END_A_ROUND:
        message = _take(at)
        if message is None:
            break
        if _send(message, at):
            sent += 1
        else:
            failed += 1
    beat(HEARTBEAT, at)
    return sent


@transaction.atomic
def _take(at: dt.datetime) -> OutboxMessage | None:
    """The next waiting message, with this attempt written down; no other worker takes it before its back-off ends."""
    waiting = OutboxMessage.objects.filter(sent_at=None, gave_up_at=None, next_at__lte=at)
    message = waiting.select_for_update(skip_locked=True).order_by("next_at", "id").first()
    if message is None:
        return None
    message.attempts += 1
    message.next_at = at + rules.back_off(message.attempts)
    message.save(update_fields=["attempts", "next_at"])
    return message


def _send(message: OutboxMessage, at: dt.datetime) -> bool:
    try:
        rendered = render(message.notice, case_ref=message.case_ref, link=message.link, channel=message.channel)
        channels.send(message, rendered)
    except Exception as error:
        _failed(message, type(error).__name__, at)
        return False
    link = "" if NOTICES[message.notice].opens_account else message.link
    OutboxMessage.objects.filter(pk=message.pk).update(sent_at=at, last_error="", link=link)
    return True


@transaction.atomic
def _failed(message: OutboxMessage, error: str, at: dt.datetime) -> None:
    gave_up = message.attempts >= rules.ATTEMPTS_AT_MOST
    OutboxMessage.objects.filter(pk=message.pk).update(last_error=error[:200], gave_up_at=at if gave_up else None)
    log.warning("outbox_failed", key=message.pk, kind=message.notice, attempt=message.attempts, error=error)
    if gave_up:
        what = f"A message ({message.notice}) could not be sent: {message.attempts} attempts ({error})."
        open_operator_task(f"outbox {message.pk}", what, at)
