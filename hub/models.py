"""The library of message templates (MSG-3): every version is a row, the newest is in force."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.access import ServiceQuerySet
from audit.append_only import append_only_triggers
from hub import rules


class MessageTemplateQuerySet(ServiceQuerySet):
    """Scopes of message templates."""

    def in_force(self) -> MessageTemplateQuerySet:
        """The newest version of each template."""
        later = MessageTemplate.objects.filter(slug=models.OuterRef("slug"), version__gt=models.OuterRef("version"))
        return self.filter(~models.Exists(later))


class MessageTemplate(models.Model):
    """One version of a template; a change is a new row, and so is going back to an earlier text."""

    append_only = True

    slug = models.SlugField(max_length=30)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=rules.LONGEST_TITLE)
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["slug", "-version"]
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="message_template_version_once")]
        triggers = append_only_triggers()

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"

    @property
    def kind(self) -> rules.Kind:
        return rules.KINDS[self.slug]
