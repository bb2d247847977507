"""A sent message is held for ten seconds, can be taken back meanwhile, and is then sent for good (MSG-10).

Held is a row: it survives a closed tab and a killed process. Whoever comes first sends it, the sender's own page at
the end of its count or the worker's round every few seconds; the row is locked, so it is sent once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deadlines.actions import open_operator_task
from drafts import actions as drafts
from patients.cases.actions import lock
from patients.models import Case
from patients.wording.findings import NOTHING_FOUND, PointedOut, record
from therapy.enclosures.actions import FILE
from therapy.enclosures.registry import resolver_of
from therapy.messages import actions, rules, sendable
from therapy.messages.models import HeldMessage, Message
from therapy.messages.sendable import Carried
from ui.errors import Refused

MOST_A_ROUND = 200
log = structlog.get_logger(__name__)
TEXT, FILES = "text", "files"


def draft_key(case: Case) -> str:
    """Return the place of what somebody types in the conversation of a case."""
    return f"message:{case.ref}"


@transaction.atomic
def hold(
    case: Case,
    text: str,
    *,
    by,
    client_key: str,
    files: Iterable[str] = (),
    template: str = "",
    carries: Iterable[Carried] = (),
    despite: PointedOut = NOTHING_FOUND,
    adds: Mapping[str, str] | None = None,
    at: dt.datetime | None = None,
) -> HeldMessage | Message:
    """Hold a message for ten seconds; the same key again is the same one, and with other words refused. Raises Refused
    as `send` does."""
    at, case, adds = at or timezone.now(), lock(case), adds or {}
    known = {"case": case, "sender": by, "client_key": client_key}
    if sent := sendable.sent_before(case, text, by=by, client_key=client_key):
        return sent
    tidied, carried = sendable.fit_to_send(case, text, by=by, files=files, template=template, adds=adds, at=at)
    fields = {"text": tidied, "template": template, "carries": _known([*carried, *carries]), "held_at": at}
    fields["adds"] = dict(adds)
    held, new = HeldMessage.objects.get_or_create(**known, defaults=fields | {"send_at": at + rules.HELD_FOR})
    sendable.refuse_other_words(held.text, text)
    if new:
        record(despite, what="message sent", by=by, case=case, object_ref=str(held.ref), at=at)
    drafts.sent(by, draft_key(case), {TEXT: text}, at=at)
    return held


def _known(carries: Iterable[Carried]) -> list[list[str]]:
    """What is enclosed, as the row keeps it; KeyError for a kind that nobody registered."""
    pairs = [[kind, str(ref)] for kind, ref in carries]
    for kind, _ in pairs:
        resolver_of(kind)
    return pairs


@transaction.atomic
def take_back(held: HeldMessage, *, by, at: dt.datetime | None = None) -> str:
    """Take a held message back: its text is a draft again and is returned. Refused once it is sent for good."""
    case = lock(held.case)
    found = HeldMessage.objects.select_for_update().filter(pk=held.pk, sender=by).first()
    if found is None:
        raise Refused("This message has been sent already.", remedy="Write another one to put it right.")
    _give_back(found, case, at)
    found.delete()
    return found.text


def _give_back(held: HeldMessage, case: Case, at: dt.datetime | None) -> None:
    """Text, files and what was put in are a draft again."""
    files = [ref for kind, ref in held.carries if kind == FILE]
    for name, value in {**held.adds, **({FILES: " ".join(files)} if files else {})}.items():
        drafts.give_back(held.sender, draft_key(case), name, value, at=at)
    drafts.give_back(held.sender, draft_key(case), TEXT, held.text, at=at)


@transaction.atomic
def send_now(held: HeldMessage, *, at: dt.datetime | None = None) -> bool:
    """Send a held message for good, and before it what its sender wrote earlier; False where somebody was first."""
    case = lock(held.case)
    rows = HeldMessage.objects.select_for_update().filter(case=case, sender=held.sender_id, send_at__lte=held.send_at)
    found = list(rows.select_related("sender"))
    for row in found:
        _send(row, case, at or row.send_at)
    return bool(found)


def _send(held: HeldMessage, case: Case, at: dt.datetime) -> None:
    """Where it cannot be sent any more the text goes back to its writer as a draft: the conversation was closed in the
    meantime, or a step of the 7-7 rule came to nothing since the patient wrote (ENG-3)."""
    held.delete()
    files = [ref for kind, ref in held.carries if kind == FILE]
    carries = [(kind, ref) for kind, ref in held.carries if kind != FILE]
    about: dict[str, Any] = {"client_key": held.client_key, "template": held.template}
    about |= {"files": files, "carries": carries, "adds": held.adds}
    try:
        with transaction.atomic():
            actions.send(case, held.text, by=held.sender, at=at, **about)
    except Refused:
        _give_back(held, case, at)


def send_due(at: dt.datetime | None = None) -> int:
    """Send whatever has been held long enough, oldest first; return how many rows were taken up.

    One that fails stays held and is tried again, somebody is asked to look, and nobody else's waits for it. One that
    was held by a clock that ran ahead and was set back goes at once: it has waited long enough.
    """
    at, done = at or timezone.now(), 0
    over = Q(send_at__lte=at) | Q(send_at__gt=at + rules.HELD_FOR + rules.CLOCKS_AGREE_WITHIN)
    for held in HeldMessage.objects.filter(over).select_related("case")[:MOST_A_ROUND]:
        try:
            done += send_now(held, at=None if held.send_at <= at else at)
        except Exception as error:
            log.error("held_message_failed", key=held.pk, error=type(error).__name__)
            words = f"A message about case {held.case.ref} could not be sent. Its text is kept, and it is tried again."
            open_operator_task(f"held {held.pk}", words, at)
    return done
