"""Text messages: what a gateway must do, the default that sends nothing, and GOV.UK Notify.

Notify by its published reference (docs.notifications.service.gov.uk/rest-api.html): an API key is
{name}-{service id}-{secret}; each request bears a JSON web token signed with the secret, 30 seconds old at most; a
text is POSTed to /v2/notifications/sms with a template of the one placeholder ((message)). 201 is accepted, 4xx says
why not, 429 and 5xx mean later. A `reference` is ours: before a repeat the gateway is asked whether it knows it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import httpx
from django.conf import settings

from notices.failures import Later, RefusedForGood, Unreachable

DEFAULT_GATEWAY = "notices.channels.text_as_mail"
NOTIFY_URL = "https://api.notifications.service.gov.uk"
CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
ACCEPTED, FORBIDDEN, TOO_MANY, SERVER_ERROR = 201, 403, 429, 500
UUID_LENGTH = 36


@dataclass(frozen=True)
class Text:
    """One text message; `key` is the same for a repeat, `again` says that it may have been accepted before."""

    number: str
    words: str
    key: str
    again: bool = False


class Gateway(Protocol):
    """Hands one text over; returns when it was accepted.

    Raises Unreachable where the gateway does not answer, Later where it refuses for now, RefusedForGood where it never
    will take it.
    """

    def __call__(self, text: Text) -> None: ...


def gateway() -> Gateway:
    """The function that the setting TEXT_GATEWAY names."""
    module, _, name = getattr(settings, "TEXT_GATEWAY", DEFAULT_GATEWAY).rpartition(".")
    return getattr(import_module(module), name)


def reference(key: str) -> str:
    """Return how a message is known at the gateway: nothing of its content, the same for the same key."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def notify(text: Text) -> None:
    """Send by GOV.UK Notify; settings NOTIFY_API_KEY, NOTIFY_TEMPLATE, and NOTIFY_URL for another address."""
    known_as = reference(text.key)
    with httpx.Client(base_url=_address(), timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)) as client:
        if text.again and _was_accepted(client, known_as):
            return
        body = {
            "phone_number": text.number,
            "template_id": settings.NOTIFY_TEMPLATE,
            "personalisation": {"message": text.words},
            "reference": known_as,
        }
        answer = _ask(client, "POST", "/v2/notifications/sms", json=body)
    _judge(answer.status_code)


def _address() -> str:
    return getattr(settings, "NOTIFY_URL", "") or NOTIFY_URL


def _was_accepted(client: httpx.Client, known_as: str) -> bool:
    answer = _ask(client, "GET", "/v2/notifications", params={"reference": known_as})
    if answer.status_code != httpx.codes.OK:
        _judge(answer.status_code)
    return bool(answer.json().get("notifications"))


def _ask(client: httpx.Client, method: str, path: str, **content: Any) -> httpx.Response:
    """The answer of the gateway; errors are ours, without a word of what was sent."""
    headers = {"Authorization": f"Bearer {_token(settings.NOTIFY_API_KEY, int(time.time()))}"}
    try:
        return client.request(method, path, headers=headers, **content)
    except httpx.HTTPError as error:
        raise Unreachable(type(error).__name__) from None


def _judge(status: int) -> None:
    if status == ACCEPTED:
        return
    if status == FORBIDDEN or status >= SERVER_ERROR:
        raise Unreachable(f"status {status}")  # the key or the service: no text gets through
    if status == TOO_MANY:
        raise Later(f"status {status}")
    raise RefusedForGood(f"status {status}")


def _token(api_key: str, now: int) -> str:
    """A JSON web token (HS256) of an API key that ends with the service's id and the secret, 36 characters each."""
    secret, service = api_key[-UUID_LENGTH:], api_key[-2 * UUID_LENGTH - 1 : -UUID_LENGTH - 1]
    parts = [_part({"typ": "JWT", "alg": "HS256"}), _part({"iss": service, "iat": now})]
    signature = hmac.new(secret.encode(), b".".join(parts), hashlib.sha256).digest()
    return b".".join([*parts, _base64(signature)]).decode()


def _part(content: dict[str, Any]) -> bytes:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
