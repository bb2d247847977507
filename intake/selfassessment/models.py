"""The self-assessment questionnaire, saved page by page (REF-4)."""

from __future__ import annotations

from django.db import models

from patients.models import CaseRecordQuerySet


class SelfAssessment(models.Model):
    """The answers so far, by page; complete once every page and measure is done."""

    case = models.OneToOneField("patients.Case", on_delete=models.PROTECT, related_name="self_assessment")
    answers = models.JSONField(default=dict)
    pages_done = models.JSONField(default=list)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    objects = CaseRecordQuerySet.as_manager()
