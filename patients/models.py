"""The person, the case and its admin notes: one app, a folder a noun."""

from patients.admin_notes.models import AdminNote, AdminNoteClosing, AdminNoteQuerySet
from patients.cases.models import Case, CaseDetail, CaseEvent, CaseQuerySet, CaseRecordQuerySet, StayReason
from patients.people.models import Consent, Patient, SafeContact

__all__ = [
    "AdminNote",
    "AdminNoteClosing",
    "AdminNoteQuerySet",
    "Case",
    "CaseDetail",
    "CaseEvent",
    "CaseQuerySet",
    "CaseRecordQuerySet",
    "Consent",
    "Patient",
    "SafeContact",
    "StayReason",
]
