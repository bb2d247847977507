"""Stored files: bytes that never change, with their hash."""

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
