"""Messages between patient and clinician outside sessions (MSG-1, MSG-2)."""

from __future__ import annotations

import math
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class MessageQuerySet(CaseRecordQuerySet):
    """Scopes of messages."""

    def unread_by(self, user) -> MessageQuerySet:
        """What others wrote in the conversations that this user takes part in and has not read (MSG-7)."""
        mine = self.filter(case__patient__user=user) if user.is_patient else self.filter(case__clinician__user=user)
        read = MessageRead.objects.filter(user=user, case=models.OuterRef("case"), up_to__gte=models.OuterRef("pk"))
        return mine.filter(~models.Q(sender=user), ~models.Exists(read))


class Message(models.Model):
    """One message in the conversation of a case."""

    append_only = True

    class Side(models.TextChoices):
        PATIENT = "patient", "Patient"
        CLINICIAN = "clinician", "Clinician"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side.choices)
    client_key = models.CharField(max_length=64, help_text="made by the form, so that a double click sends once")
    text = models.TextField()
    template = models.CharField(max_length=30, blank=True, default="", help_text="the template it was begun from")
    at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["case", "at"])]
        constraints = [models.UniqueConstraint(fields=["case", "sender", "client_key"], name="message_once_a_key")]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return str(self.ref)


class HeldMessage(models.Model):
    """A message that its sender can still take back: nobody else sees it until it is sent for good (MSG-10)."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="held_messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    client_key = models.CharField(max_length=64)
    text = models.TextField()
    template = models.CharField(max_length=30, blank=True, default="")
    carries = models.JSONField(default=list, help_text="pairs of kind and reference, enclosed when it is sent")
    adds = models.JSONField(default=dict, help_text="what else is made and enclosed when it is sent, by field")
    held_at = models.DateTimeField()
    send_at = models.DateTimeField(db_index=True)

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["send_at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "sender", "client_key"], name="held_once_a_key")]

    @property
    def seconds_left(self) -> int:
        """How long it can still be taken back, by the server's clock: the page's may be wrong."""
        return max(0, math.ceil((self.send_at - timezone.now()).total_seconds()))


class MessageRead(models.Model):
    """How far each side has read the conversation of a case."""

    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="message_reads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    up_to = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="message_read_once_a_side")]
