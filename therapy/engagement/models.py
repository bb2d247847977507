"""What people decided about engagement (TIME-3, APPT-20). Where a case stands is derived from what was sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class NeverEngaged(models.Model):
    """A case that left its caseload because nobody answered welcome and reminder (TIME-3, ENG-1)."""

    append_only = True

    case = models.OneToOneField("patients.Case", on_delete=models.PROTECT, related_name="never_engaged")
    clinician = models.ForeignKey("clinicians.Clinician", on_delete=models.PROTECT, related_name="+")
    welcomed_at = models.DateTimeField()
    reminded_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class BreachExcuse(models.Model):
    """A missed or late-cancelled session that does not count, and why (APPT-20)."""

    append_only = True

    appointment = models.OneToOneField("therapy.Appointment", on_delete=models.PROTECT, related_name="excuse")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class BreachDecision(models.Model):
    """What the clinician decided after a second breach: to go on, or to end (APPT-20)."""

    append_only = True

    class Kind(models.TextChoices):
        CONTINUE = "continue", "Therapy goes on"
        END = "end", "Therapy ends"

    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="breach_decisions")
    appointment = models.OneToOneField("therapy.Appointment", on_delete=models.PROTECT, related_name="breach_decision")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()
