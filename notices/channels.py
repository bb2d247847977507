"""How a rendered notice leaves the house: e-mail by Django's mail, text messages by the adapter of the settings."""

from __future__ import annotations

import hashlib
from importlib import import_module

from django.conf import settings
from django.core.mail import EmailMessage

from notices.models import OutboxMessage
from notices.rendering import Rendered

DEFAULT_TEXT_ADAPTER = "notices.channels.text_as_mail"
PHONES_DOMAIN = "phones.example.org"


def send(message: OutboxMessage, rendered: Rendered) -> None:
    """Hand one message over; returns when it was accepted, raises when it was not."""
    if message.channel == OutboxMessage.Channel.TEXT:
        _text_adapter()(message.recipient, rendered.body, message.key)
    else:
        _mail(message.recipient, rendered, message.key)


def message_id(key: str) -> str:
    """Return the same Message-ID for the same key, so that a repeat is known as one."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@outbox.example.org>"


def _mail(recipient: str, rendered: Rendered, key: str) -> None:
    headers = {"Message-ID": message_id(key), "Auto-Submitted": "auto-generated"}
    EmailMessage(rendered.subject, rendered.body, to=[recipient], headers=headers).send()


def text_as_mail(number: str, words: str, key: str) -> None:
    """The default adapter: a text message goes where mail goes, to the number at a domain that receives nothing."""
    _mail(f"{number.lstrip('+')}@{PHONES_DOMAIN}", Rendered("Text message", words), key)


def _text_adapter():
    """The function that the setting TEXT_ADAPTER names: (number, words, key) -> None, raising when refused."""
    module, _, name = getattr(settings, "TEXT_ADAPTER", DEFAULT_TEXT_ADAPTER).rpartition(".")
    return getattr(import_module(module), name)
