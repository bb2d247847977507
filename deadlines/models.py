"""Durable timers (TIME-0). The time is passed in by the application; nothing here asks the database for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone

from audit.append_only import append_only_triggers
from deadlines import registry, rules, teams


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Scopes of deadlines."""

    def open(self) -> DeadlineQuerySet:
        return self.filter(state=Deadline.State.OPEN)

    def claimable(self, at: dt.datetime) -> DeadlineQuerySet:
        """Open deadlines whose reminder or due time has come."""
        return self.open().filter(next_at__lte=at)

    def owed(self) -> DeadlineQuerySet:
        """What somebody still has to do: open, or missed and not done since; soonest first (TIME-21)."""
        missed = models.Q(state=Deadline.State.MISSED, settled_at=None)
        return self.filter(models.Q(state=Deadline.State.OPEN) | missed).order_by("due_at", "id")

    def covered_by(self, user) -> DeadlineQuerySet:
        """What this user still has to do on cases because they oversee whoever has them."""
        return self.owed().filter(owner=user, kind__in=registry.overseeing()).exclude(case_ref="")

    def overseen(self, case_refs: Iterable[str], at: dt.datetime) -> DeadlineQuerySet:
        """What waits for whoever oversees these cases, whoever has it at the moment; not what is the clinician's
        until its time comes."""
        still_theirs = models.Q(owner=None, kind__in=registry.overseen_by_nobody(), due_at__gt=at)
        return self.owed().filter(kind__in=registry.overseeing(), case_ref__in=list(case_refs)).exclude(still_theirs)

    def owed_by(self, user, at: dt.datetime | None = None) -> DeadlineQuerySet:
        """What this user still has to do, alone or as one of a team, soonest first (TIME-21).

        What a team owes stands there in its last month: nobody begins with it sooner. What would stand on nobody's
        list, since a team has no members, nobody oversees the case or its owner has left, stands on the lead's.
        """
        theirs, at = models.Q(owner=user), at or timezone.now()
        soon = at + rules.TEAM_BEGINS_BEFORE
        if teams.leads(user):
            theirs |= models.Q(owner=None, kind__in=registry.overseen_by_nobody(), due_at__lte=at)
            theirs |= models.Q(owner__in=teams.staff_who_left(), kind__in=registry.still_owed(), due_at__lte=soon)
        if kinds := registry.owed_by_team(teams.taken_up_by(user)):
            theirs |= models.Q(owner=None, kind__in=kinds, due_at__lte=soon)
        return self.owed().filter(theirs)

    def overdue(self) -> DeadlineQuerySet:
        """Missed and not done since, the longest waiting first."""
        return self.owed().filter(state=Deadline.State.MISSED)


class Deadline(models.Model):
    """What must be done, by whom, by when; `next_at` is the sooner of reminder not yet given and due."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        MET = "met", "Met"
        MISSED = "missed", "Missed"
        CANCELLED = "cancelled", "Cancelled"

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    case_ref = models.CharField(max_length=16, blank=True, db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="deadlines")
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True, help_text="when a missed one was done or fell away")
    settled_by = models.CharField(max_length=80, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="deadline_once"),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at=None)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
                name="deadline_closed_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_at=None) | models.Q(state="missed"),
                name="deadline_settled_was_missed",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], name="deadline_next", condition=models.Q(state="open")),
            models.Index(fields=["case_ref", "next_at"], name="deadline_lane", condition=models.Q(state="open")),
            models.Index(
                fields=["next_at"], name="deadline_retrying", condition=models.Q(state="open", attempts__gt=0)
            ),
            models.Index(fields=["owner", "due_at"], name="deadline_owner", condition=models.Q(state="open")),
            models.Index(
                fields=["owner", "due_at"],
                name="deadline_overdue",
                condition=models.Q(state="missed", settled_at=None),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="deadline_states",
                field="state",
                transitions=[
                    (before, after) for before, all_after in rules.TRANSITIONS.items() for after in sorted(all_after)
                ],
            ),
            pgtrigger.Trigger(
                name="deadline_first_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="open"),
                func="RAISE EXCEPTION 'a deadline begins open';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def label(self) -> str:
        """What must be done, in words for the person who owes it."""
        return registry.label_of(self.kind)

    @property
    def who(self) -> str:
        """Who owes it, in words: a person, a team, whoever oversees the case, or what machines do by themselves."""
        if self.owner is not None:
            return self.owner.name
        if self.kind in registry.overseen_by_nobody():
            return "whoever oversees the case"
        return registry.team_of(self.kind).replace("_", " ") or "done by the service itself"

    @property
    def url(self) -> str:
        """The page where it is done; empty where its kind has none."""
        return registry.url_of(self)

    @property
    def is_movable(self) -> bool:
        """Whether a person may give it another time (TIME-24)."""
        return self.state == self.State.OPEN and registry.is_movable(self.kind)

    @property
    def colour(self) -> str:
        """The tag that goes with the words of the state, which say the same."""
        return {"open": "blue", "met": "green", "missed": "red", "cancelled": "grey"}[self.state]

    def is_due(self, at: dt.datetime) -> bool:
        return self.due_at <= at


class DeadlineMove(models.Model):
    """One moving of a deadline by a person: from when to when, who, why (TIME-24)."""

    append_only = True

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="moves")
    before = models.DateTimeField()
    after = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class OperatorTask(models.Model):
    """Something that machines failed at and a person must look at."""

    key = models.CharField(max_length=120, unique=True)
    what = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class Heartbeat(models.Model):
    """The last time that a named part of the machinery finished its round."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
