"""Appointments and everything that happened to them (APPT-1 to APPT-21)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from audit.append_only import append_only_triggers
from clinicians.models import Clinician
from patients.models import CaseRecordQuerySet, Patient
from therapy.appointments import rules
from therapy.appointments.triggers import TRIGGERS


class Int8Range(Func):
    """`int8range(a, a, '[]')`: equality as a range, since the build has no btree_gist."""

    function = "int8range"


def _one_at_a_time(field: str, name: str) -> ExclusionConstraint:
    """Return the constraint that nobody in `field` has two overlapping appointments that hold time (APPT-4)."""
    return ExclusionConstraint(
        name=name,
        expressions=[
            (Int8Range(F(field), F(field), Value("[]")), RangeOperators.OVERLAPS),
            ("during", RangeOperators.OVERLAPS),
        ],
        condition=Q(status__in=sorted(rules.HOLDING_STATUSES)),
    )


class AppointmentQuerySet(CaseRecordQuerySet):
    """Scopes of appointments."""

    def own(self, user) -> AppointmentQuerySet:
        """A patient's own, or a clinician's over all cases; by one person's number, so that an index can answer."""
        if user.is_patient:
            return self.filter(patient=Patient.objects.filter(user=user).order_by().values("pk")[:1])
        return self.filter(clinician=Clinician.objects.filter(user=user).order_by().values("pk")[:1])

    def upcoming(self, at: dt.datetime) -> AppointmentQuerySet:
        """Offered or confirmed ones not yet over at `at`."""
        ahead = {"during__gt": (at - rules.LONGEST, None), "during__endswith__gt": at}
        return self.filter(status__in=rules.OPEN_STATUSES, **ahead)

    def past(self, at: dt.datetime) -> AppointmentQuerySet:
        """Everything that is not to come any more at `at`, newest first; a start is sorted faster than a range."""
        gone = self.exclude(status__in=rules.OPEN_STATUSES, during__endswith__gt=at)
        return gone.order_by(F("during__startswith").desc())

    def whole(self, *related: str, order: str = "during") -> AppointmentQuerySet:
        """These rows, or a slice of them, with what hangs on them: joined to these alone, not to all they are of."""
        return Appointment.objects.filter(pk__in=self.values("pk")).select_related(*related).order_by(order)

    def left_open(self, at: dt.datetime) -> AppointmentQuerySet:
        """Confirmed ones whose time is over at `at` and that nobody ended (APPT-19)."""
        return self.filter(status="confirmed", during__endswith__lte=at)

    def clashing(self, starts_at: dt.datetime, ends_at: dt.datetime) -> AppointmentQuerySet:
        """Those that hold any of the time from `starts_at` to `ends_at` (APPT-4)."""
        return self.between(starts_at, ends_at).filter(status__in=rules.HOLDING_STATUSES)

    def between(self, starts_at: dt.datetime, ends_at: dt.datetime) -> AppointmentQuerySet:
        """Those of any status that lie, if only in part, between two moments.

        The first two conditions say nothing new; they are what the index on (clinician, during) can answer.
        """
        nearby = {"during__gt": (starts_at - rules.LONGEST, None), "during__lt": (ends_at, None)}
        return self.filter(**nearby, during__startswith__lt=ends_at, during__endswith__gt=starts_at)


class Appointment(models.Model):
    """One meeting of a patient and the clinician of the case."""

    class Status(models.TextChoices):
        OFFERED = "offered", "Offered"
        CONFIRMED = "confirmed", "Confirmed"
        DECLINED = "declined", "Declined"
        LAPSED = "lapsed", "Lapsed"
        CANCELLED = "cancelled", "Cancelled"
        LATE_CANCELLED = "late_cancelled", "Late cancellation"
        CLINICIAN_CANCELLED = "clinician_cancelled", "Cancelled by clinician"
        COMPLETED = "completed", "Completed"
        COMPLETED_LATE = "completed_late", "Completed late"
        DNA = "dna", "Did not attend"
        ABORTED = "aborted", "Aborted"

    class Kind(models.TextChoices):
        ASSESSMENT = "assessment", "Assessment"
        TREATMENT = "treatment", "Treatment"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="appointments")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    clinician = models.ForeignKey("clinicians.Clinician", on_delete=models.PROTECT, related_name="appointments")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    modality = models.CharField(max_length=8, default="typed")
    minutes = models.PositiveSmallIntegerField()
    during = DateTimeRangeField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.OFFERED)
    short_notice = models.BooleanField(default=False)
    confirm_by = models.DateTimeField(help_text="the last moment to confirm or decline (APPT-5)")
    offered_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    series = models.UUIDField(null=True, editable=False, help_text="shared by those offered in one go (APPT-10)")
    client_key = models.CharField(
        max_length=64, unique=True, help_text="made by the form, so that a double click books once"
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["during"]
        indexes = [models.Index(fields=["clinician", "during"])]
        constraints = [
            _one_at_a_time("clinician", "clinician_one_at_a_time"),
            _one_at_a_time("patient", "patient_one_at_a_time"),
        ]
        triggers = TRIGGERS

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.case.ref}"

    @property
    def starts_at(self) -> dt.datetime:
        return self.during.lower

    @property
    def ends_at(self) -> dt.datetime:
        return self.during.upper

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.status in rules.OPEN_STATUSES

    def may_be_answered(self, at: dt.datetime) -> bool:
        """Whether the patient can confirm or decline it at a moment (APPT-5)."""
        return self.status == "offered" and at <= self.confirm_by

    @property
    def note_is_owed(self) -> bool:
        """Whether a clinical note is owed of it: it took place, or should have (NOTE-1)."""
        return self.status in rules.NOTED_STATUSES

    @property
    def tag_colour(self) -> str:
        return rules.TAG_COLOURS.get(self.status, "grey")

    @property
    def cancellation_notice(self) -> dt.timedelta:
        """How long before the start a confirmed appointment can be cancelled in time, by the case's policy."""
        return dt.timedelta(hours=self.case.policy.cancellation_notice_hours)

    @property
    def notice_hours(self) -> int:
        """The same in hours, as pages say it."""
        return self.case.policy.cancellation_notice_hours

    @property
    def free_until(self) -> dt.datetime:
        """The last moment at which cancelling has no consequence (APPT-12)."""
        return rules.free_until(self.starts_at, self.cancellation_notice)

    @property
    def room_opens_at(self) -> dt.datetime:
        return rules.room_opens_at(self.starts_at)


EVENT_WORDS = {
    "chosen": "Chosen by the patient",
    "kept open": "Kept open until the start",
    "nudged": "We wrote that the therapist is waiting",
    "joined by patient": "The patient came into the room",
    "joined by clinician": "The therapist came into the room",
}
# The same where the patient reads it.
PATIENT_WORDS = {
    "chosen": "Chosen by you",
    "joined by patient": "You came into the room",
    "joined by clinician": "Your therapist came into the room",
    "nudged": "We wrote to you that your therapist is waiting",
    "aborted": "Stopped because of technical trouble",
}


class AppointmentEvent(models.Model):
    """One thing that happened to an appointment: what, who, when (APPT-21)."""

    append_only = True

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()

    @property
    def words(self) -> str:
        """What happened, as the history shows it."""
        return dict(Appointment.Status.choices).get(self.what) or EVENT_WORDS.get(self.what, self.what.capitalize())

    @property
    def words_for_patient(self) -> str:
        """What happened, as the history shows it to the patient."""
        return PATIENT_WORDS.get(self.what, self.words)


class Cancellation(models.Model):
    """A cancellation and its verdict; billing reads the verdict and never judges again."""

    append_only = True

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="cancellation")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, help_text="patient or clinician")
    late = models.BooleanField()
    was_confirmed = models.BooleanField()
    reason = models.TextField(blank=True)
    rule = models.CharField(max_length=200, help_text="the rule's reason, in words")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class Move(models.Model):
    """One action that cancelled an appointment and put another in its place (APPT-11)."""

    append_only = True

    old = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="moved_to")
    new = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="moved_from")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, help_text="who wished it: patient or clinician")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class Outcome(models.Model):
    """The one outcome with which the clinician ended the session (APPT-19)."""

    append_only = True

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="outcome")
    outcome = models.CharField(max_length=20)
    was_confirmed = models.BooleanField()
    lost_seconds = models.PositiveIntegerField(default=0, help_text="measured without connection, whoever lost it")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class Correction(models.Model):
    """An outcome corrected after the fact: what it was, what it should have been, why (APPT-21)."""

    append_only = True

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="corrections")
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()
