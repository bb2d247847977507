"""No page asks the database more often because there is more to show."""

import datetime as dt
import logging
from collections.abc import Iterator
from itertools import count

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from measures.actions import give
from patients.admin_notes.actions import write_admin_note
from patients.models import Case
from risk.actions import raise_alert
from supervision.actions import raise_ticket
from tests import cast
from tests.accounts.test_matrix import FACTS, NOBODY, expected
from tests.harness.routes import Route, all_routes
from tests.harness.writes import undone
from tests.providers import OF_A_CASE, NotForThisCase, address, sent_letter
from therapy.appointments.booking import offer
from therapy.messages.actions import send

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.timeout(600)]
READABLE = [route for route in all_routes() if route.declaration and "GET" in route.declaration.allowed_methods]


def enrich(world, case: Case, number: int) -> None:
    """Something of every kind on a case; the number keeps it apart from all others."""
    key = f"more:{case.ref}:{number}"
    if case.clinician:
        starts_at = timezone.now() + dt.timedelta(days=20 + number)
        offer(case, starts_at=starts_at, minutes=60, client_key=key, by=case.clinician.user)
        raise_ticket(case, "other", {"question": "May I?"}, by=case.clinician.user, client_key=key)
        sent_letter(world, case)
        send(case, f"Message {number}", by=case.patient.user, client_key=key)
    raise_alert(case, kind="possible", source=key, passage="Not sure that it is worth it.")
    give(case, "phq-9", occasion=key)
    write_admin_note(case, "call", f"Call {number}", by=world.olu, reached="no_answer")


def grow(world) -> None:
    """More of everything, on the cases that there are and on new ones."""
    numbers = count(1)
    for name in ("Ada", "Ben", "Cem", "Dot"):
        patient = cast.make_patient(f"{name} Plenty")
        enrich(world, cast.make_case(patient, world.site, "treatment", world.amara), next(numbers))
        enrich(world, world.alice_case, next(numbers))
        enrich(world, world.charlie_case, next(numbers))
        enrich(world, cast.make_case(cast.make_patient(f"{name}two Waiting"), world.site, "in_triage"), next(numbers))


def pages(world) -> list[tuple[str, Route, str, str]]:
    """(role, route, address, name) of every page as somebody it is open to, on a case of their own."""
    found = []
    for route in READABLE:
        for role in [*world.by_role(), NOBODY]:
            for case_name in list(FACTS) if OF_A_CASE.intersection(route.keywords) else ["alice_case"]:
                if expected(role, "GET", route, case_name) == {"open"}:
                    try:
                        with transaction.atomic():
                            found.append((role, route, address(route, world, getattr(world, case_name))))
                    except NotForThisCase:
                        continue
                    break
    return found


def queries_of(client, url: str) -> int | None:
    """Queries of the second visit, or None where there is no page."""
    with undone():
        client.get(url)
        return visit(client, url)


def queries_grown(client, url: str, before: int | None) -> int | None:
    """The same with more to show; where the first visit asks no more often than that, it is enough."""
    with undone():
        first = visit(client, url)
        return first if before is None or first is None or first <= before else visit(client, url)


def visit(client, url: str) -> int | None:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    return len(queries) if response.status_code == 200 else None


@pytest.fixture
def unlogged() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def test_pages_ask_as_often_with_more_to_show(world, client_of, client, many_pages, unlogged):
    clients = {role: client_of(user) for role, user in world.by_role().items()} | {NOBODY: client}
    for case in (world.alice_case, world.bob_case, world.charlie_case):
        enrich(world, case, 0)
    places = pages(world)
    before = {place: queries_of(clients[place[0]], place[2]) for place in places}
    grow(world)
    after = {place: queries_grown(clients[place[0]], place[2], before[place]) for place in places}
    counted = [place for place in places if before[place] is not None and after[place] is not None]
    assert len(counted) > len(READABLE) // 2
    more = [f"{p[0]} /{p[1].path}: {before[p]} queries, then {after[p]}" for p in counted if after[p] > before[p]]
    assert not more, "\n".join(more)
