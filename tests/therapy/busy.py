"""A clinician with three years of appointments behind and half a year ahead: about 4,000, each with its history."""

import datetime as dt

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from patients.cases import actions as patients
from tests import cast
from tests.harness import database
from therapy.appointments import rules
from therapy.appointments.models import Appointment, AppointmentEvent

WEEKS_BEHIND, WEEKS_AHEAD = 156, 26
HOURS_BEHIND, HOURS_AHEAD = (9, 10, 11, 13, 18), (9, 18)
WORKDAYS = 5
CASES = 40


def cases_of(world) -> list:
    """Forty cases of Amara's in treatment, with diagnosis and step, Alice's first."""
    made = [world.alice_case]
    made += [
        cast.make_case(cast.make_patient(f"Patient{number} Person"), world.site, "treatment", world.amara)
        for number in range(CASES - 1)
    ]
    for case in made:
        patients.set_details(case, step="3", problem="gad", protocol="", by=world.amara.user)
    return made


def three_years(world, today: dt.date) -> list[Appointment]:
    """Fill Amara's calendar; straight rows, since the verbs would take minutes. Alice keeps one appointment ahead."""
    cases = cases_of(world)
    rows = [_row(case, start) for case, start in _starts(cases, today)]
    Appointment.objects.bulk_create(rows, batch_size=1000)
    mine = Appointment.objects.filter(clinician=world.amara)
    mine.update(status="confirmed")
    mine.filter(during__endswith__lt=dt.datetime.combine(today, dt.time(), tzinfo=rules.UK)).update(status="completed")
    AppointmentEvent.objects.bulk_create(
        [
            AppointmentEvent(appointment=row, what=what, by=world.amara.user, at=row.offered_at)
            for row in rows
            for what in ("offered", "confirmed")
        ],
        batch_size=2000,
    )
    database.analyse()
    return rows


def _starts(cases: list, today: dt.date):
    """Each case in its turn; Alice, the first, has no more than one ahead, so that she may choose another."""
    monday, number, alice_ahead = today - dt.timedelta(days=today.weekday()), 0, 0
    for week in range(-WEEKS_BEHIND, WEEKS_AHEAD):
        for day in range(WORKDAYS):
            date = monday + dt.timedelta(weeks=week, days=day)
            for hour in HOURS_BEHIND if week < 0 else HOURS_AHEAD:
                number += 1
                if week >= 0 and number % len(cases) == 0:
                    alice_ahead += 1
                    if alice_ahead > 1 or week == 0:
                        number += 1
                yield cases[number % len(cases)], dt.datetime.combine(date, dt.time(hour), tzinfo=rules.UK)


def _row(case, start: dt.datetime) -> Appointment:
    start = start.astimezone(dt.UTC)
    offered = start - dt.timedelta(days=6)
    return Appointment(
        case=case,
        patient=case.patient,
        clinician=case.clinician,
        kind="treatment",
        minutes=60,
        during=DateTimeTZRange(start, start + dt.timedelta(hours=1)),
        confirm_by=start - dt.timedelta(hours=48),
        offered_at=offered,
        confirmed_at=offered,
        client_key=f"{case.pk}:{start.timestamp():.0f}",
    )
