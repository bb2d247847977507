"""Worksheets that were handed out, and what was written in them, version by version (MSG-4, ROOM-12)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet
from therapy.sheets import library


class Sheet(models.Model):
    """One worksheet of a case: sent to the patient, or with `appointment` worked on by both in that session."""

    append_only = True

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="sheets")
    appointment = models.ForeignKey("therapy.Appointment", on_delete=models.PROTECT, null=True, related_name="sheets")
    slug = models.CharField(max_length=30)
    version = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "slug"],
                condition=models.Q(appointment__isnull=False),
                name="sheet_once_a_session",
            )
        ]
        triggers = append_only_triggers()

    @property
    def blank(self) -> library.Blank:
        """The worksheet in the version in which it was handed out."""
        return library.get(self.slug, self.version)

    @property
    def is_shared(self) -> bool:
        """Whether both write in it."""
        return self.appointment_id is not None


class SheetEntry(models.Model):
    """What stands in one field from this version on; the newest is in force, and all are kept."""

    append_only = True

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="entries")
    field = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["sheet", "field", "version"], name="sheet_entry_once")]
        triggers = append_only_triggers()


class SheetReturn(models.Model):
    """The patient sent a worksheet back: from now on it is to be read, by the therapist too."""

    append_only = True

    sheet = models.OneToOneField(Sheet, on_delete=models.PROTECT, related_name="returned")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
