"""The case, its states and settings, and what keeps it from leaving."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import cached_property

from accounts import access
from audit.append_only import append_only_triggers
from patients import rules
from patients.people.models import Patient


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
