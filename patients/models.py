"""The person, contact and consents, the case and its states, what keeps it from leaving, admin notes."""

from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import cached_property

from accounts import access
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


class CaseQuerySet(models.QuerySet["Case"]):
    """Scopes of cases."""

    def visible_to(
        self,
        user,
        thing: str = "case",
        verb: str = "read",
        *,
        with_reason: bool = False,
    ) -> CaseQuerySet:
        """Cases of which the user may do `verb` to `thing` by the declared policy (ACC-4)."""
        return self.filter(access.allowed("case", user, thing, verb, with_reason=with_reason))

    def active(self) -> CaseQuerySet:
        return self.filter(state__in=rules.ACTIVE_STATES)

    def open(self) -> CaseQuerySet:
        return self.exclude(state__in=rules.ENDED_STATES)


class Case(models.Model):
    """One episode of care of one patient under one site's contract."""

    class State(models.TextChoices):
        REFERRED = "referred", "Referred"
        IN_TRIAGE = "in_triage", "In triage"
        WAITING = "waiting", "Waiting"
        ALLOCATED = "allocated", "Allocated"
        ASSESSMENT = "assessment", "Assessment"
        TREATMENT = "treatment", "Treatment"
        ON_HOLD = "on_hold", "On hold"
        DISCHARGING = "discharging", "Discharging"
        DISCHARGED = "discharged", "Discharged"
        DECLINED = "declined", "Declined"
        SIGNPOSTED = "signposted", "Signposted"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Step(models.TextChoices):
        TWO = "2", "Step 2"
        THREE = "3", "Step 3"
        THREE_PLUS = "3+", "Step 3+"

    ref = models.CharField(max_length=16, unique=True, default=rules.new_case_ref, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="cases")
    site = models.ForeignKey("sites.Site", on_delete=models.PROTECT, related_name="cases")
    policy_version = models.ForeignKey("sites.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=State.choices, default=State.REFERRED, db_index=True)
    provisional_step = models.CharField(max_length=2, choices=Step.choices, blank=True)
    pre_assessed = models.BooleanField(default=False, help_text="the referrer has assessed already (APPT-24)")
    step = models.CharField(max_length=2, choices=Step.choices, blank=True)
    problem = models.CharField(max_length=40, blank=True)
    protocol = models.CharField(max_length=80, blank=True)
    modality = models.CharField(max_length=8, default="typed")
    clinician = models.ForeignKey(
        "clinicians.Clinician",
        on_delete=models.PROTECT,
        null=True,
        related_name="cases",
    )
    wished_hours = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    referred_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["referred_at"]
        triggers = [
            pgtrigger.FSM(
                name="case_states",
                field="state",
                transitions=[
                    (before, after) for before, afters in rules.CASE_TRANSITIONS.items() for after in sorted(afters)
                ],
            ),
            pgtrigger.Trigger(
                name="case_first_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state=rules.FIRST_STATE),
                func="RAISE EXCEPTION 'a case begins as referred';",
            ),
            pgtrigger.Trigger(
                name="case_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state", "clinician_id"),
                func=f"""
                    IF ((NEW.state IS DISTINCT FROM OLD.state
                         AND NEW.state IN ({", ".join(f"'{s}'" for s in sorted(rules.LEAVING_STATES))})
                         AND NOT (OLD.state IN ({", ".join(f"'{s}'" for s in sorted(rules.UNDECIDED_STATES))})
                                  AND NEW.state = 'waiting'))
                        OR (OLD.clinician_id IS NOT NULL
                            AND NEW.clinician_id IS DISTINCT FROM OLD.clinician_id))
                       AND EXISTS (
                        SELECT 1 FROM patients_stayreason stay
                        WHERE stay.case_id = NEW.id AND stay.closed_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'the case has an open reason to stay';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - the states are constants of our own
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @cached_property
    def policy(self):
        """The policy that this case runs under, as `sites.rules.Policy`; asked for once after each reading (SITE-2)."""
        from sites.rules import Policy

        return Policy.from_data(self.policy_version.in_force(self.ended_at).data)

    def refresh_from_db(self, *args, **kwargs) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.__dict__.pop("policy", None)

    @property
    def step_or_provisional(self) -> str:
        return self.step or self.provisional_step


class CaseRecordQuerySet(models.QuerySet):
    """Base of query sets over records that hang on a case: reached only through who may see the case."""

    case_path = "case"

    def visible_to(self, user, thing: str, verb: str = "read", *, with_reason: bool = False):
        """Rows whose case lets the user do `verb` to `thing` (ACC-4)."""
        cases = Case.objects.visible_to(user, thing, verb, with_reason=with_reason)
        return self.filter(**{f"{self.case_path}__in": cases.values("pk")})


class CaseEvent(models.Model):
    """One step of a case from state to state: who, when, why (REF-8)."""

    append_only = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class CaseDetail(models.Model):
    """One setting of step, problem and protocol of a case; the newest is in force (NOTE-5)."""

    append_only = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="details")
    step = models.CharField(max_length=2, blank=True)
    problem = models.CharField(max_length=40, blank=True)
    protocol = models.CharField(max_length=80, blank=True)
    needs_agreement = models.BooleanField(default=False, help_text="the supervisor must agree to the protocol (NOTE-5)")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        triggers = append_only_triggers()


class StayReason(models.Model):
    """Something that keeps a case from leaving, written by risk and supervision (RISK-8, ENG-7, DIS-2)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stay_reasons")
    kind = models.CharField(max_length=30)
    ref = models.CharField(max_length=64)
    what = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind", "ref"], name="stay_reason_once")]


class AdminNoteQuerySet(CaseRecordQuerySet):
    """Scopes of the general admin notes."""

    def waiting(self) -> AdminNoteQuerySet:
        """Entries that patient services were asked to deal with and have not closed, the longest waiting first."""
        return self.filter(asked=True, closing=None).order_by("at", "id")

    def spoken(self) -> list[dt.datetime]:
        """When somebody spoke with the patient by telephone; an entry that was put right does not count (ENG-4)."""
        rows = AdminNote.objects.filter(pk__in=self.values("pk"), reached=AdminNote.Reached.SPOKE, corrections=None)
        return [row.spoken_at for row in rows.select_related("corrects")]

    def as_shown(self) -> AdminNoteQuerySet:
        """Entries with writers, what they correct, the newest correction of each (`corrected_by`) and the closing."""
        newest = AdminNote.objects.filter(corrects=models.OuterRef("pk")).order_by("-at", "-id")
        rows = self.select_related("by", "corrects", "closing__by")
        return rows.annotate(corrected_by=models.Subquery(newest.values("ref")[:1]))


class AdminNote(models.Model):
    """One entry of the general admin notes, the chronological log of a case (NOTE-4).

    A correction is an entry of its own that names the one it corrects; one that is `asked` is a task for patient
    services until it is closed.
    """

    append_only = True

    class Kind(models.TextChoices):
        TRIAGE = "triage", "Triage"
        HANDOVER = "handover", "Handover"
        CALL = "call", "Call"
        LETTER = "letter", "Letter asked for"
        SAFEGUARDING = "safeguarding", "Safeguarding"
        RATIONALE = "rationale", "Rationale"
        OTHER = "other", "Other"

    class Reached(models.TextChoices):
        SPOKE = "spoke", "Spoke with the patient"
        VOICEMAIL = "voicemail", "Left a voicemail"
        NO_ANSWER = "no_answer", "No answer"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="admin_notes")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    reached = models.CharField(max_length=10, choices=Reached.choices, blank=True, default="", help_text="of a call")
    text = models.TextField()
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    asked = models.BooleanField(default=False, help_text="addressed to patient services as a task")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = AdminNoteQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["at"], condition=models.Q(asked=True), name="admin_note_asked")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reached="") | models.Q(kind="call"), name="admin_note_reached_by_call"
            )
        ]
        triggers = append_only_triggers()

    @property
    def is_word(self) -> bool:
        """Whether it says that somebody spoke with the patient."""
        return self.reached == self.Reached.SPOKE

    @property
    def spoken_at(self) -> dt.datetime:
        """When it was first said so: a correction of other words does not make the call a later one."""
        before = self.corrects
        return before.spoken_at if before is not None and before.is_word else self.at


class AdminNoteClosing(models.Model):
    """What patient services did about an entry that was addressed to them, in a word (NOTE-4)."""

    append_only = True

    note = models.OneToOneField(AdminNote, on_delete=models.PROTECT, related_name="closing")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = append_only_triggers()
