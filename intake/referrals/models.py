"""Referrals: the public draft, the referral itself, and batches of service referrals (REF-1, REF-2)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from accounts.access import ServiceQuerySet
from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class ReferralDraft(models.Model):
    """A referral being written on the public pages, known to the browser by its session alone."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    case_ref = models.CharField(max_length=16, blank=True)


class Referral(models.Model):
    """What was said when the case was referred."""

    append_only = True

    case = models.OneToOneField("patients.Case", on_delete=models.PROTECT, related_name="referral")
    source = models.CharField(max_length=20)
    partner_ref = models.CharField(max_length=60, blank=True)
    site_code = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    answers = models.JSONField(default=dict)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site_code", "partner_ref"],
                condition=~models.Q(partner_ref=""),
                name="referral_once_a_partner_ref",
            )
        ]
        triggers = append_only_triggers()


class Batch(models.Model):
    """One uploaded file of service referrals: previewed, then loaded."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]


class BatchRow(models.Model):
    """One row of a batch, as it came, with what is wrong with it or the case it became."""

    class Verdict(models.TextChoices):
        GOOD = "good", "Good"
        BAD = "bad", "Bad"
        KNOWN = "known", "Already here"

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    raw = models.JSONField()
    clean = models.JSONField(default=dict)
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    reasons = models.JSONField(default=list)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="batch_row_once")]

    @property
    def shown(self) -> str:
        """The row as it came, in one line."""
        cells = self.raw["cells"]
        return " · ".join(cells[name] for name in [*self.raw["header"], ""] if cells.get(name))
