"""The outbox: every e-mail and text message is a row written in the transaction that causes it."""

from django.db import models


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
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

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
    def is_waiting(self) -> bool:
        return self.sent_at is None and self.gave_up_at is None
