"""Questionnaires, their raw answers and their scores (MEAS-4, MEAS-5, MEAS-7)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class Questionnaire(models.Model):
    """One measure, in one version of its definition, given to one patient to fill in once."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="questionnaires")
    measure = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    occasion = models.CharField(max_length=60, help_text="why it was given, e.g. 'self-assessment'")
    completed_at = models.DateTimeField(null=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "measure", "occasion"], name="questionnaire_once_an_occasion")
        ]


class Answer(models.Model):
    """The answer to one item; may be changed until the questionnaire is completed."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="answers")
    item = models.PositiveSmallIntegerField()
    value = models.SmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["item"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "item"], name="answer_once_an_item")]


class Score(models.Model):
    """The total of a completed questionnaire."""

    append_only = True

    questionnaire = models.OneToOneField(Questionnaire, on_delete=models.PROTECT, related_name="score")
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="scores")
    measure = models.CharField(max_length=20)
    total = models.DecimalField(max_digits=6, decimal_places=2)
    band = models.CharField(max_length=40, blank=True)
    item_9 = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()
