"""The typed session and its transcript (ROOM-1 to ROOM-8)."""

from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import F

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet
from therapy.room.rules import EVENT_PREFIX


class SessionQuerySet(CaseRecordQuerySet):
    """Sessions are reached through their appointment's case."""

    case_path = "appointment__case"


class Session(models.Model):
    """The room of one appointment; `head` is the sequence number of its newest line."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appointment = models.OneToOneField("therapy.Appointment", on_delete=models.PROTECT, related_name="session")
    patient_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    clinician_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    head = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="session_only_onwards",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.head < OLD.head OR NEW.appointment_id <> OLD.appointment_id"
                    " OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at IS DISTINCT FROM OLD.ended_at"
                    " OR NEW.head <> OLD.head))"
                ),
            ),
            pgtrigger.Protect(name="session_stays", operation=pgtrigger.Delete),
        ]

    @property
    def case(self):
        return self.appointment.case

    def side_of(self, user) -> str:
        """Return "patient" or "clinician", or an empty string for anybody else (ROOM-4)."""
        return {self.patient_user_id: "patient", self.clinician_user_id: "clinician"}.get(user.pk, "")

    @transaction.atomic
    def note_event(self, what: str, *, by, at: dt.datetime, text: str = "", **changes) -> bool:
        """Give an event its place among the lines, once a person; tell whether it is new and the session open.

        Every change of the timeline has a sequence number, so that nobody can miss it (ROOM-2).
        """
        cid = f"{EVENT_PREFIX}{what}"
        open_rows = Session.objects.filter(pk=self.pk, ended_at=None)
        if self.lines.filter(sender=by, cid=cid).exists() or not open_rows.update(head=F("head") + 1, **changes):
            return False
        self.refresh_from_db(fields=["head", *changes])
        Line.objects.create(session=self, seq=self.head, cid=cid, sender=by, kind=Line.EVENT, text=text or what, at=at)
        return True

    def close(self, *, by, at: dt.datetime) -> bool:
        """End the session for good; nothing is written to it afterwards (APPT-19)."""
        return self.note_event("ended", by=by, at=at, ended_at=at)


class Line(models.Model):
    """One line of the transcript; `text` is kept as typed."""

    append_only = True
    LINE, EVENT, FILE = "line", "event", "file"

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="lines")
    seq = models.PositiveIntegerField()
    cid = models.CharField(max_length=64)
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, default="line", help_text="line, event or file")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="line_one_a_number"),
            models.UniqueConstraint(fields=["session", "sender", "cid"], name="line_once_a_cid"),
            models.CheckConstraint(condition=models.Q(cid__regex=r"^[\x21-\x7e]{1,64}$"), name="line_cid_printable"),
        ]
        triggers = append_only_triggers()


class SentInError(models.Model):
    """The sender's word that a line was not meant for here; the line itself stays (ROOM-8)."""

    append_only = True

    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="sent_in_error")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class Presence(models.Model):
    """When each side was first and last heard of in the room (a heartbeat, never a counter).

    `heard_at` decides who counts as present now and is set back when somebody is gone; `since`, `last_at`, `gone` and
    `left_room` are the newest stretch of connection, whose predecessors are rows of their own (APPT-17).
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    since = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    gone = models.BooleanField(default=False, help_text="the connection was closed since the last word")
    left_room = models.BooleanField(default=False, help_text="and it was the person who left, by their page's word")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="presence_once_a_side")]


class SeenMark(models.Model):
    """The newest line that each side has had on screen."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="seen_marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="seen_mark_once_a_side")]


class LineDraft(models.Model):
    """What a side is typing, kept on the server so that a reload loses nothing (ROOM-3).

    `version` counts its changes and `page` names the open page that made the newest one, so that two windows of one
    person never overwrite each other unseen (MSG-9).
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    page = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="line_draft_once_a_side")]


class ConfidentialityStatement(models.Model):
    """The confidentiality statement was posted in this session, as the line of this number (ROOM-7)."""

    append_only = True

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="confidentiality")
    seq = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()


class ConfidentialityAnswer(models.Model):
    """What became of a statement: the patient's answer, or at the end the clinician's word why there is none."""

    append_only = True

    class Answer(models.TextChoices):
        AGREED = "agreed", "Agreed"
        DECLINED = "declined", "Declined"
        UNANSWERED = "unanswered", "Not answered"

    statement = models.ForeignKey(ConfidentialityStatement, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=12, choices=Answer.choices)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class LookIn(models.Model):
    """A clinician's request that the supervisor may look in on one session (ROOM-1)."""

    append_only = True

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    appointment = models.ForeignKey("therapy.Appointment", on_delete=models.PROTECT, related_name="look_ins")
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class LookInWord(models.Model):
    """A word on a request: the patient agrees or declines, either of the two takes it back; the newest stands."""

    append_only = True

    look_in = models.ForeignKey(LookIn, on_delete=models.PROTECT, related_name="words")
    word = models.CharField(max_length=10, help_text="agreed, declined or withdrawn")
    side = models.CharField(max_length=10, help_text="patient or clinician")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class LookInSeat(models.Model):
    """When a supervisor who looks in was last heard of (a heartbeat, never a counter)."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="look_in_seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    heard_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="look_in_seat_once")]
