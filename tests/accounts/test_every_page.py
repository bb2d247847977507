"""What holds for every answer of every address, whoever asks: headers, no third party, neutral titles, no download."""

import re
from dataclasses import dataclass

import pytest
from django.http import HttpResponse, HttpResponseNotFound
from django.test import Client
from django.views.defaults import page_not_found

from accounts.models import Role
from tests import cast
from tests.harness.routes import all_routes
from tests.harness.writes import undone
from tests.providers import NotForThisCase, keywords_for

POLICY = (
    "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; img-src 'self'; manifest-src 'self'; script-src 'self'; style-src 'self'"
)
# The walk over all addresses is part of the first test's time.
pytestmark = [pytest.mark.timeout(600), pytest.mark.slow, pytest.mark.xdist_group("every_page")]
# What would tell somebody looking over the shoulder.
TELLING = re.compile(
    r"\b(therap\w*|cbt|nhs|depress\w*|anxi\w*|mental|health|phq\w*|gad\w*|suicid\w*|self-?harm|psych\w*|risk|panic|mood"
    r"|diagnos\w*|disorder\w*|treatment)\b",
    re.I,
)
LOADED = re.compile(
    r"<(?:script|link|img|iframe|source|video|audio|object|embed|use)\b[^>]*?(?:src|href|data)=\"([^\"]*)\""
)
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)[^>]*>|\sstyle=\"|\son[a-z]+=\"|<c-[a-z]")
PAPER = {"text/html; charset=utf-8", "application/json", ""}
# A picture that somebody added opens in a page and nowhere else: it may not even load what our own pages may.
PICTURE, POLICY_OF_PICTURES = "/files/<uuid:file>/picture/", "default-src 'none'; frame-ancestors 'none'; sandbox"


@dataclass(frozen=True)
class Answer:
    """What one person got at one address."""

    role: str
    route: str
    status: int
    headers: dict[str, str]
    html: str

    def __str__(self) -> str:
        return f"{self.role} {self.route} ({self.status})"

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.html, re.S)
        return found[1].strip() if found else ""


class NotFound:
    """The page "not found" knows nothing of what was looked for: drawn once for each door and once for each person,
    or it would be a third of the walk. The headers of every answer are the real ones."""

    def __init__(self) -> None:
        self.drawn: set[str] = set()

    def __call__(self, request, exception) -> HttpResponse:
        about = {f"door {request.path}", f"person {request.user.pk}"}
        if about <= self.drawn:
            return HttpResponseNotFound("Not found")
        self.drawn |= about
        return page_not_found(request, exception)


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker) -> list[Answer]:
    """Every address asked for by each role and by nobody, about Alice's case; nothing stays written."""
    with django_db_blocker.unblock(), undone(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("ieso.urls.handler404", NotFound(), raising=False)
        patch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
        world = cast.make_world()
        clients: dict[str, Client] = {role: cast.signed_in(who) for role, who in world.by_role().items()}
        people = clients | {"nobody": Client()}
        return [answer for route in all_routes() if not apart(route) for answer in asked(route, world, people)]


def apart(route) -> bool:
    """The status page: files of its own, served beside the service and known to tests/ieso."""
    return route.path.startswith("status/")


def asked(route, world, clients: dict[str, Client]) -> list[Answer]:
    """What each of them gets at one address; what stands behind it is made once for all."""
    with undone():
        try:
            url = route.url(**keywords_for(route.name, route.keywords, world, world.alice_case))
        except NotForThisCase:
            return []
        return [answer_to(role, client, route, url) for role, client in clients.items()]


def answer_to(role: str, client: Client, route, url: str) -> Answer:
    client.raise_request_exception = False
    with undone():
        response = client.get(url)
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    html = response.content.decode() if is_page else ""
    return Answer(role, f"/{route.path}", response.status_code, dict(response.headers), html)


def test_the_walk_is_a_walk(answers):
    opened = [answer for answer in answers if answer.status == 200]
    assert len(opened) > len(all_routes())
    assert {answer.role for answer in opened} == {*map(str, Role), "nobody"}
    broken = [str(answer) for answer in answers if answer.status >= 500 and answer.route != "/healthz"]
    assert broken == []


@pytest.mark.rule("ACC-18a")
def test_the_content_policy_is_this_one_on_every_answer(answers):
    pictures = [answer for answer in answers if answer.route == PICTURE and answer.status == 200]
    assert {answer.headers["Content-Security-Policy"] for answer in pictures} == {POLICY_OF_PICTURES}
    others = [answer for answer in answers if answer not in pictures]
    assert [str(answer) for answer in others if answer.headers.get("Content-Security-Policy") != POLICY] == []


@pytest.mark.rule("ACC-18b")
def test_no_page_loads_anything_from_elsewhere(answers):
    loaded = {(str(answer), url) for answer in answers for url in LOADED.findall(answer.html)}
    assert [(page, url) for page, url in sorted(loaded) if not url.startswith(("/static/", "/files/", "#"))] == []
    assert [(str(answer), found[0]) for answer in answers if (found := INLINE.search(answer.html))] == []


@pytest.mark.rule("ACC-6c")
def test_nothing_for_somebody_signed_in_is_kept_by_a_browser(answers):
    kept = [answer for answer in answers if answer.role != "nobody" and answer.status != 405]
    assert [str(answer) for answer in kept if "no-store" not in answer.headers.get("Cache-Control", "")] == []


@pytest.mark.rule("ACC-6a")
def test_no_address_gives_a_clinician_a_file(answers):
    got = [answer for answer in answers if answer.role == Role.CLINICIAN and answer.status == 200]
    files = [answer for answer in got if answer.headers.get("Content-Type", "") not in PAPER]
    # A moment and a case reference, for the calendar of one's own device.
    files = [answer for answer in files if answer.route != PICTURE and not answer.route.endswith(".ics")]
    files += [
        answer
        for answer in got
        if not answer.route.endswith(".ics") and "attachment" in answer.headers.get("Content-Disposition", "")
    ]
    # A clinician's own pay is no patient's record.
    assert [str(answer) for answer in files if not answer.route.startswith("/pay/")] == []


@pytest.mark.rule("ACC-6b")
def test_every_page_of_a_clinician_asks_not_to_be_printed(answers):
    pages = [answer for answer in answers if answer.role == Role.CLINICIAN and answer.status == 200 and answer.html]
    bodies = [(answer, re.search(r"<body class=\"([^\"]*)\"", answer.html)) for answer in pages]
    assert [str(answer) for answer, body in bodies if body and "no-print" not in body[1].split()] == []
    assert len(pages) > 10


@pytest.mark.rule("ACC-19a")
def test_titles_tell_nothing(answers):
    titled = [(answer, answer.title) for answer in answers if "<html" in answer.html]
    assert [(str(answer), title) for answer, title in titled if not title or TELLING.search(title)] == []
    names = ("Alice", "Arden", "Bob", "Brook")
    assert [(str(answer), title) for answer, title in titled if any(name in title for name in names)] == []


@pytest.mark.rule("ACC-10a")
@pytest.mark.rule("ACC-13a")
def test_every_patient_page_has_the_way_out_and_the_numbers(answers):
    whole = [answer for answer in answers if answer.role in (Role.PATIENT, "nobody") and "<html" in answer.html]
    assert [str(answer) for answer in whole if "data-leave" not in answer.html] == []
    for number in ("999", "111", "116 123", "85258", "A&amp;E"):
        assert [str(answer) for answer in whole if number not in answer.html] == []
