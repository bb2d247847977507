"""Front page, help, the style page and the pages of errors. None of them asks the database anything."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from ui.middleware import ErrorPagesMiddleware

EMERGENCY = ("999", "111", "116 123", "85258", "A&amp;E")
ERROR_PAGES = ["400", "403", "403_csrf", "404", "405", "409", "413", "429", "500"]


@pytest.fixture
def style_page(settings):
    settings.DEMO = True
    return Client().get("/style/").content.decode()


def test_the_front_page_has_two_ways_in():
    html = Client().get("/").content.decode()
    assert "Refer yourself" in html
    assert "Sign in" in html
    assert html.count("<h1") == 1


@pytest.mark.rule("ACC-13a")
@pytest.mark.parametrize("path", ["/", "/help-now/"])
def test_public_pages_hold_the_emergency_panel(path):
    html = Client().get(path).content.decode()
    panel = html[html.index("app-emergency__summary") :]
    assert all(number in panel for number in EMERGENCY)
    assert 'href="/help-now/"' in html


def test_every_page_leads_to_contact_and_privacy():
    for path in ("/", "/nowhere/"):
        html = Client().get(path).content.decode()
        assert 'href="/contact/"' in html
        assert 'href="/privacy/"' in html
    assert "Who can read it" in Client().get("/privacy/").content.decode()


def test_contact_says_how_to_reach_the_service_that_runs_this(settings):
    settings.SERVICE_PHONE, settings.SERVICE_EMAIL = "01632 960 199", "team@example.org"
    html = Client().get("/contact/").content.decode()
    assert 'href="tel:01632960199">01632 960 199<' in html
    assert 'href="mailto:team@example.org"' in html


@pytest.mark.rule("ACC-13b")
def test_nobody_is_led_to_believe_that_messages_are_watched():
    html = Client().get("/").content.decode()
    assert "We do not watch messages around the clock" in html


@pytest.mark.rule("ACC-10a")
@pytest.mark.parametrize("path", ["/", "/help-now/", "/nowhere/"])
def test_public_pages_have_the_way_out_that_works_without_scripts(path):
    html = Client().get(path).content.decode()
    assert re.search(rf'<a class="app-leave" href="{re.escape(settings.NEUTRAL_URL)}" rel="noreferrer', html)


@pytest.mark.rule("ACC-10c")
def test_the_address_left_ahead_in_the_history_leads_away_too():
    response = Client().get("/leave/")
    assert (response.status_code, response["Location"]) == (302, settings.NEUTRAL_URL)


@pytest.mark.rule("ACC-19a")
@pytest.mark.parametrize("path", ["/", "/help-now/", "/contact/", "/privacy/", "/nowhere/"])
def test_titles_are_neutral(path):
    title = re.search("<title>(.*)</title>", Client().get(path).content.decode())[1]
    assert title in {"ieso", "Help now", "Contact", "Privacy", "Page not shown"}


def test_the_style_page_is_not_served_in_earnest(settings):
    settings.DEBUG = settings.DEMO = False
    assert Client().get("/style/").status_code == 404


def test_every_component_is_on_the_style_page_and_none_is_left_unmade(style_page):
    assert "<c-" not in style_page
    assert "cotton" not in style_page
    shown = (settings.BASE_DIR / "templates" / "ui" / "style").glob("*.html")
    source = " ".join(file.read_text() for file in (*shown, settings.BASE_DIR / "templates/ui/style.html"))
    inside = {"form", "emergency", "time"}
    for file in (settings.BASE_DIR / "templates" / "cotton").glob("*.html"):
        name = file.stem.replace("_", "-")
        assert f"<c-{name}" in source or file.stem in inside, name


def test_ids_are_unique_on_the_style_page(style_page):
    found = re.findall(r'\sid="([^"]+)"', style_page)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("page", ERROR_PAGES)
def test_error_pages_need_neither_request_nor_database(page):
    html = render_to_string(f"{page}.html")
    assert html.count("<h1") == 1
    assert "<c-" not in html
    assert "app.css" in html
    assert 'class="app-leave" href="/leave/"' in html


def test_bare_refusals_get_a_page_and_keep_their_headers(rf: RequestFactory):
    bare = HttpResponse(status=405, headers={"Allow": "GET"})
    response = ErrorPagesMiddleware(lambda request: bare)(rf.get("/"))
    assert (response.status_code, response["Allow"]) == (405, "GET")
    assert b"does not work this way" in response.content


def test_a_refusal_with_words_of_its_own_is_left_alone(rf: RequestFactory):
    worded = HttpResponse("[]", status=409)
    assert ErrorPagesMiddleware(lambda request: worded)(rf.get("/")) is worded


def test_a_pages_own_messages_are_not_taken_for_flashes(rf: RequestFactory):
    request = rf.get("/")
    html = render_to_string("base.html", {"messages": {"unread": 3}}, request)
    assert "app-messages" not in html
