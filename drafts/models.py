"""What somebody is typing and has not sent (MSG-7, MSG-9): one row a person and place, seen by that person alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """The texts of one form as far as they are typed; `version` counts saves, `key` names the place."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=80)
    texts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="draft_once_a_place")]
