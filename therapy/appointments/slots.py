"""The free times of a clinician for one case: published hours, less what both sides have booked (APPT-3)."""

from __future__ import annotations

import datetime as dt

from patients.models import Case
from therapy.appointments import booking, rules, slot_rules
from therapy.appointments.models import Appointment
from ui.errors import Refused

NEAREST_SHOWN = 6


def free_times(
    case: Case,
    minutes: int,
    *,
    at: dt.datetime,
    first: dt.datetime | None = None,
    last: dt.datetime | None = None,
) -> list[dt.datetime]:
    """Return the starts (UTC) at which the patient of a case can choose a session of `minutes`, in their order.

    They lie between `first` and `last`, at most half a year ahead, and never within the confirmation notice.
    """
    earliest = max(at + dt.timedelta(hours=case.policy.confirmation_notice_hours), first or at)
    latest = min(at + slot_rules.AHEAD, last or at + slot_rules.AHEAD)
    if earliest >= latest or case.clinician is None:
        return []
    days = [moment.astimezone(rules.UK).date() for moment in (earliest, latest)]
    hours = [(opens, min(closes, latest)) for opens, closes in case.clinician.open_hours(*days) if opens < latest]
    busy = busy_times(case, earliest, latest)
    return slot_rules.free_starts(hours, busy, length=dt.timedelta(minutes=minutes), earliest=earliest)


def busy_times(case: Case, first: dt.datetime, last: dt.datetime) -> list[slot_rules.Span]:
    """Return when clinician or patient of a case have something booked between two moments."""
    rows = Appointment.objects.clashing(first, last).order_by()
    # Two halves, so that each is answered by its own index.
    clinicians = rows.filter(clinician=case.clinician_id).values_list("during", flat=True)
    patients = rows.filter(patient=case.patient_id).values_list("during", flat=True)
    return [(during.lower, during.upper) for during in clinicians.union(patients, all=True)]


def why_not(case: Case, at: dt.datetime, *, besides: Appointment | None = None) -> str:
    """Return why the patient of a case cannot choose a time now, in words for the patient; empty where they can.

    `besides`: an appointment that would go, since the time is chosen in its place.
    """
    clinician = case.clinician
    others = case.appointments.exclude(pk=besides.pk) if besides else case.appointments.all()
    ahead = others.upcoming(at)
    held = others.filter(status__in=rules.ASSESSING_STATUSES)
    return slot_rules.why_not_choose(
        slot_rules.Choosing(
            state=case.state,
            clinician_open=clinician is not None and clinician.active and clinician.self_booking,
            assessment_booked=booking.next_kind(case) == "assessment" and held.exists(),
            ahead=0 if besides else ahead.count(),  # one goes and one comes, however many there are
        )
    )


def choosable_case(user, at: dt.datetime) -> Case | None:
    """Return the case of a patient on which a free time can be chosen now, or None."""
    cases = Case.objects.visible_to(user, "appointments", "answer").filter(state__in=rules.BOOKING_STATES)
    case = cases.select_related("clinician", "site", "policy_version").first()
    return case if case is not None and not why_not(case, at) else None


def refuse_unless_free(case: Case, starts_at: dt.datetime, minutes: int, at: dt.datetime) -> None:
    """Raise Refused, in kind words, for a time that the patient of a case cannot choose (any more)."""
    notice = dt.timedelta(hours=case.policy.confirmation_notice_hours)
    if starts_at - at < notice:
        hours = case.policy.confirmation_notice_hours
        raise Refused(f"This time is less than {hours} hours away.", remedy="Please choose a later one.")
    ends_at = starts_at + dt.timedelta(minutes=minutes)
    if starts_at not in free_times(case, minutes, at=at, first=starts_at, last=ends_at):
        raise Refused("This time is not free any more.", remedy="Nothing is lost: please choose another one.")


def nearest(case: Case, wished: dt.datetime, minutes: int, at: dt.datetime) -> list[dt.datetime]:
    """Return the few free times nearest to one that was taken."""
    week = dt.timedelta(weeks=1)
    around = free_times(case, minutes, at=at, first=wished - week, last=wished + 2 * week)
    return slot_rules.nearest(around, wished, NEAREST_SHOWN)
