"""Every door of the project, every method, every role, own and foreign (ACC-4).

What is expected comes out of the policy's table, the view's declaration and the plain facts about the cast below;
never out of the query sets that are tested.
"""

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import Role
from accounts.policy import POLICY
from tests.harness.routes import Route, all_routes
from tests.harness.writes import undone, written_tables
from tests.providers import OF_A_CASE, NotForThisCase, keywords_for

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
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
# What a page that only shows something may write: who opened it, the session, a limit's counter.
WRITTEN_BY_READING = {"audit_accessentry", "django_session", "cache_entries"}

pytestmark = [pytest.mark.django_db, pytest.mark.rule("ACC-4a")]


def grants(role: str, route: Route):
    declared = route.declaration
    return [g for g in POLICY if (g.role, g.thing) == (role, declared.thing) and declared.verb in g.verbs]


def expected(role: str, method: str, route: Route, case_name: str) -> set[str]:
    """The answers that are right for this role: "open", "sign in", "reason", "not found", "not allowed"."""
    declared = route.declaration
    if declared.kind == "public":
        return {"open", "not found"} if method in declared.allowed_methods else {"not allowed"}
    if role == NOBODY:
        return {"sign in"}
    if declared.kind == "requires" and not grants(role, route):
        return {"not found"}
    if method not in declared.allowed_methods:
        return {"not allowed"}
    if method == "OPTIONS" or declared.kind == "signed_in":
        return {"open"}
    return of_object(role, route, case_name)


def of_object(role: str, route: Route, case_name: str) -> set[str]:
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
def clients(world, client_of, client) -> dict[str, object]:
    """A client for each role, and one that nobody has signed in with."""
    found = {role: client_of(user) for role, user in world.by_role().items()} | {NOBODY: client}
    for each in found.values():
        each.raise_request_exception = False
    return found


def cases_of(route: Route) -> list[str]:
    return list(FACTS) if OF_A_CASE.intersection(route.keywords) else ["alice_case"]


def requests(route: Route, world):
    """(case name, url) for every case for which the route exists."""
    for case_name in cases_of(route):
        try:
            with undone():
                keywords_for(route.name, route.keywords, world, getattr(world, case_name))
        except NotForThisCase:
            continue
        yield case_name, route.url(**keywords_for(route.name, route.keywords, world, getattr(world, case_name)))


@pytest.mark.parametrize("route", all_routes(), ids=lambda route: f"/{route.path}")
def test_every_door_opens_to_whom_it_should(route, world, clients):
    assert route.declaration is not None, "this view declares no access"
    wrong = []
    for case_name, url in requests(route, world):
        for role, client in clients.items():
            for method in METHODS:
                with undone(), written_tables() as tables:
                    answer = answer_of(client.generic(method, url))
                right = expected(role, method, route, case_name)
                if answer not in right:
                    wrong.append(f"{role} {method} {url} ({case_name}): {answer}, not {' or '.join(sorted(right))}")
                if method in SAFE and (extra := set(tables) - WRITTEN_BY_READING):
                    wrong.append(f"{role} {method} {url}: reading wrote {', '.join(sorted(extra))}")
    assert wrong == [], "\n".join(wrong)
