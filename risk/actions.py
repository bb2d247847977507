"""Verbs on alerts: raised by name wherever a sign of risk appears, reviewed by a person (RISK-1, RISK-8)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from audit.actions import record_change
from deadlines import actions as deadlines
from notices.actions import tell, tell_team
from patients.cases import actions as patients
from patients.models import Case
from risk import clocks, rules
from risk.models import Alert, AlertReview, RiskHandover, RiskLevel
from ui.errors import Refused


@transaction.atomic
def raise_alert(case: Case, *, kind: str, source: str, passage: str = "", at: dt.datetime | None = None) -> Alert:
    """Raise an alert, once for each (case, kind, source), and return it (RISK-1, TIME-12, RISK-8).

    The case stays until somebody has reviewed it, the review is due in 48 hours of elapsed time, and whoever is
    responsible is told by e-mail with the reference only. `passage` is what the patient said, for the alert's page.
    """
    at = at or timezone.now()
    locked = patients.lock(case)
    alert, new = Alert.objects.get_or_create(
        case=locked, kind=kind, source=source, defaults={"passage": passage, "raised_at": at}
    )
    if not new:
        return alert
    patients.keep(locked, rules.STAY_KIND, alert.ref.hex, rules.STAY_WORDS, at=at)
    deadlines.open_deadline(
        rules.DEADLINE,
        alert.ref.hex,
        due_at=rules.review_due(at),
        remind_at=rules.remind_at(at),
        owner=responsible(locked, at),
        case_ref=locked.ref,
        opened_by=alert.get_kind_display(),
        at=at,
    )
    tell_responsible(alert, "alert_raised", at=at)
    record_change("alert raised", by=None, case_ref=locked.ref, object_ref=str(alert.ref), after={"kind": kind}, at=at)
    return alert


def responsible(case: Case, at: dt.datetime) -> User | None:
    """Return who reviews: the clinician, the supervisor while the clinician is on leave, None for triage (RISK-1)."""
    clinician = case.clinician
    if clinician is None:
        return None
    day = timezone.localdate(at)
    away = clinician.leaves.filter(first_day__lte=day, last_day__gte=day).exists()
    return clinician.supervisor if away and clinician.supervisor else clinician.user


def tell_responsible(alert: Alert, notice: str, *, at: dt.datetime) -> None:
    """Tell whoever must review, by e-mail with the reference only (ACC-7)."""
    person, key = responsible(alert.case, at), f"alert:{alert.ref.hex}"
    if person is None:
        tell_team(Role.TRIAGE, notice, key=key, case_ref=alert.case.ref, link=url_of(alert), at=at)
    else:
        tell(person, notice, key=key, case_ref=alert.case.ref, link=url_of(alert), at=at)


def tell_supervisor(alert: Alert, notice: str, *, at: dt.datetime) -> None:
    """Tell the supervisor of the case's clinician, or every supervisor where there is none (TIME-12)."""
    clinician, key = alert.case.clinician, f"alert:{alert.ref.hex}:supervisor"
    if clinician and clinician.supervisor:
        tell(clinician.supervisor, notice, key=key, case_ref=alert.case.ref, link=url_of(alert), at=at)
    else:
        tell_team(Role.SUPERVISOR, notice, key=key, case_ref=alert.case.ref, link=url_of(alert), at=at)


def url_of(alert: Alert) -> str:
    return reverse("risk:alert", args=[alert.ref])


@transaction.atomic
def review(
    alert: Alert, *, by: User, considered: str, done: str, level: str, at: dt.datetime | None = None
) -> AlertReview:
    """Write what a person considered, did and found; it closes the deadline and lets the case go (RISK-1).

    A level of high or immediate keeps the case by itself until a later review finds a lower one (RISK-8). Raises
    Refused where something is missing, and where somebody has reviewed the alert already.
    """
    at = at or timezone.now()
    case = patients.lock(alert.case)
    _refuse_incomplete(considered, done, level)
    known = AlertReview.objects.filter(alert=alert).select_related("by").first()
    if known:
        raise Refused(f"{known.by.name} has reviewed this alert already.", remedy="Load the page again to read it.")
    written = AlertReview.objects.create(alert=alert, by=by, considered=considered, done=done, level=level, at=at)
    deadlines.meet(rules.DEADLINE, alert.ref.hex, closed_by=f"reviewed by {by.name}", at=at)
    set_level(case, level, f"Review of an alert. {considered}", by=by, at=at)
    patients.release(case, rules.STAY_KIND, alert.ref.hex, at=at)
    record_change("alert reviewed", by=by, case_ref=case.ref, object_ref=str(alert.ref), after={"level": level}, at=at)
    return written


def _refuse_incomplete(considered: str, done: str, level: str) -> None:
    if not considered.strip():
        raise Refused("Write what you considered.", field="considered")
    if not done.strip():
        raise Refused("Write what you did.", field="done")
    if level not in rules.LEVELS:
        raise Refused("Choose the level of risk that you found.", field="level")


@transaction.atomic
def set_level(case: Case, level: str, reason: str, *, by: User, at: dt.datetime | None = None) -> RiskLevel:
    """Set a case's level of risk, and why; high and immediate keep the case until it is set lower (RISK-8)."""
    at = at or timezone.now()
    locked = patients.lock(case)
    if level not in rules.LEVELS:
        raise Refused("Choose the level of risk that you found.", field="level")
    if not reason.strip():
        raise Refused("Write why.", field="reason")
    _release_level(locked, at)
    found = RiskLevel.objects.create(case=locked, level=level, reason=reason, by=by, at=at)
    if rules.level_keeps(level):
        patients.keep(locked, rules.LEVEL_STAY_KIND, found.ref.hex, rules.LEVEL_STAY_WORDS, at=at)
    clocks.level_known(locked.ref, at=at)
    record_change("risk level", by=by, case_ref=locked.ref, object_ref=str(found.ref), after={"level": level}, at=at)
    return found


def _release_level(case: Case, at: dt.datetime) -> int:
    """Let a case go that its level of risk kept; return how many reasons there were."""
    kept = list(case.stay_reasons.filter(kind=rules.LEVEL_STAY_KIND, closed_at=None))
    for reason in kept:
        patients.release(case, rules.LEVEL_STAY_KIND, reason.ref, at=at)
    return len(kept)


@transaction.atomic
def record_handover(
    case: Case, kind: str, to: str, reason: str, *, by: User, at: dt.datetime | None = None
) -> RiskHandover:
    """Record who holds the risk now, so that a level of high or immediate keeps the case no longer (RISK-8).

    An accepted referral is recorded by whoever looks after the case, a handover by a supervisor alone. Raises Refused
    for anybody else, where something is missing, and where no level keeps the case.
    """
    at = at or timezone.now()
    locked = patients.lock(case)
    for field, text in (("to", to), ("why", reason)):
        if not text.strip():
            raise Refused("Write who holds the risk now." if field == "to" else "Write why.", field=field)
    if kind not in RiskHandover.Kind.values:
        raise Refused("Choose what happened.", field="kind")
    if kind == RiskHandover.Kind.HANDOVER and not by.has_role(Role.SUPERVISOR):
        raise Refused("Only a supervisor hands the risk over.", field="kind", remedy="Ask by an urgent risk ticket.")
    if not _release_level(locked, at):
        raise Refused("No level of risk keeps this case.")
    made = RiskHandover.objects.create(case=locked, kind=kind, to=to.strip(), reason=reason.strip(), by=by, at=at)
    record_change("risk handed over", by=by, case_ref=locked.ref, object_ref=str(made.ref), after={"kind": kind}, at=at)
    return made


@transaction.atomic
def hand_over(case: Case, *, at: dt.datetime | None = None) -> None:
    """Make whoever is responsible for the case now the owner of its unreviewed alerts, and tell them (RISK-1).

    To be called when a case gets its clinician or another one.
    """
    at = at or timezone.now()
    for alert in Alert.objects.unreviewed().filter(case=case).select_related("case__clinician__supervisor"):
        deadlines.hand_over(rules.DEADLINE, alert.ref.hex, responsible(alert.case, at))
        tell_responsible(alert, "alert_raised", at=at)
