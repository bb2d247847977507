"""Runs of the matching, its reasons, and allocations (ALLOC)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from accounts.access import ServiceQuerySet
from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class RunQuerySet(ServiceQuerySet):
    """Scopes of runs."""

    def visible_to(self, user, thing: str, verb: str = "read", *, with_reason: bool = False):
        """As for every row of the service; the inputs, which are large, are read only where somebody asks for them."""
        return super().visible_to(user, thing, verb, with_reason=with_reason).defer("inputs")


class AllocationRun(models.Model):
    """One solving of the assignment over all waiting cases and free places, kept with its inputs."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    inputs = models.JSONField(default=dict)
    applied_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]


class Match(models.Model):
    """What a run found for one case: the clinician if any, the scores considered, what excluded the rest."""

    append_only = True

    run = models.ForeignKey(AllocationRun, on_delete=models.PROTECT, related_name="matches")
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="matches")
    clinician = models.ForeignKey("clinicians.Clinician", on_delete=models.PROTECT, null=True, related_name="+")
    score = models.FloatField(null=True)
    candidates = models.PositiveIntegerField(default=0, help_text="how many could have been given the case")
    considered = models.JSONField(default=list, help_text="the best of them with their scores")
    excluded = models.JSONField(default=list, help_text="the open clinicians who could not, by reason")
    why_nobody = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "case"], name="match_once_a_run")]
        triggers = append_only_triggers()


class MatchOutcome(models.Model):
    """What became of a match when its run was applied: allocated, or passed over and why."""

    append_only = True

    match = models.OneToOneField(Match, on_delete=models.PROTECT, related_name="outcome")
    allocated = models.BooleanField()
    why = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class Allocation(models.Model):
    """One giving of a case to a clinician."""

    append_only = True

    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="allocations")
    clinician = models.ForeignKey("clinicians.Clinician", on_delete=models.PROTECT, related_name="allocations")
    run = models.ForeignKey(AllocationRun, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()
