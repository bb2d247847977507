"""Screening flags and what a person decided (REF-5, REF-6)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class ScreeningFlag(models.Model):
    """A flag and the answer that raised it; it advises, a person decides."""

    append_only = True

    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=30)
    answer = models.TextField()
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="flag_once_a_kind")]
        triggers = append_only_triggers()


class TriageDecision(models.Model):
    """One decision on a referral, with its reason."""

    append_only = True

    class Decision(models.TextChoices):
        ACCEPT = "accept", "Accept"
        ASK = "ask", "Ask for more information"
        DECLINE = "decline", "Decline"

    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    step = models.CharField(max_length=2, blank=True)
    reason = models.TextField()
    go_to = models.TextField(blank=True, help_text="where to go instead, when declined")
    client_key = models.CharField(max_length=64, help_text="made by the form: a double click decides once")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="nobody where the platform accepted",
    )
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "by", "client_key"], name="decision_once_a_form")]
        triggers = append_only_triggers()

    @property
    def by_whom(self) -> str:
        return self.by.name if self.by else "The platform"


class TriageAnswer(models.Model):
    """What the patient answered when triage asked for more information."""

    append_only = True

    decision = models.OneToOneField(TriageDecision, on_delete=models.PROTECT, related_name="answer")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
