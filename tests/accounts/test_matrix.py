"""Every door of the project, every method, every role, own and foreign (ACC-4).

What is expected comes out of the policy's table, the view's declaration and the plain facts about the cast below;
never out of the query sets that are tested.
"""

import contextlib
import logging
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.views.defaults import page_not_found

from accounts.models import Role
from accounts.policy import POLICY
from deadlines.models import Heartbeat
from ieso.health.views import HEARTBEATS
from tests.harness.routes import Route, all_routes
from tests.harness.writes import undone, written_tables
from tests.providers import OF_A_CASE, NotForThisCase, address

# Methods that reach a view, tried on every case; the rest is answered at the door, whatever the case.
REACHING, AT_THE_DOOR = ("GET", "POST"), ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
SAFE = {"GET", "HEAD", "OPTIONS"}
NOBODY = "nobody"
# How the persons of `World.by_role` stand to each case; everybody stands in the relation "any" to everything.
FACTS = {
    "alice_case": {
        Role.PATIENT: {"own"},
        Role.CLINICIAN: {"own", "caseload"},
        Role.SUPERVISOR: {"supervisee"},
    },
    "bob_case": {},
    "charlie_case": {role: {"unallocated"} for role in Role},
}
# The cases tried by each role: one of its own and one that is not; by those without any of their own just two.
TRIED = {Role.TRIAGE: ("charlie_case", "alice_case")}
TRIED_BY_OTHERS = ("alice_case", "bob_case")
# What a page that only shows something may write: who opened it, the session, a limit's counter.
WRITTEN_BY_READING = {"audit_accessentry", "accounts_signin", "cache_entries"}
# Doors that the declaration alone does not describe: (route, role, method) -> answer, each with its reason.
PARTICULAR: dict[tuple[str, str, str], str] = {
    # A letter is a patient's own once it is sent, and a draft never is.
    ("letters:preview", Role.PATIENT, "GET"): "not found",
    # What is held back for a moment is its writer's alone: here the patient's.
    ("therapy:send-held-message", Role.CLINICIAN, "POST"): "not found",
    ("therapy:take-message-back", Role.CLINICIAN, "POST"): "not found",
    # Nobody fills in a questionnaire but the patient.
    **{
        ("measures:questionnaire", role, "POST"): "not allowed"
        for role in (Role.CLINICIAN, Role.SUPERVISOR, Role.PATIENT_SERVICES)
    },
    ("measures:questionnaire", Role.TRIAGE, "POST"): "not allowed",
    # One's own week, and the lead has none.
    ("clinicians:availability", Role.CLINICAL_LEAD, "GET"): "not found",
    ("clinicians:availability", Role.CLINICAL_LEAD, "POST"): "not found",
    ("clinicians:leave", Role.CLINICAL_LEAD, "POST"): "not found",
    ("clinicians:exact-hours", Role.CLINICAL_LEAD, "GET"): "not found",
    ("clinicians:exact-hours", Role.CLINICAL_LEAD, "POST"): "not found",
    ("clinicians:day-hours", Role.CLINICAL_LEAD, "POST"): "not found",
    ("clinicians:day-hours-removal", Role.CLINICAL_LEAD, "POST"): "not found",
}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.rule("ACC-4a"),
    pytest.mark.rule("ACC-4c"),
    pytest.mark.rule("ACC-4p"),
]


def grants(role: str, route: Route):
    declared = route.declaration
    return [g for g in POLICY if (g.role, g.thing) == (role, declared.thing) and declared.verb in g.verbs]


def expected(role: str, method: str, route: Route, case_name: str) -> set[str]:
    """The answers that are right for this role: "open", "sign in", "reason", "not found", "not allowed"."""
    declared = route.declaration
    if declared.kind == "public":
        # The view behind may know fewer methods, and have nothing to show to somebody who comes from nowhere.
        return (
            {"open", "not found", "not allowed", "sign in"} if role == NOBODY else {"open", "not found", "not allowed"}
        )
    if role == NOBODY:
        return {"sign in"}
    if declared.kind == "signed_in":
        return {"open", "not found", "not allowed"}
    if not grants(role, route):
        return {"not found"}
    if method not in declared.allowed_methods:
        return {"not allowed"}
    return {"open"} if method == "OPTIONS" else of_object(role, route, case_name, method)


def of_object(role: str, route: Route, case_name: str, method: str) -> set[str]:
    particular = PARTICULAR.get((route.name, role, method.replace("HEAD", "GET")))
    right = of_relation(role, route, case_name)
    return {particular} if particular and right == {"open"} else right


def of_relation(role: str, route: Route, case_name: str) -> set[str]:
    if not OF_A_CASE.intersection(route.keywords):
        return {"open"}
    held = [g for g in grants(role, route) if g.relation in FACTS[case_name].get(role, set()) | {"any"}]
    if any(not grant.reason for grant in held):
        return {"open"}
    return {"reason"} if held else {"not found"}


def answer_of(response) -> str:
    """One word for a response."""
    status, target = response.status_code, response.headers.get("Location", "")
    if status == 404:
        return "not found"
    if status == 405:
        return "not allowed"
    if status in {301, 302, 303} and target.startswith(reverse(settings.LOGIN_URL)):
        return "sign in"
    if status in {301, 302, 303} and target.startswith(reverse("accounts:reason")):
        return "reason"
    return "open" if status < 500 and status not in {401, 403} else str(status)


@pytest.fixture
def clients(world, everybody, client, drawn_once) -> Iterator[dict[str, Client]]:
    """A client for each role, and one that nobody has signed in with."""
    Heartbeat.objects.bulk_create(Heartbeat(name=name, at=timezone.now()) for name in HEARTBEATS)
    logging.disable()
    found = everybody | {NOBODY: client}
    for each in found.values():
        each.raise_request_exception = False
    yield found
    logging.disable(logging.NOTSET)


@pytest.fixture
def drawn_once(monkeypatch) -> None:
    """The pages that say "not found" and "not allowed" know nothing of the door: each is drawn once behind each door.

    `tests/accounts/test_every_page.py` looks at those that each person gets.
    """
    drawn = set()

    def is_first(page: str) -> bool:
        return page not in drawn and not drawn.add(page)

    def not_found(request, exception) -> HttpResponse:
        return page_not_found(request, exception) if is_first("404") else HttpResponseNotFound("Not found")

    def error_page(request, template, *, status) -> HttpResponse:
        return render(request, template, status=status) if is_first(template) else HttpResponse("No", status=status)

    monkeypatch.setattr("ieso.urls.handler404", not_found, raising=False)
    monkeypatch.setattr("ui.middleware.render", error_page)


def urls_of(route: Route, world) -> dict[str, str]:
    """The address of the route for every case for which it exists; without an object of a case, one for all."""
    urls = {}
    for case_name in FACTS if OF_A_CASE.intersection(route.keywords) else TRIED_BY_OTHERS[:1]:
        with contextlib.suppress(NotForThisCase), transaction.atomic():
            urls[case_name] = address(route, world, getattr(world, case_name))
    return urls


def tries(role: str, route: Route, urls: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(method, case name): methods that reach a view on two cases, the rest, answered at the door, on one."""
    cases = [name for name in TRIED.get(role, TRIED_BY_OTHERS) if name in urls] or list(urls)
    yield from ((method, case_name) for case_name in cases for method in REACHING)
    yield from ((method, cases[0]) for method in AT_THE_DOOR)


def wrong_answers(role: str, client: Client, route: Route, urls: dict[str, str]) -> Iterator[str]:
    for method, case_name in tries(role, route, urls):
        right = expected(role, method, route, case_name)
        with undone() if "open" in right and method == "POST" else nullcontext(), written_tables() as tables:
            answer = answer_of(client.generic(method, urls[case_name]))
        if answer not in right:
            yield f"{role} {method} {urls[case_name]} ({case_name}): {answer}, not {' or '.join(sorted(right))}"
        extra = set(tables) - WRITTEN_BY_READING
        if extra and (method in SAFE or "open" not in right):
            yield f"{role} {method} {urls[case_name]}: wrote {', '.join(sorted(extra))}"


@pytest.mark.parametrize("route", all_routes(), ids=lambda route: f"/{route.path}")
def test_every_door_opens_to_whom_it_should(route, world, clients):
    assert route.declaration is not None, "this view declares no access"
    urls = urls_of(route, world)
    wrong = [line for role, client in clients.items() for line in wrong_answers(role, client, route, urls)]
    assert not wrong, "\n".join(wrong)
