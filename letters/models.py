"""Letters: a draft that lives, an approved letter that never changes, its dispatches (LET-1 to LET-5)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class LetterDraft(models.Model):
    """A letter being written, submitted or queried back."""

    class Kind(models.TextChoices):
        ASSESSMENT = "assessment", "Assessment letter"
        DISCHARGE = "discharge", "Discharge letter"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        QUERIED = "queried", "Queried back"
        APPROVED = "approved", "Approved"
        WITHDRAWN = "withdrawn", "Withdrawn"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="letter_drafts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    template_version = models.CharField(max_length=20)
    parts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["started_at"]


class LetterEvent(models.Model):
    """One step in the life of a letter: submitted, queried, approved, sent, withdrawn, stopped."""

    append_only = True

    draft = models.ForeignKey(LetterDraft, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=20)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class Letter(models.Model):
    """An approved letter: its text and its one PDF, with the hash of the file."""

    append_only = True

    draft = models.OneToOneField(LetterDraft, on_delete=models.PROTECT, related_name="letter")
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12)
    text = models.TextField()
    pdf = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["approved_at"]
        triggers = append_only_triggers()


class Dispatch(models.Model):
    """One sending of a letter to one recipient, or the reason why it was stopped."""

    append_only = True

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="dispatches")
    recipient = models.CharField(max_length=10, help_text="patient or gp")
    channel = models.CharField(max_length=10, help_text="page or folder")
    stopped = models.CharField(max_length=200, blank=True)
    receipt = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "recipient"],
                condition=models.Q(stopped=""),
                name="letter_once_a_recipient",
            )
        ]
        triggers = append_only_triggers()
