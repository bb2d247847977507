"""The outbox: every e-mail and text message is a row written in the transaction that causes it; and choices."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from notices.catalogue import NOTICES
from notices.rules import UK, Window, zone_named


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    """Scopes of messages."""

    def waiting(self) -> OutboxQuerySet:
        return self.filter(sent_at=None, gave_up_at=None)

    def stuck(self, now: dt.datetime) -> OutboxQuerySet:
        """Those that should be out and are not because nobody got as far, or because the server is silent."""
        not_refused = models.Q(attempts=0) | models.Q(last_error__startswith="Unreachable")
        return self.waiting().filter(not_refused, not_before__lte=now)


class OutboxMessage(models.Model):
    """One message to one address; sent at least once, known by its key (TIME-0, ACC-7)."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        TEXT = "text", "Text message"

    key = models.CharField(max_length=160, unique=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    recipient = models.CharField(max_length=254)
    notice = models.CharField(max_length=40)
    case_ref = models.CharField(max_length=16, blank=True)
    link = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField(help_text="when it was to go out at the earliest")
    next_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True, help_text="when it is of no use any more, such as an event's start")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at", "id"], name="outbox_waiting", condition=models.Q(sent_at=None, gave_up_at=None)
            ),
            models.Index(fields=["case_ref", "notice", "recipient", "-not_before"], name="outbox_last_told"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.pk}"

    @property
    def way(self) -> str:
        """The channel in words, within a sentence."""
        return "an e-mail" if self.channel == self.Channel.EMAIL else "a text message"

    @property
    def about(self) -> str:
        """What it is about, in words: the subject of its notice, or the bare name where no such notice is sent now."""
        notice = NOTICES.get(self.notice)
        return notice.subject if notice else self.notice

    @property
    def is_waiting(self) -> bool:
        return self.sent_at is None and self.gave_up_at is None


class Preferences(models.Model):
    """What one person wants to be told and when not (ACC-17); whoever has no row is told by e-mail and, after agreeing
    to texts, by text message as well."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences")
    switched_off = ArrayField(
        models.CharField(max_length=40), default=list, help_text='"group:channel", such as "day_before:text"'
    )
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_two_ends",
            )
        ]

    def wants(self, group: str, channel: str) -> bool:
        """Tell whether notices of a group come by a channel; what belongs to no group always does."""
        return not group or f"{group}:{channel}" not in self.switched_off

    @property
    def quiet(self) -> Window | None:
        """The person's quiet hours by the clock on their wall, or None."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return None
        return (self.quiet_from, self.quiet_until)

    @property
    def zone(self) -> ZoneInfo:
        """Where the person's clock hangs: the zone in which they want to see times (APPT-8), else the UK."""
        return zone_named(self.user.time_zone) if self.user_id else UK


def preferences_of(user) -> Preferences:
    """Return what a person chose, or what holds for whoever has not chosen; asks the database once."""
    found = Preferences.objects.filter(user=user).first() if user is not None else None
    if found is not None:
        found.user = user
    return found or Preferences(user=user, changed_at=dt.datetime.min.replace(tzinfo=dt.UTC))
