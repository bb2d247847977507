"""Verbs on a person: consents, contact details, the account, how somebody at risk at home is reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import models, transaction
from django.utils import timezone

from accounts.actions import create_person, invite
from accounts.models import Role
from audit.actions import record_change
from patients import rules
from patients.cases.models import Case
from patients.people.models import Consent, Patient, SafeContact
from ui.errors import Refused


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
