"""Verbs on cases: opening, turning from state to state, setting details, keeping, admin notes, consents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import models, transaction
from django.utils import timezone

from accounts.actions import create_person, invite
from accounts.models import Role
from audit.actions import record_change
from deadlines.actions import case_left, word_came
from live import doorbell
from patients import clocks, rules
from patients.models import (
    AdminNote,
    AdminNoteClosing,
    Case,
    CaseDetail,
    CaseEvent,
    Consent,
    Patient,
    SafeContact,
    StayReason,
)
from ui.errors import Refused

PRESSED_TWICE_WITHIN = dt.timedelta(minutes=1)


@transaction.atomic
def open_case(patient: Patient, site, *, source: str, by, at: dt.datetime | None = None, **fields) -> Case:
    """Open an episode of care as *referred*, under the site's policy of this moment (SITE-2, REF-8)."""
    at = at or timezone.now()
    case = Case.objects.create(
        patient=patient,
        site=site,
        policy_version=site.current_policy_version,
        source=source,
        referred_at=at,
        **fields,
    )
    CaseEvent.objects.create(case=case, after=rules.FIRST_STATE, by=by, at=at)
    record_change("case opened", by=by, case_ref=case.ref, after={"state": case.state}, at=at)
    return case


def lock(case: Case) -> Case:
    """Return the case as it stands now, locked until the end of the transaction."""
    return (
        Case.objects.select_for_update(of=("self",)).select_related("patient", "site", "policy_version").get(pk=case.pk)
    )


@transaction.atomic
def turn(case: Case, state: str, *, by, reason: str = "", at: dt.datetime | None = None) -> Case:
    """Turn a case into another state by a named transition and keep who, when and why (REF-8).

    Raises Refused where the table has no such transition or an open reason keeps the case from leaving.
    """
    at = at or timezone.now()
    locked = lock(case)
    if not rules.may_turn(locked.state, state):
        raise Refused(
            f"A case that is {locked.get_state_display().lower()} cannot become {state.replace('_', ' ')}.",
            remedy="Reload the page: somebody else may have moved the case meanwhile.",
        )
    if rules.leaves(locked.state, state):
        refuse_while_kept(locked)
    before, locked.state = locked.state, state
    locked.ended_at = at if state in rules.ENDED_STATES else None
    locked.save(update_fields=["state", "ended_at"])
    CaseEvent.objects.create(case=locked, before=before, after=state, by=by, reason=reason, at=at)
    record_change(
        "case state",
        by=by,
        case_ref=locked.ref,
        before={"state": before},
        after={"state": state},
        at=at,
    )
    if state in rules.ENDED_STATES:
        case_left(locked.ref, closed_by=f"case {state}", at=at)
    clocks.state_turned(locked, before, ended=state in rules.ENDED_STATES, at=at)
    case.state, case.ended_at = locked.state, locked.ended_at
    return locked


@transaction.atomic
def set_details(
    case: Case,
    *,
    by,
    step: str | None = None,
    problem: str | None = None,
    protocol: str | None = None,
    needs_agreement: bool = False,
    reason: str = "",
    at: dt.datetime | None = None,
) -> CaseDetail:
    """Set step, problem or protocol, None leaving it as it was; the history keeps each setting (NOTE-5).

    `needs_agreement`: the supervisor is still to agree to the protocol. Raises Refused for a step that the site
    does not buy (SUP-9).
    """
    at = at or timezone.now()
    locked = lock(case)
    before = {
        "step": locked.step,
        "problem": locked.problem,
        "protocol": locked.protocol,
    }
    wished = {"step": step, "problem": problem, "protocol": protocol}
    after = {name: before[name] if value is None else value for name, value in wished.items()}
    if after["step"] and after["step"] not in locked.site.steps:
        raise Refused(
            f"{locked.site.name} does not buy step {after['step']}.",
            field="step",
            remedy=f"Choose one of: {', '.join(locked.site.steps)}.",
        )
    for name, value in after.items():
        setattr(locked, name, value)
        setattr(case, name, value)
    locked.save(update_fields=list(after))
    record_change("case details", by=by, case_ref=locked.ref, before=before, after=after, at=at)
    about = {"needs_agreement": needs_agreement, "by": by, "reason": reason, "at": at}
    return CaseDetail.objects.create(case=locked, **about, **after)


@transaction.atomic
def assign(case: Case, clinician, *, by, at: dt.datetime | None = None) -> Case:
    """Put a case on a clinician's caseload, or take it off with None; refused while a reason keeps it (RISK-8)."""
    at = at or timezone.now()
    locked = lock(case)
    if locked.clinician_id is not None and locked.clinician_id != getattr(clinician, "pk", None):
        refuse_while_kept(locked)
    before, previous, locked.clinician = locked.clinician_id, locked.clinician, clinician
    locked.save(update_fields=["clinician"])
    case.clinician = clinician
    if previous is not None and before != locked.clinician_id:
        case_left(locked.ref, closed_by="case left the caseload", at=at)
        doorbell.ring(doorbell.user_group(previous.user_id))  # open sockets ask again whether they may stay (ROOM-4)
    record_change(
        "case clinician",
        by=by,
        case_ref=locked.ref,
        before={"clinician": before},
        after={"clinician": getattr(clinician, "pk", None)},
        at=at,
    )
    return locked


@transaction.atomic
def keep(case: Case, kind: str, ref: str, what: str, *, at: dt.datetime | None = None) -> StayReason:
    """Write a reason that keeps the case from leaving; the same (kind, ref) again changes nothing (RISK-8)."""
    lock(case)  # waits for, and is waited for by, whoever is turning the case at this moment
    reason, _ = StayReason.objects.get_or_create(
        case=case,
        kind=kind,
        ref=ref,
        defaults={"what": what, "opened_at": at or timezone.now()},
    )
    return reason


def release(case: Case, kind: str, ref: str, *, at: dt.datetime | None = None) -> bool:
    """Close a reason to stay; tell whether it was open."""
    still_open = StayReason.objects.filter(case=case, kind=kind, ref=ref, closed_at=None)
    return bool(still_open.update(closed_at=at or timezone.now()))


def refuse_while_kept(case: Case) -> None:
    """Raise Refused while an open reason keeps the case, naming it (RISK-8, ENG-7)."""
    reason = case.stay_reasons.filter(closed_at=None).order_by("opened_at").first()
    if reason is not None:
        raise Refused(
            f"This case must stay for now: {reason.what}.",
            remedy="Deal with that first, then try again.",
        )


@transaction.atomic
def write_admin_note(
    case: Case,
    kind: str,
    text: str,
    *,
    by,
    corrects: AdminNote | None = None,
    asked: bool = False,
    reached: str = "",
    at: dt.datetime | None = None,
) -> AdminNote:
    """Add an entry to the general admin notes (NOTE-4).

    `corrects` is the earlier entry that this one puts right, `asked` makes it a task of patient services, `reached`
    says what a call came to: one in which somebody spoke with the patient is a word of theirs (ENG-4). Raises
    Refused when it is empty, for an entry of another case, and for a call without `reached`. The same again within
    a minute is the same entry: what was pressed twice would stand there twice for ever.
    """
    if not text.strip():
        raise Refused("The note is empty.", field="text", remedy="Write what happened.")
    if corrects is not None and corrects.case_id != case.pk:
        raise Refused("The entry to correct is not in this log.", remedy="Open the log and choose it again.")
    at = at or timezone.now()
    lock(case)
    reached = _reached(kind, reached)
    said = {"case": case, "kind": kind, "text": text, "corrects": corrects, "asked": asked, "by": by}
    said |= {"reached": reached}
    if known := AdminNote.objects.filter(**said, at__gt=at - PRESSED_TWICE_WITHIN).order_by("-pk").first():
        return known
    note = AdminNote.objects.create(**said, at=at)
    record_change("admin note", by=by, case_ref=case.ref, object_ref=str(note.ref), at=at)
    if note.is_word and not (corrects is not None and corrects.is_word):
        word_came(case.ref, closed_by="telephone call", at=at)
    return note


def _reached(kind: str, reached: str) -> str:
    """What a call came to; nothing for any other entry."""
    if kind != AdminNote.Kind.CALL:
        return ""
    if reached not in AdminNote.Reached.values:
        raise Refused("Say whether you spoke with the patient.", field="reached", remedy="Choose one of the three.")
    return reached


@transaction.atomic
def close_admin_task(note: AdminNote, text: str, *, by, at: dt.datetime | None = None) -> AdminNoteClosing:
    """Say what was done about an entry addressed to patient services; the same again is the same (NOTE-4).

    Raises Refused without a word, for an entry that asks for nothing, and where somebody else was first.
    """
    at, said = at or timezone.now(), text.strip()
    if not note.asked:
        raise Refused("This entry asks for nothing.", remedy="Write an entry of your own instead.")
    if not said:
        raise Refused("The word is missing.", field="text", remedy="Say what was done.")
    lock(note.case)
    done = AdminNoteClosing.objects.filter(note=note).select_related("by").first()
    if done is None:
        record_change("admin task closed", by=by, case_ref=note.case.ref, object_ref=str(note.ref), at=at)
        return AdminNoteClosing.objects.create(note=note, text=said, by=by, at=at)
    if (done.by_id, done.text) != (by.pk, said):
        raise Refused(f"{done.by.name} has closed this already.", remedy="Write an entry if there is more to say.")
    return done


@transaction.atomic
def record_consent(
    patient: Patient,
    kind: str,
    given: bool,
    *,
    by,
    reason: str = "",
    at: dt.datetime | None = None,
) -> Consent:
    """Record an answer to a question of consent; it is in force at once (LET-6)."""
    at = at or timezone.now()
    before = patient.consent(kind)
    consent = Consent.objects.create(patient=patient, kind=kind, given=given, by=by, reason=reason, at=at)
    record_change(
        f"consent {kind}",
        by=by,
        object_ref=f"patient:{patient.pk}",
        before={"given": before},
        after={"given": given},
        at=at,
    )
    return consent


@transaction.atomic
def record_first_consents(
    patient: Patient, answers: Mapping[str, bool], *, by, reason: str = "", at: dt.datetime | None = None
) -> None:
    """Record the answers of somebody new to the questions of consent, by kind, all at once (LET-6)."""
    at = at or timezone.now()
    rows = [
        Consent(patient=patient, kind=kind, given=answers[kind], by=by, reason=reason, at=at)
        for kind in Consent.Kind.values
        if kind in answers
    ]
    if not rows:
        return
    Consent.objects.bulk_create(rows)
    record_change(
        "first consents",
        by=by,
        object_ref=f"patient:{patient.pk}",
        after={row.kind: row.given for row in rows},
        at=at,
    )


def phone_for_texts(user) -> str:
    """Return the number of a patient who agreed to text messages, empty for anybody else (LET-6, MSG-1)."""
    patient = Patient.objects.filter(user=user).exclude(phone="").first()
    return patient.phone_for_texts if patient is not None else ""


CONTACT_FIELDS = (
    "preferred_name",
    "pronouns",
    "phone",
    "address",
    "postcode",
    "gp_practice",
    "emergency_contact",
)


@transaction.atomic
def correct_contact(patient: Patient, *, by, at: dt.datetime | None = None, **fields) -> Patient:
    """Correct contact details, those of `CONTACT_FIELDS` alone; what stays the same is not written down (ACC-4).

    Raises TypeError for any other field.
    """
    if unknown := sorted(set(fields) - set(CONTACT_FIELDS)):
        raise TypeError(f"{unknown[0]} is not corrected here")
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    changed = {name: value for name, value in fields.items() if getattr(locked, name) != value}
    before = {name: getattr(locked, name) for name in changed}
    for name, value in changed.items():
        setattr(locked, name, value)
        setattr(patient, name, value)
    if changed:
        locked.save()
        record_change("contact details", by=by, object_ref=f"patient:{locked.pk}", before=before, after=changed, at=at)
    return locked


@transaction.atomic
def open_account(patient: Patient, email: str, *, case: Case, by, at: dt.datetime | None = None) -> Patient:
    """Open the account of somebody who has none, at an address that patient services have made sure of, and invite.

    Raises Refused where the person has an account, or the address belongs to another one (REF-3).
    """
    at = at or timezone.now()
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    if locked.user_id:
        raise Refused("This person has an account already.")
    user = create_person(email, f"{locked.called} {locked.last_name}", [Role.PATIENT], by=by, at=at)
    before, locked.email, locked.user = locked.email, user.email, user
    locked.save()
    record_change(
        "account opened", by=by, case_ref=case.ref, before={"email": before}, after={"email": locked.email}, at=at
    )
    invite(user, case_ref=case.ref, at=at)
    return locked


@transaction.atomic
def agree_safe_contact(
    patient: Patient, channel: str, reason: str, *, case: Case, by, at: dt.datetime | None = None
) -> SafeContact:
    """Set the flag "risk at home" with the one channel agreed, or take it off with an empty channel (MSG-8).

    Raises Refused without a reason and for a channel that is not known.
    """
    at = at or timezone.now()
    if channel not in rules.SAFE_CHANNELS:
        raise Refused("Choose how the person may be reached.", field="channel")
    if not reason.strip():
        raise Refused("Write why, and what was agreed.", field="reason")
    before = patient.agreed_channel
    made = SafeContact.objects.create(patient=patient, channel=channel, reason=reason.strip(), by=by, at=at)
    record_change(
        "safe contact", by=by, case_ref=case.ref, before={"channel": before}, after={"channel": channel}, at=at
    )
    return made


def is_kept_from(channel: str, recipient: str) -> bool:
    """Tell whether a notice must not go to this address because its owner agreed on another channel (MSG-8)."""
    owner = {"phone": recipient} if channel == "text" else {"email__iexact": recipient}
    newest = SafeContact.objects.filter(patient=models.OuterRef("pk")).order_by("-at", "-id")
    agreed = Patient.objects.filter(**owner).annotate(agreed=models.Subquery(newest.values("channel")[:1]))
    return agreed.exclude(agreed=None).exclude(agreed__in=["", channel]).exists()
