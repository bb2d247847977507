"""What the database itself holds: no overlap under fifty attempts at once, and no turn that is not in the table."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from tests import cast
from tests.harness.together import together
from therapy.appointments import booking, rules
from therapy.appointments.models import Appointment

ATTEMPTS = 50
HOUR = dt.timedelta(hours=1)
STATUSES = Appointment.Status.values
# How an appointment comes to each status, from its first.
WAYS = {"offered": (), "confirmed": ("confirmed",)} | {
    after: ("confirmed", after) if after in rules.APPOINTMENT_TRANSITIONS["confirmed"] else (after,)
    for after in STATUSES
    if after not in ("offered", "confirmed")
}


def row(case, start: dt.datetime, key: str) -> Appointment:
    return Appointment.objects.create(
        case=case,
        patient=case.patient,
        clinician=case.clinician,
        kind="treatment",
        minutes=60,
        during=DateTimeTZRange(start, start + HOUR),
        confirm_by=start,
        offered_at=start - 96 * HOUR,
        client_key=key,
    )


@pytest.mark.rule("APPT-19e")
@pytest.mark.parametrize("before", STATUSES)
def test_every_turn_that_is_not_in_the_table_is_refused_by_the_database(world, before):
    """All pairs, by plain UPDATE: staying as it is is no turn."""
    start = timezone.now() + 96 * HOUR
    for number, after in enumerate(sorted(set(STATUSES) - {before})):
        made = row(world.alice_case, start + number * HOUR, f"{before}:{after}")
        mine = Appointment.objects.filter(pk=made.pk)
        for step in WAYS[before]:
            mine.update(status=step)
        if rules.may_turn(before, after):
            mine.update(status=after)
            continue
        with pytest.raises(DatabaseError), transaction.atomic():
            mine.update(status=after)


@pytest.mark.rule("APPT-19e")
@pytest.mark.parametrize("status", sorted(set(STATUSES) - {rules.FIRST_STATUS}))
def test_no_appointment_begins_in_another_status(world, status):
    made = row(world.alice_case, timezone.now() + 96 * HOUR, "pattern")
    values = {field.attname: getattr(made, field.attname) for field in Appointment._meta.fields}
    again = values | {"id": None, "ref": None, "client_key": "begun", "status": status}
    again["during"] = DateTimeTZRange(made.ends_at, made.ends_at + HOUR)
    again.pop("ref")
    with pytest.raises(DatabaseError), transaction.atomic():
        Appointment(**again).save(force_insert=True)


def at_once(attempt) -> list[str]:
    """Run fifty attempts on fifty connections that begin together; each answers in a word."""
    made, wrong = together(*[lambda number=number: (attempt(number), "made")[1] for number in range(ATTEMPTS)])
    return [word for word in made if word] + [_word(error) for error in wrong]


def _word(error: Exception) -> str:
    of_the_database = isinstance(error, DatabaseError)
    refused = of_the_database and any(word in str(error) for word in ("one_at_a_time", "deadlock"))
    return "constraint" if refused else str(error)


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("APPT-4c")
def test_of_fifty_offers_at_once_that_overlap_one_is_made_and_the_others_are_told_why(world):
    start = timezone.now() + 96 * HOUR
    cases = [world.alice_case] + [
        cast.make_case(cast.make_patient(f"Patient{n} Person"), world.site, "treatment", world.amara) for n in range(4)
    ]

    def attempt(number: int) -> None:
        shifted = start + dt.timedelta(minutes=number)
        case = cases[number % len(cases)]
        booking.offer(case, starts_at=shifted, minutes=60, client_key=str(number), by=world.amara.user)

    answers = at_once(attempt)
    assert answers.count("made") == 1
    assert all(answer.startswith("This time is taken.") for answer in answers if answer != "made")
    assert Appointment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("APPT-4d")
def test_of_fifty_plain_inserts_at_once_that_overlap_the_database_lets_one_in(world):
    """Past every verb and lock of ours: the constraint alone."""
    start = timezone.now() + 96 * HOUR
    answers = at_once(lambda number: row(world.alice_case, start + dt.timedelta(minutes=number), str(number)))
    assert answers.count("made") == 1
    assert set(answers) == {"made", "constraint"}
    assert Appointment.objects.count() == 1
