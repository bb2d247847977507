"""Alerts and their reviews (RISK-1, RISK-8, RISK-12)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class AlertQuerySet(CaseRecordQuerySet):
    """Scopes of alerts."""

    def unreviewed(self) -> AlertQuerySet:
        return self.filter(review=None)


class Alert(models.Model):
    """A sign of risk that a person must review; raised once for each source, never changed."""

    append_only = True

    class Kind(models.TextChoices):
        ITEM_9 = "item_9", "PHQ-9 item 9 answered 3"
        SAQ_RISK = "saq_risk", "Risk answer in the self-assessment"
        POSSIBLE = "possible", "Possible risk in free text"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source = models.CharField(max_length=80, help_text="what raised it, e.g. questionnaire:<ref>")
    passage = models.TextField(blank=True)
    raised_at = models.DateTimeField()

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "source"], name="alert_once_a_source")]
        triggers = append_only_triggers()


class Level(models.TextChoices):
    """How great the risk is, as a person judged it."""

    NONE = "none", "None"
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    IMMEDIATE = "immediate", "Immediate"


class AlertReview(models.Model):
    """What a person considered and did about an alert, and the level of risk found."""

    append_only = True

    Level = Level

    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, related_name="review")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    considered = models.TextField()
    done = models.TextField()
    level = models.CharField(max_length=10, choices=Level.choices)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class RiskLevel(models.Model):
    """One setting of the level of risk of a case; the newest is in force (RISK-8)."""

    append_only = True

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="risk_levels")
    level = models.CharField(max_length=10, choices=Level.choices)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class RiskHandover(models.Model):
    """Word that somebody else holds the risk now, so that its level keeps the case no longer (RISK-8)."""

    append_only = True

    class Kind(models.TextChoices):
        REFERRAL = "referral", "A referral elsewhere was accepted"
        HANDOVER = "handover", "A supervisor handed the risk over"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="risk_handovers")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    to = models.CharField(max_length=200, help_text="who holds the risk now")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()
