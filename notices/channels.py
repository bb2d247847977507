"""How a rendered notice leaves the house: e-mail by Django's mail, text messages by the gateway of the settings."""

from __future__ import annotations

import hashlib
import smtplib

from django.core.mail import EmailMessage

from notices import texting
from notices.failures import Later, RefusedForGood, SendingError, Unreachable
from notices.models import OutboxMessage
from notices.rendering import Rendered

PHONES_DOMAIN = "phones.example.org"
CLOSING_DOWN = 421
REFUSED_FOR_GOOD = 500


def send(message: OutboxMessage, rendered: Rendered) -> None:
    """Hand one message over; returns when it was accepted, raises SendingError when it was not."""
    if message.channel == OutboxMessage.Channel.TEXT:
        again = message.attempts > 1
        texting.gateway()(texting.Text(message.recipient, rendered.body, message.key, again=again))
    else:
        _mail(message.recipient, rendered, message.key)


def message_id(key: str) -> str:
    """Return the same Message-ID for the same key, so that a repeat is known as one."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@outbox.example.org>"


def _mail(recipient: str, rendered: Rendered, key: str) -> None:
    headers = {"Message-ID": message_id(key), "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(rendered.subject, rendered.body, to=[recipient], headers=headers).send()
    except (smtplib.SMTPException, OSError) as error:
        raise _judged(error) from None


def _judged(error: Exception) -> SendingError:
    """What a failure at the mail server means; the server's own words may quote the message and are left out."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(max(code for code, _ in error.recipients.values()), name)
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code, name)
    return Unreachable(name)


def _by_code(code: int, name: str) -> SendingError:
    if code == CLOSING_DOWN:
        return Unreachable(f"{name} {code}")
    return (RefusedForGood if code >= REFUSED_FOR_GOOD else Later)(f"{name} {code}")


def text_as_mail(text: texting.Text) -> None:
    """The default gateway: a text message goes where mail goes, to the number at a domain that receives nothing."""
    _mail(f"{text.number.lstrip('+')}@{PHONES_DOMAIN}", Rendered("Text message", text.words), text.key)


def text_to_console(text: texting.Text) -> None:
    """For development: says that a text message would go out, and nothing of it."""
    print(f"text message {texting.reference(text.key)}: {len(text.words)} characters")  # noqa: T201
