"""Letters: a draft that lives, an approved letter that never changes, its dispatches (LET-1 to LET-5)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet


class LetterDraftQuerySet(CaseRecordQuerySet):
    """Drafts are the staff's: a patient reads a letter once it is sent (ACC-4)."""

    def visible_to(self, user, thing: str, verb: str = "read", *, with_reason: bool = False):
        """Drafts of the cases that the user may do `verb` to `thing` of; none for patients."""
        if user.is_authenticated and user.is_patient:
            return self.none()
        return super().visible_to(user, thing, verb, with_reason=with_reason)


class LetterDraft(models.Model):
    """A letter being written, submitted or queried back; `version` counts saves (MSG-9)."""

    class Kind(models.TextChoices):
        ASSESSMENT = "assessment", "Assessment letter"
        DISCHARGE = "discharge", "Discharge letter"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        QUERIED = "queried", "Queried back"
        APPROVED = "approved", "Approved"
        WITHDRAWN = "withdrawn", "Withdrawn"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="letter_drafts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    template_version = models.CharField(max_length=20)
    parts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    objects = LetterDraftQuerySet.as_manager()

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=models.Q(state__in=["draft", "submitted", "queried"]),
                name="letter_one_open_a_kind",
            )
        ]


class LetterEvent(models.Model):
    """One step in the life of a letter: started, submitted, queried, approved, sent, stopped, withdrawn."""

    append_only = True

    draft = models.ForeignKey(LetterDraft, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class LetterQuerySet(CaseRecordQuerySet):
    """A patient sees the letters sent to them, staff all of the case (ACC-4)."""

    def visible_to(self, user, thing: str, verb: str = "read", *, with_reason: bool = False):
        """Letters of the cases that the user may do `verb` to `thing` of; for patients the sent ones."""
        rows = super().visible_to(user, thing, verb, with_reason=with_reason)
        if user.is_authenticated and user.is_patient:
            return rows.filter(pk__in=Dispatch.objects.filter(recipient="patient", stopped="").values("letter"))
        return rows


class Letter(models.Model):
    """An approved letter, fixed at that moment; its PDF is made from `html` once, by a worker (LET-4)."""

    append_only = True

    ref = models.UUIDField(unique=True, editable=False, help_text="that of its draft")
    draft = models.OneToOneField(LetterDraft, on_delete=models.PROTECT, related_name="letter")
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=12, choices=LetterDraft.Kind.choices)
    html = models.TextField(help_text="the letter's body as rendered on approval, by our template alone")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["approved_at"]
        triggers = append_only_triggers()


class LetterFile(models.Model):
    """The one PDF of an approved letter."""

    append_only = True

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="pdf")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only_triggers()


class Dispatch(models.Model):
    """The decision to send a letter to one recipient, or the reason why it was stopped (LET-5)."""

    append_only = True

    class Recipient(models.TextChoices):
        PATIENT = "patient", "Patient"
        GP = "gp", "GP"

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="dispatches")
    recipient = models.CharField(max_length=10, choices=Recipient.choices)
    channel = models.CharField(max_length=10, help_text="page or folder")
    stopped = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "recipient"], condition=models.Q(stopped=""), name="letter_once_a_recipient"
            )
        ]
        triggers = append_only_triggers()


class DispatchReceipt(models.Model):
    """What became of a dispatch to the outbound folder: the file's name, or why it was stopped at the last moment."""

    append_only = True

    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, related_name="receipt")
    file_name = models.CharField(max_length=120, blank=True)
    stopped = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
