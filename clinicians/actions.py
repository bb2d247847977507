"""Verbs on clinicians: joining, availability, caseload, leave, documents, the hold on new cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import give_role
from accounts.models import Role, User
from audit.actions import record_change
from clinicians import clocks, rules
from clinicians.models import AvailabilitySlot, Clinician, ComplianceDocument, HoursException, Leave
from notices.actions import tell
from sites.models import Site
from ui.errors import Refused


@transaction.atomic
def join(
    user,
    kind: str,
    *,
    supervisor,
    sites: Iterable[Site],
    modalities: Iterable[str] = ("typed",),
    desired_caseload: int = 10,
    languages: Iterable[str] = (),
    gender: str = "",
    by=None,
    at: dt.datetime | None = None,
) -> Clinician:
    """Make an account a clinician's, with named supervisor, sites and wished number of cases.

    Raises Refused without the clinician's role, for a supervisor who is none, and for oneself as supervisor.
    """
    _check_joining(user, supervisor, desired_caseload)
    clinician = Clinician.objects.create(
        user=user,
        kind=kind,
        supervisor=supervisor,
        modalities=list(modalities),
        desired_caseload=desired_caseload,
        languages=list(languages),
        gender=gender,
    )
    clinician.sites.set(sites)
    _record("clinician joined", clinician, by=by, after={"kind": kind, "cases": desired_caseload}, at=at)
    return clinician


def _check_joining(user, supervisor, desired_caseload: int) -> None:
    if not user.has_role(Role.CLINICIAN):
        raise Refused("The account does not hold the role of a clinician.", field="user")
    if supervisor is not None and (supervisor == user or not supervisor.has_role(Role.SUPERVISOR)):
        raise Refused("Choose a supervisor who is somebody else.", field="supervisor")
    _check_caseload(desired_caseload)


def _check_caseload(cases: int) -> None:
    if not 0 <= cases <= rules.MOST_CASES:
        raise Refused(f"Choose a number from 0 to {rules.MOST_CASES}.", field="desired_caseload")


@transaction.atomic
def appoint_supervisor(clinician: Clinician, supervisor, *, by, at: dt.datetime | None = None) -> bool:
    """Name who supervises a clinician; whoever was no supervisor yet becomes one. Tell whether that is a change.

    Both are told. Raises Refused for oneself, and for somebody who neither supervises nor treats, or has left.
    """
    at = at or timezone.now()
    locked = Clinician.objects.select_for_update(of=("self",)).select_related("user").get(pk=clinician.pk)
    if not can_supervise(locked).filter(pk=supervisor.pk).exists():
        raise Refused("Choose a supervisor or a clinician who is somebody else.", field="supervisor")
    give_role(supervisor, Role.SUPERVISOR, by=by, at=at)
    before, locked.supervisor = locked.supervisor_id, supervisor
    if before == supervisor.pk:
        return False
    locked.save(update_fields=["supervisor"])
    clinician.supervisor = supervisor
    after = {"supervisor": supervisor.pk}
    _record("supervisor appointed", locked, by=by, before={"supervisor": before}, after=after, at=at)
    key, link = f"{locked.ref}:{at.isoformat()}", reverse("desk:home")
    for person in (locked.user, supervisor):
        tell(person, "supervisor_named", key=key, link=link, at=at)
    return True


def can_supervise(clinician: Clinician):
    """Return the people who can be a clinician's supervisor: at work, experienced, and not the clinician."""
    people = User.objects.filter(is_active=True, roles__role__in=[Role.SUPERVISOR, Role.CLINICIAN])
    return people.exclude(pk=clinician.user_id).distinct().order_by("name", "pk")


@transaction.atomic
def set_availability(
    clinician: Clinician, stretches: Iterable[rules.Stretch | tuple], *, by, at: dt.datetime | None = None
) -> list[AvailabilitySlot]:
    """Replace the weekly pattern by these stretches of (weekday, starts, ends), UK wall-clock time (CLIN-5).

    Stretches that touch become one. Raises Refused for one that ends before it starts or lies outside 8:00 to 22:00.
    """
    week = rules.merged(rules.Stretch(*stretch) for stretch in stretches)
    for stretch in week:
        if not rules.EARLIEST_HOUR <= stretch.starts < stretch.ends <= rules.LATEST_HOUR:
            raise Refused("Hours lie between 8am and 10pm, and end after they start.", field="parts")
    locked = Clinician.objects.select_for_update().get(pk=clinician.pk)
    before = _in_words(locked.stretches())
    locked.availability.all().delete()
    slots = AvailabilitySlot.objects.bulk_create(
        AvailabilitySlot(clinician=locked, weekday=weekday, starts=starts, ends=ends) for weekday, starts, ends in week
    )
    if before != _in_words(week):
        _record("availability", locked, by=by, before={"week": before}, after={"week": _in_words(week)}, at=at)
    return slots


@transaction.atomic
def set_self_booking(clinician: Clinician, open_: bool, *, by, at: dt.datetime | None = None) -> None:
    """Open or close the clinician's free times for patients to choose from (APPT-3); the same again changes nothing."""
    locked = Clinician.objects.select_for_update().get(pk=clinician.pk)
    before, locked.self_booking = locked.self_booking, open_
    if before != open_:
        locked.save(update_fields=["self_booking"])
        _record("self-booking", locked, by=by, before={"open": before}, after={"open": open_}, at=at)
    clinician.self_booking = open_


@transaction.atomic
def add_exception(
    clinician: Clinician, kind: str, day: dt.date, starts: dt.time, ends: dt.time, *, by, at: dt.datetime | None = None
) -> HoursException:
    """Work other hours on one date than the week says (CLIN-5); the same again changes nothing.

    Raises Refused for hours outside 8:00 to 22:00 (UK time) or that end before they start, and for an unknown kind.
    """
    if kind not in HoursException.Kind.values:
        raise Refused("Say whether you work these hours or not.", field="kind")
    if not rules.EARLIEST_HOUR <= starts < ends <= rules.LATEST_HOUR:
        raise Refused("Hours lie between 8am and 10pm, and end after they start.", field="ends")
    hours = {"ends": ends}
    made, new = HoursException.objects.get_or_create(
        clinician=clinician, kind=kind, day=day, starts=starts, defaults=hours
    )
    if not new and made.ends != ends:
        made.ends = ends
        made.save(update_fields=["ends"])
    _record("hours of a day", clinician, by=by, after=_day_in_words(made), at=at)
    return made


@transaction.atomic
def remove_exception(clinician: Clinician, exception: HoursException, *, by, at: dt.datetime | None = None) -> None:
    """Take back the hours of one date, so that the week counts again (CLIN-5)."""
    before = _day_in_words(exception)
    if clinician.exceptions.filter(pk=exception.pk).delete()[0]:
        _record("hours of a day taken back", clinician, by=by, before=before, after={}, at=at)


def _day_in_words(row: HoursException) -> dict[str, str]:
    return {"kind": row.kind, "day": row.day.isoformat(), "hours": f"{row.starts:%H:%M}-{row.ends:%H:%M}"}


def _in_words(week: Iterable[rules.Stretch]) -> list[str]:
    return [f"{rules.WEEKDAYS[day]} {starts:%H:%M}-{ends:%H:%M}" for day, starts, ends in week]


@transaction.atomic
def set_desired_caseload(clinician: Clinician, cases: int, *, by, at: dt.datetime | None = None) -> None:
    """Set how many cases the clinician wishes to hold; it counts from the next allocation on (ALLOC-4)."""
    _check_caseload(cases)
    locked = Clinician.objects.select_for_update().get(pk=clinician.pk)
    before, locked.desired_caseload = locked.desired_caseload, cases
    locked.save(update_fields=["desired_caseload"])
    clinician.desired_caseload = cases
    _record("desired caseload", locked, by=by, before={"cases": before}, after={"cases": cases}, at=at)


@transaction.atomic
def take_leave(
    clinician: Clinician, first_day: dt.date, last_day: dt.date, *, by, at: dt.datetime | None = None
) -> Leave:
    """Enter a stretch of days away, both days included; entering the same again changes nothing (CLIN-7)."""
    if last_day < first_day:
        raise Refused("The last day comes before the first.", field="last_day", remedy="Check the two days.")
    leave, made = Leave.objects.get_or_create(clinician=clinician, first_day=first_day, last_day=last_day)
    if made:
        after = {"first": first_day.isoformat(), "last": last_day.isoformat()}
        _record("leave", clinician, by=by, after=after, at=at)
    return leave


@transaction.atomic
def file_document(
    clinician: Clinician, kind: str, expires_on: dt.date, *, by, at: dt.datetime | None = None
) -> ComplianceDocument:
    """File a document that must be in date for new allocations (CLIN-3, CLIN-6). Refused for an unknown kind."""
    if kind not in ComplianceDocument.Kind.values:
        raise Refused("There is no such kind of document.", field="kind")
    document = ComplianceDocument.objects.create(clinician=clinician, kind=kind, expires_on=expires_on)
    _record("document filed", clinician, by=by, after={kind: expires_on.isoformat()}, at=at)
    clocks.document_filed(document, at=at or timezone.now())
    return document


@transaction.atomic
def hold_new_cases(clinician: Clinician, reason: str, *, by, at: dt.datetime | None = None) -> Clinician:
    """Keep new cases from a clinician until the hold is lifted (TIME-6, CLIN-6); the same again changes nothing.

    It decides a proposed hold, and tells the clinician, who reads the reason. Raises Refused without a reason, about
    oneself, and where new cases are held for another reason already.
    """
    at, reason = at or timezone.now(), reason.strip()
    locked = _to_decide_on(clinician, reason, by)
    if locked.allocation_hold == reason:
        return locked
    if locked.allocation_hold:
        raise Refused("New cases are held already.", remedy="Reload the page to read why.")
    _turn_hold(locked, reason, why=reason, by=by, at=at)
    clocks.proposal_decided(locked, _words("held", by), at=at)
    return locked


@transaction.atomic
def leave_as_it_is(clinician: Clinician, reason: str, *, by, at: dt.datetime | None = None) -> Clinician:
    """Decide that late notes do not keep new cases away (TIME-6); deciding so twice changes nothing.

    The reason stands in the record of changes. Raises Refused without one, about oneself, and where no hold is
    proposed any more.
    """
    at, reason = at or timezone.now(), reason.strip()
    locked = _to_decide_on(clinician, reason, by)
    if clocks.proposal_decided(locked, _words("left as it is", by), at=at):
        _record("hold not set", locked, by=by, after={"why": reason}, at=at)
    elif not clocks.was_decided(locked, _words("left as it is", by)):
        raise Refused("Nothing waits for a decision here any more.", remedy="Reload the page to see what was decided.")
    return locked


@transaction.atomic
def lift_hold(clinician: Clinician, reason: str, *, by, at: dt.datetime | None = None) -> Clinician:
    """Let new cases go to a clinician again, and tell them (CLIN-6); where none are held nothing changes.

    Raises Refused without a reason and about oneself.
    """
    locked = _to_decide_on(clinician, reason, by)
    if locked.allocation_hold:
        _turn_hold(locked, "", why=reason.strip(), by=by, at=at or timezone.now())
    return locked


def _to_decide_on(clinician: Clinician, reason: str, by) -> Clinician:
    if by.pk == clinician.user_id:
        raise Refused("Somebody else decides this about you.", remedy="Talk to your supervisor.")
    if not reason.strip():
        raise Refused("The reason is missing.", field="reason", remedy="Say why in a sentence.")
    return Clinician.objects.select_for_update(of=("self",)).select_related("user").get(pk=clinician.pk)


def _turn_hold(locked: Clinician, hold: str, *, why: str, by, at: dt.datetime) -> None:
    before, locked.allocation_hold = locked.allocation_hold, hold
    locked.save(update_fields=["allocation_hold"])
    what = "new cases held" if hold else "hold lifted"
    _record(what, locked, by=by, before={"hold": before}, after={"hold": hold, "why": why}, at=at)
    key, link = f"{locked.ref}:{at.isoformat()}", reverse("clinicians:availability")
    tell(locked.user, "hold_decided", key=key, link=link, at=at)


def _words(how: str, by) -> str:
    """How a proposal was decided, as short as a deadline keeps it."""
    return f"{how} by {by.name}"[:80]


def _record(what: str, clinician: Clinician, *, by, at, before: dict | None = None, after: dict) -> None:
    at = at or timezone.now()
    record_change(what, by=by, object_ref=f"clinician:{clinician.ref}", before=before, after=after, at=at)
