"""Every door that takes a post gets the empty, the oversized, the wrong type, the foreign and the repeated.

Never a failure of the server, nothing written by what is refused, and an answer that says what is wrong.
"""

import logging
import re
from collections.abc import Callable, Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.accounts.test_matrix import FACTS, NOBODY, expected
from tests.harness.posting import changes, fields_of, says_what_is_wrong
from tests.harness.routes import Route, all_routes
from tests.harness.writes import undone
from tests.providers import OF_A_CASE, NotForThisCase, address

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MEGABYTE = "x" * 1_000_000
WRONG_TYPES = (
    "\0", "[]", "-1", "9" * 40, "1e309", "NaN", "' OR 1=1 --", "2026-13-45", "2026-03-29T01:30", "٣", "\r\n", " ",
    "😀" * 50, "<script>alert(1)</script>", "../../etc/passwd", "{{ 7*7 }}", "\u202e", "no-such-choice",
)  # fmt: skip
RAW_BODIES = {
    "no JSON": ("application/json", b"{"),
    "a JSON list": ("application/json", b"[]"),
    "JSON of nulls": ("application/json", b'{"cid": null, "text": null, "after": null}'),
    "JSON of what no text may hold, and of what is no number": (
        "application/json",
        b'{"cid": "a", "text": "a\\u0000\\ud800", "words": "\\u0000\\ud800", "page": "\\u0000", "version": true,'
        b' "after": true, "seen": true, "trace": [{"at": "\\u0000", "state": "\\ud800"}]}',
    ),
    "deep JSON": ("application/json", b"[" * 100_000),
    "bytes that are no text": ("application/x-www-form-urlencoded", b"text=%ED%A0%80&%FF=%FE"),
    "a broken upload": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
    "an unknown type": ("application/octet-stream", b"\x00\x01"),
    "three megabytes": ("application/x-www-form-urlencoded", b"text=" + b"x" * 3_000_000),
    "too many fields": ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(2000))),
}
# Doors whose module reads something out of the address, and what may stand there; the health page says 503 by itself.
ASKED_IN_ADDRESSES = re.compile(r"GET\.get\(\"(\w+)\"")
ODD_IN_ADDRESSES = ("\0", "9" * 40, "9999-12-31")
READABLE = [
    route
    for route in all_routes()
    if route.declaration and "GET" in route.declaration.allowed_methods and "request.GET" in route.source
]
# What a refusal may write all the same, and what doing a thing twice may write again, each with its reason.
KEPT_WHEN_REFUSED = {
    "intake:referral-page": {"intake_referraldraft"},  # what was typed stays in the draft
}
WRITTEN_AGAIN = {
    "therapy:beat": {"therapy_presence"},  # being there is a heartbeat
    "intake:preview": {"intake_allocationrun", "intake_match", "audit_changeentry"},  # each preview is a run of its own
    "intake:referral-start": {"intake_referraldraft"},  # "begin anew" means it
    "therapy:feed": {"therapy_calendarfeed", "audit_changeentry"},  # each press makes a new address
    "account_reauthenticate": {"audit_changeentry"},  # each wrong password is written down
}
# Open to a supervisor to whom both sides agreed: tests/therapy/test_look_in.py.
NEEDS_AN_AGREEMENT = {"therapy:looking-lines"}
POSTABLE = [
    route
    for route in all_routes()
    if route.declaration and "POST" in route.declaration.allowed_methods and route.name not in NEEDS_AN_AGREEMENT
]


def who_may(route: Route, world, method: str = "POST") -> Iterator[tuple[str, str]]:
    """(role, case name) of those whom the door is open to, the role with a case of its own first."""
    cases = list(FACTS) if OF_A_CASE.intersection(route.keywords) else ["alice_case"]
    for role in [*world.by_role(), NOBODY]:
        yield from ((role, case) for case in cases if "open" in expected(role, method, route, case))


@pytest.fixture
def knock(world, everybody, client) -> Iterator[Callable]:
    """A function that opens a door of the project as somebody who may: returns (client, address)."""

    def find(route: Route, method: str = "POST") -> tuple[Client, str]:
        for role, case_name in who_may(route, world, method):
            try:
                url = address(route, world, getattr(world, case_name))
            except NotForThisCase:
                continue
            found = client if role == NOBODY else everybody[role]
            found.raise_request_exception = False
            return found, url
        raise AssertionError(f"no role may {method} {route.path}")

    logging.disable()
    yield find
    logging.disable(logging.NOTSET)


def bad_forms(fields: list[str], world) -> Iterator[tuple[str, dict]]:
    """What is wrong with it, and the fields to post."""
    yield "empty", {}
    for name in fields:
        yield f"a megabyte in {name}", dict.fromkeys(fields, "1") | {name: MEGABYTE}
    for value in WRONG_TYPES:
        yield f"{value[:20]!r} everywhere", dict.fromkeys(fields, value)
    yield "every field twice", {name: ["1", "2"] for name in fields}
    for what, value in foreign(world).items():
        yield f"a foreign {what}", dict.fromkeys(fields, value)
    yield "files for words", {name: SimpleUploadedFile("a.txt", b"a") for name in fields}


def foreign(world) -> dict[str, str]:
    return {
        "case": world.bob_case.ref,
        "row": str(world.bob_case.pk),
        "clinician": str(world.piet.ref),
        "reference": "00000000-0000-4000-8000-000000000000",
        "site": world.far_site.code,
    }


def wrong_with(what: str, route: Route, send: Callable) -> Iterator[str]:
    """What is wrong with the answer to one bad post."""
    response, changed = changes(send)
    changed -= KEPT_WHEN_REFUSED.get(route.name, set())
    status = response.status_code
    if status >= 500:
        yield f"{what}: {status}"
    if status >= 400 and changed:
        yield f"{what}: refused with {status}, yet wrote {', '.join(sorted(changed))}"
    if 400 <= status < 500 and not says_what_is_wrong(response):
        yield f"{what}: {status} without a word about what is wrong"


@pytest.mark.parametrize("route", POSTABLE, ids=lambda route: f"/{route.path}")
def test_bad_forms_are_refused_in_words(route, world, knock):
    client, url = knock(route)
    with undone():
        fields = fields_of(route.name, lambda data: client.post(url, data))
    wrong = []
    for what, data in bad_forms(fields, world):
        with undone():
            wrong += wrong_with(what, route, lambda data=data: client.post(url, data))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", POSTABLE, ids=lambda route: f"/{route.path}")
def test_bad_bodies_are_refused_in_words(route, knock):
    client, url = knock(route)
    wrong = []
    for what, (kind, body) in RAW_BODIES.items():
        with undone():
            wrong += wrong_with(what, route, lambda kind=kind, body=body: client.generic("POST", url, body, kind))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", POSTABLE, ids=lambda route: f"/{route.path}")
def test_a_post_repeated_changes_nothing_more(route, knock):
    """Where nothing or one and the same is posted twice, as by a double click, the second finds all done."""
    client, url = knock(route)
    with undone():
        fields = fields_of(route.name, lambda data: client.post(url, data))
    for data in ({}, dict.fromkeys(fields, "1")):
        with undone():
            first = client.post(url, data)
            again, changed = changes(lambda data=data: client.post(url, data))
            changed -= WRITTEN_AGAIN.get(route.name, set())
            assert again.status_code < 500
            assert first.status_code >= 400 or not changed, f"posted again it wrote {', '.join(sorted(changed))}"


@pytest.mark.parametrize("route", READABLE, ids=lambda route: f"/{route.path}")
def test_odd_addresses_break_no_page(route, knock):
    client, url = knock(route, "GET")
    names = {"q", "kind", "show", *ASKED_IN_ADDRESSES.findall(route.source)}
    for value in ODD_IN_ADDRESSES:
        with undone():
            assert client.get(url, dict.fromkeys(names, value)).status_code < 500, repr(value)
