"""What the platform kept of each session's connection, known outages, and reports of technical trouble (APPT-17)."""

from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.db import models

from accounts.access import ServiceQuerySet
from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class Stretch(models.Model):
    """An ended stretch of time in which one side of a session was connected: from its first word to its last."""

    append_only = True

    session = models.ForeignKey("therapy.Session", on_delete=models.PROTECT, related_name="stretches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    left_room = models.BooleanField(default=False, help_text="it ended because the person left, by their page's word")

    class Meta:
        ordering = ["began_at", "id"]
        triggers = append_only_triggers()


class OutageQuerySet(ServiceQuerySet):
    """Scopes of outages."""

    def between(self, begins: dt.datetime, ends: dt.datetime) -> OutageQuerySet:
        """Outages that stand and touch the time between two moments; one without an end goes on."""
        open_or_later = models.Q(ended_at=None) | models.Q(ended_at__gt=begins)
        return self.filter(open_or_later, began_at__lt=ends, withdrawn_at=None)

    def going_on(self) -> OutageQuerySet:
        return self.filter(ended_at=None, withdrawn_at=None)


class Outage(models.Model):
    """A time in which the service was down: found by its own heartbeat, or entered by a person."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    found = models.BooleanField(default=False, help_text="by the service itself, after its heartbeat had paused")
    what = models.CharField(max_length=200, help_text="what was down, for staff")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(help_text="when it was entered")
    withdrawn_at = models.DateTimeField(null=True, help_text="when somebody said that it was entered by mistake")
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OutageQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-id"]
        indexes = [models.Index(fields=["began_at", "ended_at"], name="outage_when")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gt=models.F("began_at")),
                name="outage_has_length",
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="outage_as_entered", fields=["ref", "began_at", "found", "what", "by", "at"]),
            pgtrigger.Protect(
                name="outage_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at"
                    " OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at"
                ),
            ),
            pgtrigger.Protect(name="outage_stays", operation=pgtrigger.Delete),
        ]


class TroubleQuerySet(CaseRecordQuerySet):
    """Reports are reached through their session's case."""

    case_path = "session__appointment__case"

    def waiting(self) -> TroubleQuerySet:
        """Those that nobody has looked at."""
        return self.filter(look=None)


class Trouble(models.Model):
    """Word of technical trouble in a session: by a button in the room, or an aborted outcome that measured less.

    `trace` is what the reporter's page saw of its connection: states and moments, never a word of the conversation.
    """

    append_only = True

    class Kind(models.TextChoices):
        ROOM = "room", "Reported from the room"
        ABORTED = "aborted", "Aborted although less was measured"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("therapy.Session", on_delete=models.PROTECT, related_name="troubles")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    side = models.CharField(max_length=10, help_text="patient or clinician")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    trace = models.JSONField(default=list)
    at = models.DateTimeField()

    objects = TroubleQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class TroubleLook(models.Model):
    """Somebody of patient services has looked at a report and done what was to do."""

    append_only = True

    trouble = models.OneToOneField(Trouble, on_delete=models.PROTECT, related_name="look")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
