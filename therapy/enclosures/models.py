"""What messages and lines of a session carry: files, and whatever other owners register (MSG-4, ROOM-11)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet
from therapy.enclosures.rules import LONGEST_LINK, LONGEST_LINK_WORDS


class CaseFile(models.Model):
    """A file that somebody handed in for a case; whoever may see the case's files may have it (ROOM-11)."""

    append_only = True

    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="files")
    upload = models.OneToOneField("files.Upload", on_delete=models.PROTECT, related_name="case_file")

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        triggers = append_only_triggers()

    @property
    def ref(self):
        """The reference of the file, as in its address."""
        return self.upload.ref


class SharedLink(models.Model):
    """A web address that a therapist sent to a patient, with what it is in their words (MSG-4)."""

    append_only = True

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="shared_links")
    url = models.CharField(max_length=LONGEST_LINK)
    words = models.CharField(max_length=LONGEST_LINK_WORDS, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CaseRecordQuerySet.as_manager()

    class Meta:
        triggers = append_only_triggers()


class Enclosure(models.Model):
    """One thing that a message or a line carries: `ref` is known to the owner of the `kind`, who resolves it."""

    append_only = True

    kind = models.CharField(max_length=20)
    ref = models.CharField(max_length=64)
    message = models.ForeignKey("therapy.Message", on_delete=models.PROTECT, null=True, related_name="enclosures")
    line = models.ForeignKey("therapy.Line", on_delete=models.PROTECT, null=True, related_name="enclosures")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "ref"], name="enclosure_of_a_thing")]
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=False, line__isnull=True) | Q(message__isnull=True, line__isnull=False),
                name="enclosure_in_one_place",
            ),
            models.UniqueConstraint(fields=["message", "kind", "ref"], name="enclosure_once_a_message"),
            models.UniqueConstraint(fields=["line", "kind", "ref"], name="enclosure_once_a_line"),
        ]
        triggers = append_only_triggers()
