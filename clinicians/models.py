"""Affiliate clinicians: what they are cleared for, when they work, what keeps them from new cases."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts import access
from accounts.models import Role, User
from clinicians import rules


class ClinicianQuerySet(models.QuerySet["Clinician"]):
    """Scopes of clinicians."""

    def visible_to(self, user, thing: str, verb: str = "read", *, with_reason: bool = False) -> ClinicianQuerySet:
        """Clinicians of whom the user may do `verb` to `thing` by the declared policy (ACC-4)."""
        return self.filter(access.allowed("clinician", user, thing, verb, with_reason=with_reason))

    def unsupervised(self) -> ClinicianQuerySet:
        """Clinicians at work whose named supervisor is missing, has left or supervises no more (SUP-13)."""
        there = User.objects.filter(is_active=True, roles__role=Role.SUPERVISOR)
        return self.filter(active=True, user__is_active=True).exclude(supervisor__in=there)


class Clinician(models.Model):
    """A PWP (step 2) or a HIT (steps 3 and 3+)."""

    class Kind(models.TextChoices):
        PWP = "PWP", "Psychological wellbeing practitioner"
        HIT = "HIT", "High-intensity therapist"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="clinician")
    kind = models.CharField(max_length=3, choices=Kind.choices)
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="supervisees"
    )
    active = models.BooleanField(default=True)
    allocation_hold = models.CharField(max_length=200, blank=True)
    desired_caseload = models.PositiveSmallIntegerField(default=10)
    self_booking = models.BooleanField(default=True, help_text="patients may choose free times themselves (APPT-3)")
    modalities = ArrayField(models.CharField(max_length=8), default=list)
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    gender = models.CharField(max_length=20, blank=True)
    sites = models.ManyToManyField("sites.Site", related_name="clinicians")

    objects = ClinicianQuerySet.as_manager()

    class Meta:
        ordering = ["user__name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(desired_caseload__lte=rules.MOST_CASES), name="clinician_caseload"
            ),
            models.CheckConstraint(
                condition=models.Q(modalities__contained_by=list(rules.MODALITIES)), name="clinician_modalities"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name} ({self.kind})"

    @property
    def overseer(self) -> User | None:
        """Who oversees the clinician: the named supervisor, else as cover the active one who oversees the fewest; None
        where nobody supervises. (TIME-5, TIME-17, NOTE-5)"""
        if self.supervised_by is not None:
            return self.supervised_by
        others = User.objects.filter(is_active=True, roles__role=Role.SUPERVISOR).exclude(pk=self.user_id)
        return others.annotate(held=models.Count("supervisees")).order_by("held", "pk").first()

    @property
    def supervised_by(self) -> User | None:
        """The named supervisor, None where nobody is named or whoever was is not there any more."""
        named = self.supervisor
        return named if named is not None and named.is_active and named.has_role(Role.SUPERVISOR) else None

    def stretches(self) -> Iterable[rules.Stretch]:
        """The weekly pattern as the rules know it, UK wall-clock time."""
        return [rules.Stretch(slot.weekday, slot.starts, slot.ends) for slot in self.availability.all()]

    def parts(self) -> frozenset[str]:
        """The parts of the week in which the clinician works, such as "mon-evening"."""
        return rules.parts_of(self.stretches())

    def open_hours(self, first: dt.date, last: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """When the clinician works from day to day, exceptions and leave counted (CLIN-5), as moments in UTC."""
        hours: dict[str, list[rules.DayHours]] = {HoursException.Kind.EXTRA: [], HoursException.Kind.BLOCKED: []}
        for row in self.exceptions.filter(day__range=(first, last)):
            hours[row.kind].append(rules.DayHours(row.day, row.starts, row.ends))
        return rules.open_hours(
            self.stretches(),
            extra=hours[HoursException.Kind.EXTRA],
            blocked=hours[HoursException.Kind.BLOCKED],
            leaves=self.leaves.filter(last_day__gte=first).values_list("first_day", "last_day"),
            first=first,
            last=last,
        )

    def documents_lacking(self, on: dt.date) -> list[str]:
        """The kinds of document that are missing or out of date on a day (CLIN-6)."""
        newest = {document.kind: document.expires_on for document in self.documents.all()}
        return rules.expired_documents(newest, ComplianceDocument.Kind.values, on)


class AvailabilitySlot(models.Model):
    """A stretch of a week in which the clinician works, in UK wall-clock time."""

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="availability")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="slot_weekday"),
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="slot_order"),
            models.UniqueConstraint(fields=["clinician", "weekday", "starts"], name="slot_once"),
        ]


class HoursException(models.Model):
    """Hours of one date beside the weekly pattern: worked as well, or not worked; UK wall-clock time (CLIN-5)."""

    class Kind(models.TextChoices):
        EXTRA = "extra", "Extra hours"
        BLOCKED = "blocked", "Not working"

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="exceptions")
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["day", "starts"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="exception_order"),
            models.UniqueConstraint(fields=["clinician", "day", "kind", "starts"], name="exception_once"),
        ]


class Leave(models.Model):
    """A stretch of days away, both days included."""

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="leaves")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="leave_order")
        ]


class ComplianceDocument(models.Model):
    """A document that must be in date for new allocations (accreditation, insurance, record check)."""

    class Kind(models.TextChoices):
        ACCREDITATION = "accreditation", "Accreditation"
        INSURANCE = "insurance", "Indemnity insurance"
        RECORD_CHECK = "record_check", "Criminal-record check"

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    expires_on = models.DateField()

    class Meta:
        ordering = ["expires_on"]
