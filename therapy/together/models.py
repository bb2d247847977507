"""The agenda of a session and the summary that was sent of it (ROOM-12)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet
from therapy.together.rules import LONGEST_POINT


class OfAnAppointmentQuerySet(CaseRecordQuerySet):
    """What belongs to a session is reached through its appointment's case."""

    case_path = "appointment__case"


class AgendaPoint(models.Model):
    """One point of a session's agenda; what was taken off stays as a row, and every change is in the audit."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appointment = models.ForeignKey("therapy.Appointment", on_delete=models.PROTECT, related_name="agenda")
    text = models.CharField(max_length=LONGEST_POINT)
    place = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=10, help_text="patient or clinician")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    client_key = models.CharField(max_length=64, help_text="made by the form, so that a double press adds once")
    done_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = OfAnAppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "by", "client_key"], name="agenda_point_once_a_key")
        ]


class SessionSummary(models.Model):
    """The summary of a session was sent to the patient, as this message."""

    append_only = True

    appointment = models.OneToOneField("therapy.Appointment", on_delete=models.PROTECT, related_name="summary")
    message = models.OneToOneField("therapy.Message", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfAnAppointmentQuerySet.as_manager()

    class Meta:
        triggers = append_only_triggers()
