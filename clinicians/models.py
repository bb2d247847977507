"""Affiliate clinicians: what they are cleared for, when they work, what keeps them from new cases."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Clinician(models.Model):
    """A PWP (step 2) or a HIT (steps 3 and 3+)."""

    class Kind(models.TextChoices):
        PWP = "PWP", "Psychological wellbeing practitioner"
        HIT = "HIT", "High-intensity therapist"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="clinician"
    )
    kind = models.CharField(max_length=3, choices=Kind.choices)
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="supervisees"
    )
    active = models.BooleanField(default=True)
    allocation_hold = models.CharField(max_length=200, blank=True)
    desired_caseload = models.PositiveSmallIntegerField(default=10)
    modalities = ArrayField(models.CharField(max_length=8), default=list)
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    gender = models.CharField(max_length=20, blank=True)
    sites = models.ManyToManyField("sites.Site", related_name="clinicians")

    class Meta:
        ordering = ["user__name"]

    def __str__(self) -> str:
        return f"{self.user.name} ({self.kind})"


class AvailabilitySlot(models.Model):
    """A stretch of a week in which the clinician works, in UK wall-clock time."""

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="availability")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="slot_weekday"),
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="slot_order"),
            models.UniqueConstraint(fields=["clinician", "weekday", "starts"], name="slot_once"),
        ]


class Leave(models.Model):
    """A stretch of days away, both days included."""

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="leaves")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="leave_order"
            )
        ]


class ComplianceDocument(models.Model):
    """A document that must be in date for new allocations (accreditation, insurance, record check)."""

    class Kind(models.TextChoices):
        ACCREDITATION = "accreditation", "Accreditation"
        INSURANCE = "insurance", "Indemnity insurance"
        RECORD_CHECK = "record_check", "Criminal-record check"

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    expires_on = models.DateField()

    class Meta:
        ordering = ["expires_on"]
