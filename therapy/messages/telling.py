"""Mail that a message waits: at most one an hour, and none for what was read meanwhile (MSG-1)."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from notices import actions as notices
from therapy.messages import rules
from therapy.messages.models import Message

NOTICE = "message_waiting"


def conversation_url(case_ref: str) -> str:
    return reverse("therapy:messages", args=[case_ref])


def tell_other_side(message: Message, *, at: dt.datetime) -> None:
    """Put a mail for the reader into the outbox, unless one waits there already."""
    case = message.case
    if message.side == Message.Side.CLINICIAN:
        patient = case.patient
        _tell(message, patient.user, patient.user.email if patient.user else patient.email, notices.tell_address, at)
        if phone := patient.phone_for_texts:
            _tell(message, patient.user, phone, notices.tell_phone, at)
    elif case.clinician is not None:
        _tell(message, case.clinician.user, case.clinician.user.email, notices.tell_address, at)


def _tell(message: Message, user, recipient: str, tell, at: dt.datetime) -> None:
    case_ref = message.case.ref
    last = notices.last_told(recipient, NOTICE, case_ref)
    if last is not None and last.is_waiting:
        return
    last_at = (last.sent_at or last.not_before) if last else None  # it may have waited for the mail server
    not_before = rules.mail_not_before(last_at, at)
    about = {"key": str(message.ref), "case_ref": case_ref, "link": conversation_url(case_ref)}
    tell(recipient, NOTICE, at=at, not_before=not_before, user=user, **about)


def withdraw_mail(case, user, *, at: dt.datetime) -> None:
    """Take back what has not gone out yet: the person has read it all."""
    addresses = [user.email]
    if user.is_patient:
        addresses += [case.patient.email, case.patient.phone]
    notices.withdraw([address for address in addresses if address], NOTICE, case.ref, at=at)
