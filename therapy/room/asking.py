"""Asking the patient to agree to the confidentiality statement, in the conversation itself (ROOM-7)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from therapy.messages import templates
from therapy.room import actions, confidentiality, rules
from therapy.room.models import ConfidentialityAnswer, ConfidentialityStatement, Session
from ui.errors import Refused

OWN_WORDS = (
    "Before we start: what you tell me stays between us and the team that looks after you. My supervisor may read it "
    "to help me do my work well. I would tell somebody else only if I thought that you or another person could come to "
    "serious harm, or if the law says that I must, and I would talk with you first wherever I can. Your GP hears of "
    "your therapy only as you have allowed. Please keep our conversation private on your side too. Are you happy to go "
    "on like this?"
)
SAID = {
    confidentiality.AGREED: "I have read this and I agree.",
    confidentiality.DECLINED: "I have read this and I do not agree, or I want to talk about it first.",
}


@transaction.atomic
def post(session: Session, *, by, login: str = "", at: dt.datetime | None = None) -> ConfidentialityStatement:
    """Post the statement into the room, once; posting again changes nothing (ROOM-7)."""
    at = at or timezone.now()
    if known := confidentiality.statement_of(session):
        return known
    text = words_of(session, at)
    ack = actions.write(session.ref, by, confidentiality.CID, text, at, login=login)
    statement, _ = ConfidentialityStatement.objects.get_or_create(
        session=session, defaults={"seq": ack.seq, "by": by, "at": at}
    )
    return statement


def words_of(session: Session, at: dt.datetime) -> str:
    """Return the template of the library, or our own words where there is none or it lacks a value (MSG-3)."""
    try:
        filled = templates.prepared(confidentiality.CID, session.case, appointment=session.appointment, at=at)
    except Refused:
        return OWN_WORDS
    return OWN_WORDS if filled.missing else filled.text[: rules.LONGEST_TEXT]


@transaction.atomic
def answer(session: Session, said: str, *, by, login: str = "", at: dt.datetime | None = None) -> ConfidentialityAnswer:
    """Keep the patient's answer, and let it stand in the conversation; who declined may still agree (ROOM-7)."""
    at = at or timezone.now()
    Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    statement = confidentiality.statement_of(session)
    if statement is None:
        raise Refused("There is nothing to answer yet.")
    if said not in SAID or by.pk != session.patient_user_id:
        raise Refused("Choose one of the two answers.")
    last = confidentiality.answer_of(session)
    if last is not None and last.answer in (confidentiality.AGREED, said):
        return last
    actions.write(session.ref, by, f"{confidentiality.CID}-{said}", SAID[said], at, login=login)
    kept = confidentiality.keep(statement, said, "", by=by, at=at)
    if said == confidentiality.AGREED:
        confidentiality.close_open(session, at)
    return kept
