"""Clinical notes: a draft that changes, a signed note that never does (NOTE-1, NOTE-2)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class NoteParts(models.Model):
    """The five parts of a clinical note."""

    agenda = models.TextField(blank=True)
    treatment = models.TextField(blank=True)
    progress = models.TextField(blank=True)
    homework = models.TextField(blank=True)
    risk = models.TextField(blank=True)

    class Meta:
        abstract = True


class NoteQuerySet(CaseRecordQuerySet):
    """Notes are reached through their appointment's case."""

    case_path = "appointment__case"


class NoteDraft(NoteParts):
    """The note as it is being written; `version` counts saves, so that two tabs never overwrite unseen."""

    appointment = models.OneToOneField("therapy.Appointment", on_delete=models.CASCADE, related_name="note_draft")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    objects = NoteQuerySet.as_manager()


class Note(NoteParts):
    """A signed note."""

    append_only = True

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appointment = models.OneToOneField("therapy.Appointment", on_delete=models.PROTECT, related_name="note")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at"]
        triggers = append_only_triggers()


class Addendum(models.Model):
    """A correction of a signed note, by name and time."""

    append_only = True

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class ProtocolDecision(models.Model):
    """A supervisor's word on a protocol that is not a usual one for the problem (NOTE-5)."""

    append_only = True

    detail = models.OneToOneField("patients.CaseDetail", on_delete=models.PROTECT, related_name="decision")
    agreed = models.BooleanField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
