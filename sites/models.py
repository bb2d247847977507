"""Sites (contracts with commissioners), their versioned policy and protocol (SITE-1 to SITE-3)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from audit.append_only import append_only_triggers


class Site(models.Model):
    """One contract with one commissioner."""

    code = models.SlugField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    commissioner = models.CharField(max_length=120)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contract_from = models.DateField()
    contract_to = models.DateField(null=True, blank=True)
    practices = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    postcode_districts = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    sources = ArrayField(models.CharField(max_length=20), default=list)
    steps = ArrayField(models.CharField(max_length=2), default=list)
    modalities = ArrayField(models.CharField(max_length=8), default=list)
    youngest_age = models.PositiveSmallIntegerField(default=18)
    allocation_paused = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """One version of a site's policy; `data` is checked by `sites.rules.Policy` before it is stored."""

    append_only = True

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    data = models.JSONField()
    applies_to_open_cases = models.BooleanField(default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["site", "version"], name="policy_version_once")
        ]
        triggers = append_only_triggers()


class ProtocolVersion(models.Model):
    """One version of a site's protocol page (prose in Markdown)."""

    append_only = True

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="protocols")
    version = models.PositiveIntegerField()
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["site", "version"], name="protocol_version_once")
        ]
        triggers = append_only_triggers()


class ProtocolAcknowledgement(models.Model):
    """A reader's word that a protocol version was read."""

    append_only = True

    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["protocol", "user"], name="protocol_read_once")
        ]
        triggers = append_only_triggers()
