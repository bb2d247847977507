"""Verbs on referrals: every source ends in `refer` (REF-1, REF-2, REF-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Role, User
from deadlines import actions as deadlines
from intake.referrals import matching
from intake.referrals.models import Referral, ReferralDraft
from intake.selfassessment.actions import open_self_assessment
from notices.actions import tell, tell_address, tell_team
from patients.admin_notes.actions import write_admin_note
from patients.cases import actions as patients
from patients.models import Case, Patient
from patients.people.actions import record_first_consents
from sites.models import Site
from ui.errors import Refused

WITHDRAWABLE_STATES = frozenset({"referred", "in_triage", "waiting"})
PERSON_FIELDS = (
    "first_name",
    "last_name",
    "preferred_name",
    "pronouns",
    "date_of_birth",
    "nhs_number",
    "email",
    "phone",
    "address",
    "postcode",
    "gp_practice",
    "emergency_contact",
    "access_needs",
    "language",
    "clinician_gender",
)


@transaction.atomic
def refer(
    data: Mapping[str, Any], *, source: str, site: Site, by: User | None = None, at: dt.datetime | None = None
) -> Case:
    """Refer a person to a site: person, case, referral, consents, self-assessment and invitation (REF-1, REF-3, REF-4).

    `data` holds the fields of `PERSON_FIELDS` in the forms that `patients.people.identity` returns (first_name,
    last_name, date_of_birth, email, postcode and gp_practice at least) and may hold modality, wished_hours, reason,
    consents (by kind), partner_ref, answers; of a pre-assessed referral pre_assessed and provisional_step (APPT-24).
    Raises Refused where this site already has the partner's reference.
    """
    at = at or timezone.now()
    _one_at_a_time(site, data)
    refuse_known_reference(site, data.get("partner_ref", ""))
    match = matching.find(data)
    patient = match.patient or _new_patient(data, match, at)
    case = patients.open_case(patient, site, source=source, by=by, at=at, **_wishes(data, site))
    _write_referral(case, data, by, at)
    if match.patient is None:
        record_first_consents(patient, data.get("consents", {}), by=by, reason="referral", at=at)
    open_self_assessment(case, at=at)
    _note_doubts(case, data, match, by, at)
    _invite(case, data, match, at)
    return case


def _one_at_a_time(site: Site, data: Mapping[str, Any]) -> None:
    """Two referrals of one person, address or reference never pass here side by side."""
    keys = {
        f"nhs:{data.get('nhs_number', '')}",
        f"email:{data['email'].strip().lower()}",
        f"partner:{site.code}:{data.get('partner_ref', '')}",
    }
    with connection.cursor() as cursor:
        for key in sorted(key for key in keys if not key.endswith(":")):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [key])


def refuse_known_reference(site: Site, partner_ref: str) -> None:
    """Raise Refused where the partner's reference has a referral at this site (REF-2)."""
    if partner_ref and Referral.objects.filter(site_code=site.code, partner_ref=partner_ref).exists():
        raise Refused(f"The referral {partner_ref} is already here.", field="partner_ref")


def _new_patient(data: Mapping[str, Any], match: matching.Match, at: dt.datetime) -> Patient:
    fields = {name: data[name] for name in PERSON_FIELDS if name in data}
    fields["email"] = fields["email"].strip().lower()
    if match.nhs_number_taken:
        fields["nhs_number"] = ""
    return Patient.objects.create(created_at=at, user=_new_account(fields, match), **fields)


def _new_account(fields: Mapping[str, Any], match: matching.Match) -> User | None:
    """An account without a password, for the invitation to open; none where somebody must first look."""
    if match.doubts:
        return None
    called = fields.get("preferred_name") or fields["first_name"]
    return accounts.create_person(fields["email"], f"{called} {fields['last_name']}", [Role.PATIENT])


def _wishes(data: Mapping[str, Any], site: Site) -> dict[str, Any]:
    modality = data.get("modality") or "typed"
    if modality not in site.modalities and site.modalities:
        modality = site.modalities[0]
    assessed = {name: data[name] for name in ("pre_assessed", "provisional_step") if name in data}
    return {"modality": modality, "wished_hours": list(data.get("wished_hours", []))} | assessed


def _write_referral(case: Case, data: Mapping[str, Any], by: User | None, at: dt.datetime) -> None:
    Referral.objects.create(
        case=case,
        source=case.source,
        partner_ref=data.get("partner_ref", ""),
        site_code=case.site.code,
        reason=data.get("reason", ""),
        answers=dict(data.get("answers", {})),
        received_by=by,
        received_at=at,
    )


def _note_doubts(case: Case, data: Mapping[str, Any], match: matching.Match, by: User | None, at: dt.datetime) -> None:
    """Leave word for patient services of whatever a person must sort out (REF-3); nobody else learns of it."""
    remarks = match.remarks(data)
    if not remarks:
        return
    write_admin_note(case, "other", "\n".join(remarks), by=by, at=at)
    key, link = f"referral-to-check:{case.ref}", reverse("desk:admin-notes", kwargs={"case": case.ref})
    tell_team(Role.PATIENT_SERVICES, "referral_to_check", key=key, case_ref=case.ref, link=link, at=at)


def _invite(case: Case, data: Mapping[str, Any], match: matching.Match, at: dt.datetime) -> None:
    """Ask a new person to open the account; tell a known one at the address we know; else say that we have it."""
    user, key = case.patient.user, f"referral:{case.ref}"
    if match.patient is None and user is not None:
        accounts.invite(user, case_ref=case.ref, at=at)
    elif match.patient is not None and user is not None and user.has_usable_password():
        tell(user, "referral_received", key=key, case_ref=case.ref, link=reverse("desk:home"), at=at)
    elif match.patient is not None and user is not None:
        accounts.invite(user, case_ref=case.ref, at=at)
    else:
        tell_address(data["email"], "referral_received", key=key, case_ref=case.ref, at=at)


@transaction.atomic
def send(draft: ReferralDraft, answers: Mapping[str, Any], site: Site, *, at: dt.datetime | None = None) -> str:
    """Send a self-referral and return the case's reference; sent again it is the same case (REF-1)."""
    at = at or timezone.now()
    locked = ReferralDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.sent_at:
        return locked.case_ref
    case = refer(_from_pages(answers), source="self", site=site, at=at)
    # What was typed lives on in the referral; the draft keeps no second copy.
    locked.sent_at, locked.case_ref, locked.answers = at, case.ref, {}
    locked.save(update_fields=["sent_at", "case_ref", "answers"])
    return case.ref


def _from_pages(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `refer` wants from the answers of the public pages."""
    data = {name: answers[name] for name in PERSON_FIELDS}
    consents = {kind: answers[kind] == "yes" for kind in ("gp", "post", "voicemail", "text") if answers[kind]}
    consents["research"] = answers["research"] == "yes"
    consents["terms"] = answers["terms"]
    wishes = {name: answers[name] for name in ("modality", "wished_hours", "reason")}
    kept = {name: str(answers[name]) for name in ("gp_practice", "postcode")}
    return data | wishes | {"consents": consents, "answers": kept}


@transaction.atomic
def withdraw(case: Case, reason: str, *, by: User, at: dt.datetime | None = None) -> Case:
    """Withdraw a referral that no therapist holds yet; withdrawn again it changes nothing (REF-10).

    Raises Refused once there is a therapist, and while a reason of safety keeps the case; the words of the refusal
    name no such reason, since the patient reads them.
    """
    at = at or timezone.now()
    locked = patients.lock(case)
    if locked.state == "withdrawn":
        return locked
    if locked.state not in WITHDRAWABLE_STATES:
        raise Refused("This referral cannot be withdrawn any more.", remedy="Write to your therapist instead.")
    if locked.stay_reasons.filter(closed_at=None).exists():
        raise Refused(
            "We cannot do this online right now.", remedy="Please call us or your GP, and a person will help."
        )
    turned = patients.turn(locked, "withdrawn", by=by, reason=reason.strip() or "Withdrawn by the patient.", at=at)
    deadlines.cancel_for_case(locked.ref, closed_by="referral withdrawn", at=at)
    return turned
