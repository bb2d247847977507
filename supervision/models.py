"""Supervision tickets and their written dialogue (SUP-1)."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients.models import CaseRecordQuerySet
from supervision import rules


class TicketQuerySet(CaseRecordQuerySet):
    """Scopes of tickets."""

    def still_open(self) -> TicketQuerySet:
        return self.exclude(state=rules.CLOSED)


class Ticket(models.Model):
    """A question of a clinician about a case, put to a supervisor."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        WAITING_CLINICIAN = "waiting_clinician", "Waiting for clinician"
        WAITING_SUPERVISOR = "waiting_supervisor", "Waiting for supervisor"
        CLOSED = "closed", "Closed"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("patients.Case", on_delete=models.PROTECT, related_name="tickets")
    type = models.CharField(max_length=20, choices=rules.type_choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tickets")
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    form = models.JSONField(default=dict)
    client_key = models.CharField(max_length=64, help_text="made by the form: a double click raises one ticket")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="when the supervisor's next answer is due; none while it waits")

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at"]
        constraints = [models.UniqueConstraint(fields=["case", "author", "client_key"], name="ticket_once_a_form")]
        indexes = [
            models.Index(fields=["supervisor", "opened_at"], condition=~models.Q(state="closed"), name="ticket_desk")
        ]
        triggers = [
            pgtrigger.FSM(name="ticket_states", field="state", transitions=rules.transition_pairs()),
            pgtrigger.Trigger(
                name="ticket_first_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state=rules.FIRST_STATE),
                func="RAISE EXCEPTION 'a ticket begins as open';",
            ),
            pgtrigger.ReadOnly(
                name="ticket_as_sent", fields=["ref", "case", "type", "author", "form", "client_key", "opened_at"]
            ),
            pgtrigger.Protect(name="ticket_stays", operation=pgtrigger.Delete),
        ]

    @property
    def kind(self) -> rules.Type:
        """What this type of ticket asks for and how it closes."""
        return rules.TYPES[self.type]

    @property
    def is_closed(self) -> bool:
        return self.state == rules.CLOSED


class TicketPost(models.Model):
    """One turn of a ticket's dialogue."""

    append_only = True

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="posts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=12, help_text="clinician or supervisor")
    text = models.TextField()
    client_key = models.CharField(max_length=64, help_text="made by the form: a double click writes once")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "by", "client_key"], name="post_once_a_form")]
        triggers = append_only_triggers()


class TicketClosing(models.Model):
    """The end of a ticket with its outcome."""

    append_only = True

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="closing")
    outcome = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
