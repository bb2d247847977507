"""The ending of an episode (DIS-1, DIS-7)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from discharge import rules
from patients.models import CaseRecordQuerySet


class DischargeRequest(models.Model):
    """The clinician's choice to end the episode, with status and rationale; the case turns discharging."""

    append_only = True

    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="endings")
    status = models.CharField(max_length=30)
    rationale = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()

    @property
    def label(self) -> str:
        return rules.LABELS[self.status]


class Discharge(models.Model):
    """The end of the episode, processed by patient services."""

    append_only = True

    case = models.OneToOneField("patients.Case", on_delete=models.PROTECT, related_name="discharge")
    request = models.OneToOneField(DischargeRequest, on_delete=models.PROTECT, related_name="discharge")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        triggers = append_only_triggers()
