"""The tutorial's message, kept."""

from django.db import models
from django.utils import timezone


class Message(models.Model):
    """One message of a room."""

    room_name = models.CharField(max_length=100, db_index=True)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
