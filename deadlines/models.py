"""Durable timers (TIME-0). The time is passed in by the application; nothing here asks the database for it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Scopes of deadlines."""

    def open(self) -> DeadlineQuerySet:
        return self.filter(state=Deadline.State.OPEN)

    def claimable(self, at: dt.datetime) -> DeadlineQuerySet:
        """Open deadlines whose reminder or due time has come."""
        return self.open().filter(next_at__lte=at)


class Deadline(models.Model):
    """What must be done, by whom, by when; `next_at` is the sooner of reminder not yet given and due."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        MET = "met", "Met"
        MISSED = "missed", "Missed"
        CANCELLED = "cancelled", "Cancelled"

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    case_ref = models.CharField(max_length=16, blank=True, db_index=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="deadlines"
    )
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="deadline_once"),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at=None) | models.Q(closed_at__isnull=False),
                name="deadline_closed_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], name="deadline_next", condition=models.Q(state="open")
            ),
            models.Index(
                fields=["owner", "due_at"], name="deadline_owner", condition=models.Q(state="open")
            ),
        ]


class OperatorTask(models.Model):
    """Something that machines failed at and a person must look at."""

    key = models.CharField(max_length=120, unique=True)
    what = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class Heartbeat(models.Model):
    """The last time that a named part of the machinery finished its round."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
