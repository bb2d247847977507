"""Stored files (bytes that never change, with their hash) and the jobs that make PDF files."""

from __future__ import annotations

import datetime as dt
import uuid

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
