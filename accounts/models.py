"""People who sign in, and the roles they hold."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import cached_property

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import rules


class Role(models.TextChoices):
    """The roles of the service; a patient account never holds a staff role."""

    PATIENT = "patient", "Patient"
    CLINICIAN = "clinician", "Clinician"
    SUPERVISOR = "supervisor", "Supervisor"
    PATIENT_SERVICES = "patient_services", "Patient services"
    TRIAGE = "triage", "Triage clinician"
    FINANCE = "finance", "Finance"
    SAFEGUARDING = "safeguarding", "Safeguarding lead"
    DPO = "dpo", "Data protection officer"
    CLINICAL_LEAD = "clinical_lead", "Clinical lead"
    COMMISSIONER = "commissioner", "Commissioner"


class Theme(models.TextChoices):
    """Light or dark pages, or whatever the reader's device asks for (ACC-17)."""

    SYSTEM = "system", "As my device has it"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class TextSize(models.IntegerChoices):
    """The size of all text, in per cent of the usual one (ACC-17)."""

    USUAL = 100, "Usual"
    LARGE = 115, "Large"
    LARGER = 130, "Larger"
    LARGEST = 150, "Largest"


class Typeface(models.TextChoices):
    """The letters of all pages (ACC-17)."""

    PLAIN = "plain", "Source Sans, the usual one"
    CLEAR = "clear", "Atkinson Hyperlegible, with letters that are hard to mix up"


STAFF_ROLES = frozenset(Role.values) - {Role.PATIENT}


UK_ZONE = "Europe/London"


class UserManager(BaseUserManager["User"]):
    """Creates users known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields) -> User:
        """Return a new user; without a password the account cannot be signed in to until one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser):
    """Anyone who signs in; `name` is what others in the service see."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    # How this person likes pages (ACC-17); here because every page asks, with the person, in one query.
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    text_size = models.PositiveSmallIntegerField(choices=TextSize, default=TextSize.USUAL)
    typeface = models.CharField(max_length=5, choices=Typeface, default=Typeface.PLAIN)
    one_question = models.BooleanField(default=False, help_text="Questionnaires show one question at a time.")
    time_zone = models.CharField(max_length=40, default=UK_ZONE, help_text="in which times are shown (APPT-8)")
    enter_sends = models.BooleanField(null=True, help_text="Enter sends a line; unknown: where there is a mouse.")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(condition=models.Q(theme__in=Theme.values), name="user_theme_known"),
            models.CheckConstraint(condition=models.Q(text_size__in=TextSize.values), name="user_text_size_known"),
            models.CheckConstraint(condition=models.Q(typeface__in=Typeface.values), name="user_typeface_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The user's roles, read once per request."""
        return frozenset(self.roles.values_list("role", flat=True))

    def has_role(self, *roles: str) -> bool:
        """Tell whether the user holds any of the roles."""
        return not self.role_names.isdisjoint(roles)

    @property
    def is_patient(self) -> bool:
        return Role.PATIENT in self.role_names

    @property
    def is_staff_member(self) -> bool:
        return not self.role_names.isdisjoint(STAFF_ROLES)


class RoleGrant(models.Model):
    """One role of one user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_once_a_user"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_known"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="patient_never_staff",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR UPDATE;
                    IF EXISTS (
                        SELECT 1 FROM accounts_rolegrant other
                        WHERE other.user_id = NEW.user_id AND other.id IS DISTINCT FROM NEW.id
                          AND (other.role = 'patient') <> (NEW.role = 'patient')
                    ) THEN
                        RAISE EXCEPTION 'a patient account never holds a staff role';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]


class Device(models.Model):
    """A browser on which a person has signed in, known again by a cookie of its own (ACC-15)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    key = models.CharField(max_length=64, help_text="a digest of what the cookie holds")
    name = models.CharField(max_length=60)
    first_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="device_once_a_user")]

    def __str__(self) -> str:
        return self.name


def strictest_idle_seconds() -> int:
    return rules.STAFF_IDLE_MINUTES * 60


class SignIn(AbstractBaseSession):
    """A browser session: whose, on which device, when it was last used by hand, and when it locks (ACC-3).

    It is locked from `locks_at` on; nobody signed in: never.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sign_ins")
    device = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True, related_name="sign_ins")
    opened_at = models.DateTimeField()
    used_at = models.DateTimeField()
    locks_at = models.DateTimeField(null=True)
    idle_seconds = models.PositiveIntegerField(default=strictest_idle_seconds)

    # Whether another person is behind it than when it was read: then it begins anew.
    is_another = True

    @classmethod
    def of(cls, user: User, now: dt.datetime) -> models.QuerySet[SignIn]:
        """Those of a person that have not run out, the last used first."""
        return cls.objects.filter(user=user, expire_date__gt=now).select_related("device").order_by("-used_at")

    @classmethod
    def get_session_store_class(cls):
        from accounts.sessions import SessionStore

        return SessionStore

    def begin(self) -> None:
        """Count from now."""
        self.opened_at = self.used_at = timezone.now()
        self.locks_at = self.used_at + dt.timedelta(seconds=self.idle_seconds) if self.user_id else None

    def save(self, *, force_insert=False, force_update=False, using=None, update_fields=None) -> None:
        """Write what a request changed. What is noted of input is written by its own verbs, never over them."""
        if force_update and not self.is_another:
            update_fields = ["session_data", "expire_date", "user", "device"]
        elif force_update:
            update_fields = [field.name for field in self._meta.fields if field.name not in ("session_key", "ref")]
        super().save(force_insert=force_insert, force_update=force_update, using=using, update_fields=update_fields)

    def ends_in(self, now: dt.datetime) -> float:
        """Return how many seconds are left until one must sign in anew, whatever one does."""
        return (self.expire_date - now).total_seconds()

    @property
    def ends_in_seconds(self) -> int:
        """The same for a page, counted from now."""
        return int(self.ends_in(timezone.now()))

    def is_locked(self, now: dt.datetime) -> bool:
        return rules.is_locked(self.locks_at, now)
