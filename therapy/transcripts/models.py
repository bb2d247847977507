"""What a patient makes of the own transcripts: marks and notes; and the words by which lines are found (ROOM-9)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class TranscriptIndex(models.Model):
    """A session whose lines have their search keys: it has ended, so nothing comes to it any more."""

    session = models.OneToOneField("therapy.Session", on_delete=models.PROTECT, related_name="index")
    at = models.DateTimeField()


class LineKey(models.Model):
    """The words of one line as they are searched: small letters without accents."""

    line = models.OneToOneField("therapy.Line", on_delete=models.PROTECT, primary_key=True, related_name="key")
    session = models.ForeignKey("therapy.Session", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()


class LineMark(models.Model):
    """A line that a patient marked as worth coming back to; theirs alone, and taken off again as they like."""

    line = models.ForeignKey("therapy.Line", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "line"], name="line_mark_once")]


class LineNote(models.Model):
    """What a patient noted on a line, for nobody else's eyes; an empty one is as good as none."""

    line = models.ForeignKey("therapy.Line", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "line"], name="line_note_once")]
