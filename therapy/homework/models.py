"""Homework: what to try, why and until when; what the patient says of it is a row of its own (MSG-4)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.utils.text import Truncator

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet

TITLE_WORDS = 12
TURNED = {"needed": "needed", "turned_at": "at"}


class HomeworkRecordQuerySet(CaseRecordQuerySet):
    """What was said of homework is reached through the homework's case."""

    case_path = "homework__case"


class HomeworkQuerySet(CaseRecordQuerySet):
    """Scopes of homework."""

    def undone(self) -> HomeworkQuerySet:
        """What the patient has not ticked, or has taken the tick from again."""
        newest = HomeworkReport.objects.filter(homework=models.OuterRef("pk")).order_by("-pk").values("done")[:1]
        said = self.alias(said=models.Subquery(newest))
        return said.filter(models.Q(said=None) | models.Q(said=False))

    def owed(self) -> HomeworkQuerySet:
        """What is still asked of the patient: not ticked, and not taken back."""
        return self._standing().undone().filter(models.Q(needed=None) | models.Q(needed=True))

    def spared(self, since: dt.datetime) -> HomeworkQuerySet:
        """What was taken back since a moment before it was done: the patient is still told that it is not needed."""
        return self._standing().undone().filter(needed=False, turned_at__gte=since)

    def _standing(self) -> HomeworkQuerySet:
        newest = HomeworkTurn.objects.filter(homework=models.OuterRef("pk")).order_by("-pk")
        turned = {name: models.Subquery(newest.values(column)[:1]) for name, column in TURNED.items()}
        return self.alias(**turned)


class Homework(models.Model):
    """One thing that the patient agreed to try between sessions."""

    append_only = True

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="homework")
    what = models.TextField()
    why = models.TextField(blank=True)
    due_on = models.DateField(null=True)
    appointment = models.ForeignKey(
        "therapy.Appointment", on_delete=models.PROTECT, null=True, related_name="homework", help_text="agreed in it"
    )
    client_key = models.CharField(max_length=64, blank=True, default="", help_text="made by the form of a session")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = HomeworkQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "by", "client_key"],
                condition=models.Q(appointment__isnull=False),
                name="homework_once_a_key",
            )
        ]
        triggers = append_only_triggers()

    @property
    def title(self) -> str:
        """What it is called where there is no room for all of it: its first words."""
        return Truncator(" ".join(self.what.split())).words(TITLE_WORDS)

    @property
    def needs_whole(self) -> bool:
        """Whether the title leaves something out."""
        return self.title != self.what

    @property
    def newest_report(self) -> HomeworkReport | None:
        """What the patient said last; None before that."""
        return max(self.reports.all(), key=lambda report: report.pk, default=None)

    @property
    def taken_back(self) -> HomeworkTurn | None:
        """The word with which it was taken back, while that holds; None while it is asked for, and once it is done."""
        turn = max(self.turns.all(), key=lambda turn: turn.pk, default=None)
        said = self.newest_report
        return None if turn is None or turn.needed or (said is not None and said.done) else turn


class HomeworkReport(models.Model):
    """The patient's word on homework: done or not, and how it went. The newest is in force."""

    append_only = True

    homework = models.ForeignKey(Homework, on_delete=models.PROTECT, related_name="reports")
    done = models.BooleanField()
    how = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = HomeworkRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class HomeworkTurn(models.Model):
    """The therapist takes homework back, with a reason for the patient, or asks for it again; the newest holds."""

    append_only = True

    homework = models.ForeignKey(Homework, on_delete=models.PROTECT, related_name="turns")
    needed = models.BooleanField()
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = HomeworkRecordQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(needed=True) | ~models.Q(reason=""), name="homework_taken_back_with_a_reason"
            )
        ]
        triggers = append_only_triggers()
