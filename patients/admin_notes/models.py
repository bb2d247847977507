"""The general admin notes of a case, and what was done about those that asked for something (NOTE-4)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.cases.models import Case, CaseRecordQuerySet


class AdminNoteQuerySet(CaseRecordQuerySet):
    """Scopes of the general admin notes."""

    def waiting(self) -> AdminNoteQuerySet:
        """Entries that patient services were asked to deal with and have not closed, the longest waiting first."""
        return self.filter(asked=True, closing=None).order_by("at", "id")

    def spoken(self) -> list[dt.datetime]:
        """When somebody spoke with the patient by telephone; an entry that was put right does not count (ENG-4)."""
        rows = AdminNote.objects.filter(pk__in=self.values("pk"), reached=AdminNote.Reached.SPOKE, corrections=None)
        return [row.spoken_at for row in rows.select_related("corrects")]

    def as_shown(self) -> AdminNoteQuerySet:
        """Entries with writers, what they correct, the newest correction of each (`corrected_by`) and the closing."""
        newest = AdminNote.objects.filter(corrects=models.OuterRef("pk")).order_by("-at", "-id")
        rows = self.select_related("by", "corrects", "closing__by")
        return rows.annotate(corrected_by=models.Subquery(newest.values("ref")[:1]))


class AdminNote(models.Model):
    """One entry of the general admin notes, the chronological log of a case (NOTE-4).

    A correction is an entry of its own that names the one it corrects; one that is `asked` is a task for patient
    services until it is closed.
    """

    append_only = True

    class Kind(models.TextChoices):
        TRIAGE = "triage", "Triage"
        HANDOVER = "handover", "Handover"
        CALL = "call", "Call"
        LETTER = "letter", "Letter asked for"
        SAFEGUARDING = "safeguarding", "Safeguarding"
        RATIONALE = "rationale", "Rationale"
        OTHER = "other", "Other"

    class Reached(models.TextChoices):
        SPOKE = "spoke", "Spoke with the patient"
        VOICEMAIL = "voicemail", "Left a voicemail"
        NO_ANSWER = "no_answer", "No answer"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="admin_notes")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    reached = models.CharField(max_length=10, choices=Reached.choices, blank=True, default="", help_text="of a call")
    text = models.TextField()
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    asked = models.BooleanField(default=False, help_text="addressed to patient services as a task")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = AdminNoteQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["at"], condition=models.Q(asked=True), name="admin_note_asked")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reached="") | models.Q(kind="call"), name="admin_note_reached_by_call"
            )
        ]
        triggers = append_only_triggers()

    @property
    def is_word(self) -> bool:
        """Whether it says that somebody spoke with the patient."""
        return self.reached == self.Reached.SPOKE

    @property
    def spoken_at(self) -> dt.datetime:
        """When it was first said so: a correction of other words does not make the call a later one."""
        before = self.corrects
        return before.spoken_at if before is not None and before.is_word else self.at


class AdminNoteClosing(models.Model):
    """What patient services did about an entry that was addressed to them, in a word (NOTE-4)."""

    append_only = True

    note = models.OneToOneField(AdminNote, on_delete=models.PROTECT, related_name="closing")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
