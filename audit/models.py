"""Who read and who changed what (ACC-5). Rows are inserted, never changed; a case is named by its reference."""

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers


class AccessEntry(models.Model):
    """One opening of something in a patient's record by a member of staff."""

    append_only = True

    at = models.DateTimeField()
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case_ref = models.CharField(max_length=16, db_index=True)
    thing = models.CharField(max_length=40)
    verb = models.CharField(max_length=16)
    object_ref = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["case_ref", "-at"])]
        triggers = append_only_triggers()


class ChangeEntry(models.Model):
    """One change, or one event worth keeping such as a sign-in: from what to what, by whom."""

    append_only = True

    at = models.DateTimeField()
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    what = models.CharField(max_length=80)
    case_ref = models.CharField(max_length=16, blank=True, db_index=True)
    object_ref = models.CharField(max_length=64, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-id"]
        triggers = append_only_triggers()
