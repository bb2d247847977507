"""Sites (contracts with commissioners), their versioned policy and protocol (SITE-1 to SITE-3)."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts import access
from audit.append_only import append_only_triggers
from sites import rules


class SiteQuerySet(models.QuerySet["Site"]):
    """Scopes of sites."""

    def visible_to(self, user, thing: str, verb: str = "read", *, with_reason: bool = False) -> SiteQuerySet:
        """Sites of which the user may do `verb` to `thing` by the declared policy (ACC-4)."""
        return self.filter(access.allowed("site", user, thing, verb, with_reason=with_reason))

    def under_contract(self, day: dt.date) -> SiteQuerySet:
        """Sites whose contract runs on that day, both its days included."""
        return self.filter(Q(contract_to=None) | Q(contract_to__gte=day), contract_from__lte=day)

    def covering(self, practice: str, postcode: str) -> SiteQuerySet:
        """Sites that cover the GP practice; where none does, those that cover the postcode's district (SITE-1)."""
        listed = list(self.values_list("pk", "practices", "postcode_districts"))
        by_practice = [pk for pk, practices, _ in listed if rules.covers_practice(practices, practice)]
        by_district = [pk for pk, _, districts in listed if rules.district(postcode) in districts]
        return self.filter(pk__in=by_practice or by_district)


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

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contract_to=None) | Q(contract_to__gte=F("contract_from")), name="site_contract_order"
            ),
            models.CheckConstraint(condition=Q(steps__contained_by=list(rules.STEPS)), name="site_steps_known"),
            models.CheckConstraint(
                condition=Q(modalities__contained_by=list(rules.MODALITIES)), name="site_modalities_known"
            ),
            models.CheckConstraint(condition=Q(sources__contained_by=list(rules.SOURCES)), name="site_sources_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def current_policy_version(self) -> PolicyVersion:
        """The policy under which a case opened now would run (SITE-2)."""
        return cast(PolicyVersion, self.policies.first())

    @property
    def policy(self) -> rules.Policy:
        """The newest policy, typed; an open case may run under an older one."""
        return rules.Policy.from_data(self.current_policy_version.data)

    @property
    def current_protocol(self) -> ProtocolVersion | None:
        """The newest protocol page, if one was published (SITE-3)."""
        return self.protocols.first()

    @property
    def sources_in_words(self) -> list[str]:
        return [rules.SOURCES[source] for source in self.sources]

    @property
    def modalities_in_words(self) -> list[str]:
        return [rules.MODALITIES[modality] for modality in self.modalities]


class PolicyVersion(models.Model):
    """One version of a site's policy; `data` is checked by `sites.rules.Policy` before it is stored."""

    append_only = True

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    data = models.JSONField()
    applies_to_open_cases = models.BooleanField(default=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["site", "version"], name="policy_version_once")]
        triggers = append_only_triggers()

    def in_force(self, until: dt.datetime | None = None) -> PolicyVersion:
        """Return what a case that started under this version runs under: a later one only where it says so (SITE-2).

        `until` is the moment the case ended: what changed afterwards does not reach it.
        """
        later = PolicyVersion.objects.filter(site=self.site_id, version__gt=self.version, applies_to_open_cases=True)
        if until is not None:
            later = later.filter(at__lte=until)
        return later.first() or self


class ProtocolVersion(models.Model):
    """One version of a site's protocol page (prose in Markdown)."""

    append_only = True

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="protocols")
    version = models.PositiveIntegerField()
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["site", "version"], name="protocol_version_once")]
        triggers = append_only_triggers()

    def is_read_by(self, user) -> bool:
        """Tell whether the user has acknowledged this version (SITE-3)."""
        return self.readers.filter(user=user).exists()


class ProtocolAcknowledgement(models.Model):
    """A reader's word that a protocol version was read."""

    append_only = True

    protocol = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["protocol", "user"], name="protocol_read_once")]
        triggers = append_only_triggers()
