"""The person, what they agreed to, and how they may be reached."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from audit.append_only import append_only_triggers
from patients import rules


class Patient(models.Model):
    """A person referred to the service; the account is made when the person follows the invitation."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="patient",
    )
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    preferred_name = models.CharField(max_length=80, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    date_of_birth = models.DateField()
    nhs_number = models.CharField(max_length=10, blank=True)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=8)
    gp_practice = models.CharField(max_length=120)
    emergency_contact = models.CharField(max_length=200, blank=True)
    access_needs = models.TextField(blank=True)
    language = models.CharField(max_length=40, blank=True)
    clinician_gender = models.CharField(max_length=20, blank=True)
    search_key = models.CharField(max_length=200, db_index=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["nhs_number"],
                condition=~models.Q(nhs_number=""),
                name="nhs_number_once",
            )
        ]
        indexes = [models.Index(fields=["date_of_birth", "postcode"], name="patient_born_where")]

    def save(self, *args, **kwargs) -> None:
        self.search_key = rules.search_key(self.last_name, self.first_name)
        super().save(*args, **kwargs)

    @property
    def called(self) -> str:
        """The name the person wants to be called."""
        return self.preferred_name or self.first_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def agreed_channel(self) -> str:
        """The one channel agreed with somebody at risk at home; empty where there is no such risk (MSG-8)."""
        newest = self.safe_contacts.order_by("-at", "-id").first()
        return newest.channel if newest else ""

    def consent(self, kind: str) -> bool:
        """Tell whether the newest answer of this kind is yes; no answer is no.

        Under the flag "risk at home" the agreed channel alone is consented to, whatever was answered before (MSG-8).
        """
        if kind in rules.REACHES_HOME and (agreed := self.agreed_channel):
            return kind == agreed
        newest = self.consents.filter(kind=kind).order_by("-at", "-id").first()
        return newest is not None and newest.given

    @property
    def phone_for_texts(self) -> str:
        """The number of somebody who agreed to text messages, empty for anybody else (LET-6, MSG-1)."""
        return self.phone if self.phone and self.consent(Consent.Kind.TEXT) else ""


class Consent(models.Model):
    """One answer to one question of consent; the newest of a kind is in force (LET-5, LET-6)."""

    append_only = True

    class Kind(models.TextChoices):
        GP = "gp", "Inform the GP"
        POST = "post", "Post to the home address"
        VOICEMAIL = "voicemail", "Leave voicemail"
        TEXT = "text", "Send text messages"
        RESEARCH = "research", "Use de-identified data for research"
        TERMS = "terms", "Terms and cancellation policy"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    given = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class SafeContact(models.Model):
    """The flag "risk at home": from then on the person is reached by the agreed channel alone (MSG-8).

    The newest row is in force; one with an empty channel takes the flag off.
    """

    append_only = True

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="safe_contacts")
    channel = models.CharField(max_length=8, blank=True, choices=list(rules.SAFE_CHANNELS.items()))
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()
