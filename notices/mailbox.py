"""Mail of a demonstration: each message is a file in `settings.IESO_MAILBOX_DIR`, and nothing leaves the machine."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import email.utils
import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

LINK = re.compile(r"https?://[^\s<>\"]+")


class MailboxBackend(BaseEmailBackend):
    """Writes each message as one .eml file; the same Message-ID again writes no second file."""

    def send_messages(self, email_messages) -> int:
        for message in email_messages:
            store(message.message().as_bytes(linesep="\r\n"))
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """One stored message."""

    id: str
    to: str
    sender: str
    subject: str
    at: dt.datetime
    body: str

    @property
    def links(self) -> list[str]:
        return [found.rstrip(".,;:)") for found in LINK.findall(self.body)]

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """The body as (words, path) pairs; the path is empty for plain words and leads to this site for a link."""
        pieces, end = [], 0
        for found in LINK.finditer(self.body):
            link = found.group().rstrip(".,;:)")
            pieces += [(self.body[end : found.start()], ""), (link, path_of(link))]
            end = found.start() + len(link)
        return [*pieces, (self.body[end:], "")]


def path_of(link: str) -> str:
    """Return the part of an address that follows the host, so that the page works at whatever port is served."""
    parts = urlsplit(link)
    return parts._replace(scheme="", netloc="").geturl() or "/"


def folder() -> Path:
    return Path(settings.IESO_MAILBOX_DIR)


def store(raw: bytes) -> None:
    """Write one message, whole or not at all; its name begins with its time so that names sort as mail does."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    at = date_of(message)
    digest = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:20]
    folder().mkdir(parents=True, exist_ok=True)
    if any(folder().glob(f"*-{digest}.eml")):
        return
    order = f"{int(at.timestamp()):012d}{dt.datetime.now(dt.UTC):%H%M%S%f}"
    unfinished = folder() / f".{digest}.{os.getpid()}"
    unfinished.write_bytes(raw)
    unfinished.rename(folder() / f"{order}-{digest}.eml")


def date_of(message: email.message.Message) -> dt.datetime:
    """Return the aware time of the Date header; Django writes UTC as -0000, which reads back as naive."""
    at = email.utils.parsedate_to_datetime(str(message["Date"]))
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def mails(to: str = "") -> list[Mail]:
    """Return the stored messages, newest first, of the recipients whose address contains `to`."""
    if not folder().is_dir():
        return []
    found = [_read(file) for file in sorted(folder().glob("*.eml"), reverse=True)]
    return [mail for mail in found if to.lower() in mail.to.lower()]


@lru_cache(maxsize=4096)
def _read(file: Path) -> Mail:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return Mail(
        id=file.stem.rpartition("-")[2],
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        at=date_of(message),
        body=body.get_content().replace("\r\n", "\n") if body else "",
    )
