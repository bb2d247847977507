"""Makes the whole demonstration: service, courses, last month's statements. Same seed and day, same service."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator

from billing import actions as billing
from billing import rules as pay
from billing.queries import month_rows
from deadlines.actions import sweep
from ieso.demo import people
from ieso.demo.clock import UK, moved, uk
from ieso.demo.plans import PLANS
from ieso.demo.service import Service, build
from ieso.demo.story import Course

HISTORY = dt.timedelta(days=200)
FIRST_HOUR, HOURS = 17, 4
WEEKDAYS = 5


def seed(*, now: dt.datetime, scale: int, seed: int, say: Callable[[str], None]) -> None:
    """Make the demonstration as of `now`; `scale` multiplies people, `seed` chooses what chance decides."""
    started = now - HISTORY
    with moved(started):
        service = build(started, scale)
    courses = list(_courses(service, now, scale, seed))
    for number, course in enumerate(courses, start=1):
        course.live()
        if number % len(PLANS) == 0:
            say(f"patients: {number} of {len(courses)}")
    _statements(service, now)
    # What came due meanwhile is dealt with as of now, so that the first sweep of the service finds nothing stale.
    while sweep(now):
        pass


def _courses(service: Service, now: dt.datetime, scale: int, seed: int) -> Iterator[Course]:
    today = now.astimezone(UK).date()
    held: dict[int, int] = {}
    for number in range(len(PLANS) * scale):
        chance = random.Random(f"{seed}-{number}")  # noqa: S311 - invented data, no secret
        site_number = number % len(people.SITES)
        clinician = service.clinicians[number % len(service.clinicians)]
        slot = held[clinician.pk] = held.get(clinician.pk, -1) + 1
        yield Course(
            plan=PLANS[number % len(PLANS)],
            person=people.patient(number, people.SITES[site_number], chance, today),
            site=service.sites[site_number],
            service=service,
            clinician=clinician,
            weekday=slot % WEEKDAYS,
            hour=FIRST_HOUR + slot // WEEKDAYS % HOURS,
            today=today,
            now=now,
            chance=chance,
            number=number,
        )


def _statements(service: Service, now: dt.datetime) -> None:
    """Issue the month before last; of last month draw all up, issue one and confirm it."""
    last = (pay.month_of(now) - dt.timedelta(days=1)).replace(day=1)
    before = (last - dt.timedelta(days=1)).replace(day=1)
    finance = service.one("finance")
    for month, most in ((before, None), (last, 1)):
        at = min(now, uk(pay.next_month(month), 10) + dt.timedelta(days=9))
        with moved(at):
            for row in month_rows(month)[:most]:
                draft = billing.draw_up(row.clinician, month, by=finance, at=at)
                statement = billing.issue(draft, by=finance, at=at)
                billing.confirm(statement, by=row.clinician.user, at=at)
