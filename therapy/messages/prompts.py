"""What a patient's message makes the clinician look at (MSG-5): nothing is blocked, nothing is sent on by itself."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.actions import record_change
from deadlines import actions as deadlines
from deadlines.models import Deadline
from patients.cases.actions import lock
from patients.models import Case
from risk.actions import raise_alert
from risk.models import Alert
from risk.screening import Hit, hits, sentences
from therapy.messages import scanning
from therapy.messages.models import Message
from ui.errors import Refused

KINDS = {scanning.DATA: "message_data_request", scanning.COMPLAINT: "message_complaint"}
LOOK_WITHIN = dt.timedelta(hours=48)
BETWEEN = "\n\n"


@dataclass(frozen=True)
class Prompt:
    """One message to look at, and why."""

    message: Message
    sign: scanning.Sign


def scan(message: Message, at: dt.datetime) -> None:
    """Look through what a patient sent, in the transaction of the sending (MSG-5, RISK-2)."""
    look_for_risk(message.case, message.text, source=f"message:{message.ref}", at=at)
    clinician = message.case.clinician
    about: dict[str, Any] = {"case_ref": message.case.ref, "opened_by": "words in a message", "at": at}
    for sign in scanning.signs(message.text):
        if clinician is None:
            return
        due_at = at + LOOK_WITHIN
        deadlines.open_deadline(KINDS[sign.kind], message.ref.hex, due_at=due_at, owner=clinician.user, **about)


def look_for_risk(case: Case, text: str, *, source: str, at: dt.datetime) -> None:
    """Raise an alert where what a patient wrote has signs of risk, in the transaction that keeps it (RISK-2)."""
    found = hits(text)
    if found:
        raise_alert(case, kind="possible", source=source, passage=BETWEEN.join(map(_passage, found)), at=at)


@transaction.atomic
def look_for_new_risk(case: Case, texts: Iterable[str], *, source: str, at: dt.datetime) -> None:
    """The same for what grows while it is looked through, such as a session (RISK-2).

    One alert for the sentences that no earlier alert of this source holds; looked through again it raises nothing.
    """
    found = dict.fromkeys(_passage(hit) for text in texts for part in sentences(text) for hit in hits(part))
    if not found:
        return
    lock(case)
    earlier = Alert.objects.filter(case=case, kind="possible", source__startswith=f"{source}:")
    told = {words for passage in earlier.values_list("passage", flat=True) for words in passage.split(BETWEEN)}
    passage = BETWEEN.join(words for words in found if words not in told)
    if passage:
        digest = hashlib.sha256(passage.encode()).hexdigest()[:16]
        raise_alert(case, kind="possible", source=f"{source}:{digest}", passage=passage, at=at)


def _passage(hit: Hit) -> str:
    return f"{hit.sign.capitalize()}: {hit.passage}"


def prompts_of(case: Case) -> list[Prompt]:
    """Return the messages of a case that the clinician should look at, oldest first."""
    rows = Deadline.objects.owed().filter(case_ref=case.ref, kind__in=KINDS.values())
    wanted = {(row.kind, row.key) for row in rows}
    messages = {row.ref.hex: row for row in case.messages.filter(ref__in=[key for _, key in wanted])}
    return [
        Prompt(message, sign)
        for key, message in sorted(messages.items(), key=lambda pair: pair[1].pk)
        for sign in scanning.signs(message.text)
        if (KINDS[sign.kind], key) in wanted
    ]


@transaction.atomic
def settle(message: Message, kind: str, *, by, at: dt.datetime | None = None) -> bool:
    """The clinician has looked: passed on to patient services, or nothing of the kind (MSG-5).

    Raises Refused for anybody but the clinician of the case, and for a kind that is not known.
    """
    case = message.case
    if case.clinician is None or case.clinician.user_id != by.pk or kind not in KINDS:
        raise Refused("Only the therapist of the case settles this.", remedy="Reload the page.")
    done = deadlines.meet(KINDS[kind], message.ref.hex, closed_by="looked at", at=at or timezone.now())
    if done:
        record_change("message prompt settled", by=by, case_ref=case.ref, object_ref=str(message.ref), at=at)
    return done
