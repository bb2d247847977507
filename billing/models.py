"""Rates and monthly statements; money is whole pence (PAY)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts import access
from audit.append_only import append_only_triggers


class Rate(models.Model):
    """What a session of this modality, length and kind pays from a day on, holiday pay included."""

    append_only = True

    modality = models.CharField(max_length=8)
    minutes = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    pence = models.PositiveIntegerField()
    from_day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["modality", "minutes", "kind", "from_day"],
                name="rate_once_a_day",
            )
        ]
        triggers = append_only_triggers()


class StatementQuerySet(models.QuerySet):
    """Statements are reached as their clinician or as finance."""

    def visible_to(
        self,
        user,
        thing: str = "statements",
        verb: str = "read",
        *,
        with_reason: bool = False,
    ):
        """Statements of which the user may do `verb` to `thing` (ACC-4)."""
        return self.filter(access.allowed("statement", user, thing, verb, with_reason=with_reason))


class StatementDraft(models.Model):
    """A month drawn up for checking; drawing it again replaces its lines and changes nothing else."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    clinician = models.ForeignKey(
        "clinicians.Clinician",
        on_delete=models.PROTECT,
        related_name="statement_drafts",
    )
    month = models.DateField(help_text="first day of the month, UK time")
    lines = models.JSONField(default=list)
    drawn_at = models.DateTimeField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "clinician"]
        constraints = [
            models.UniqueConstraint(fields=["clinician", "month"], name="draft_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="draft_month_first_day"),
        ]


class Statement(models.Model):
    """An issued statement; its lines never change (PAY-6)."""

    append_only = True

    ref = models.UUIDField(unique=True, editable=False, help_text="that of its draft")
    clinician = models.ForeignKey("clinicians.Clinician", on_delete=models.PROTECT, related_name="statements")
    month = models.DateField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "clinician"]
        constraints = [models.UniqueConstraint(fields=["clinician", "month"], name="statement_once_a_month")]
        triggers = append_only_triggers()

    def listed(self) -> list[StatementLine | Adjustment]:
        """Return all that it lists: its sessions, then what it adjusts on earlier statements."""
        return [*self.lines.all(), *self.adjustments.select_related("line")]


class StatementLine(models.Model):
    """One session of the month with what it pays and why."""

    append_only = True

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    appointment = models.OneToOneField("therapy.Appointment", on_delete=models.PROTECT, related_name="statement_line")
    case_ref = models.CharField(max_length=16)
    starts_at = models.DateTimeField()
    what = models.CharField(max_length=80)
    outcome = models.CharField(max_length=20)
    rate_pence = models.PositiveIntegerField()
    pence = models.PositiveIntegerField()
    basic_pence = models.PositiveIntegerField()
    holiday_pence = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["starts_at", "id"]
        triggers = append_only_triggers()

    @property
    def outcome_words(self) -> str:
        """The outcome that was paid, in words."""
        return self.appointment.Status(self.outcome).label


class Adjustment(models.Model):
    """What a correction adds to an issued line or takes from it, on the next statement (PAY-6)."""

    append_only = True

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="adjustments")
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="adjustments")
    outcome = models.CharField(max_length=20)
    pence = models.IntegerField()
    basic_pence = models.IntegerField()
    holiday_pence = models.IntegerField()
    reason = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["statement", "line"], name="adjusted_once_a_statement")]
        triggers = append_only_triggers()

    @property
    def case_ref(self) -> str:
        return self.line.case_ref

    @property
    def starts_at(self) -> dt.datetime:
        return self.line.starts_at

    @property
    def what(self) -> str:
        return self.line.what


class StatementFile(models.Model):
    """The one PDF of an issued statement."""

    append_only = True

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, related_name="pdf")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only_triggers()


class StatementConfirmation(models.Model):
    """The clinician's word that the statement is right."""

    append_only = True

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, related_name="confirmation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
