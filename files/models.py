"""Stored files (bytes that never change, with their hash), jobs that make PDF files, and what people hand in."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers


class StoredFile(models.Model):
    """Bytes kept in the database beside the rows that name them, so that a backup holds both or neither."""

    append_only = True

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    stored_at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class RenderJobQuerySet(models.QuerySet["RenderJob"]):
    """Scopes of render jobs."""

    def due(self, at: dt.datetime) -> RenderJobQuerySet:
        """Jobs not done whose time has come."""
        return self.filter(done_at=None, next_at__lte=at)


class RenderJob(models.Model):
    """A PDF to be made by a worker, known by what it is for; made at least once, kept once."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = RenderJobQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="render_job_once")]
        indexes = [models.Index(fields=["next_at", "id"], name="render_job_waiting", condition=models.Q(done_at=None))]


class Upload(models.Model):
    """A file that a person handed in. Its name is not kept: names of files give people away (ROOM-11).

    `cid` is made by the browser, so that the same file sent again is the same upload; `sha256` and `size` (bytes) are
    those of what was handed in, `kind` is one of `files.rules.KINDS`, told from the content.
    """

    append_only = True

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case_ref = models.CharField(max_length=16)
    cid = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "cid"], name="upload_once_a_cid")]
        indexes = [models.Index(fields=["by", "at"], name="upload_of_a_person")]
        triggers = append_only_triggers()


class UploadStep(models.Model):
    """One step on the way of an upload: taken in, scanning, then clean or refused, once each and with the reason.

    `file` holds the bytes that may be served: those of a clean one, pictures made anew.
    """

    append_only = True

    class State(models.TextChoices):
        TAKEN_IN = "taken_in", "Waiting for the virus check"
        SCANNING = "scanning", "Being checked"
        CLEAN = "clean", "Checked"
        REFUSED = "refused", "Not accepted"

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=8, choices=State.choices)
    why = models.CharField(max_length=40, blank=True)
    by_scanner = models.CharField(max_length=40, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "state"], name="upload_step_once"),
            models.UniqueConstraint(
                fields=["upload"], name="upload_one_verdict", condition=models.Q(state__in=("clean", "refused"))
            ),
            models.CheckConstraint(
                condition=models.Q(state="clean", file__isnull=False)
                | (~models.Q(state="clean") & models.Q(file__isnull=True)),
                name="upload_served_when_clean",
            ),
        ]
        triggers = append_only_triggers()


class QuarantineQuerySet(models.QuerySet["Quarantine"]):
    """Scopes of what waits."""

    def due(self, at: dt.datetime) -> QuarantineQuerySet:
        """What is to be checked now."""
        return self.filter(next_at__lte=at)


class Quarantine(models.Model):
    """The bytes as handed in, until the verdict; nobody is ever served from here, and the verdict empties it."""

    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="quarantine")
    content = models.BinaryField()
    next_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    objects = QuarantineQuerySet.as_manager()
