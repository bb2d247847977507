"""The clinical lead's library: publishing, history, going back, who may (MSG-3)."""

import datetime as dt

import pytest
from django.db import InternalError, ProgrammingError, transaction

from hub import actions, rules
from hub.models import MessageTemplate
from ui.errors import Refused

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
PAGE = "/message-templates/welcome/"


def newest(slug: str = "welcome") -> MessageTemplate:
    return MessageTemplate.objects.in_force().get(slug=slug)


@pytest.mark.rule("MSG-3a")
def test_what_we_ship_is_there_and_comes_once():
    assert MessageTemplate.objects.in_force().count() == len(rules.KINDS)
    assert actions.bring_in() == 0


@pytest.mark.rule("MSG-3a")
def test_a_lead_publishes_and_what_was_before_stays(world, client_of):
    leonie, before = client_of(world.leonie), newest()
    form = {"title": "Welcome to us", "text": "Hello {preferred_name}.", "based_on": before.version}
    assert leonie.post(PAGE + "edition/", form).status_code == 303
    now = newest()
    assert (now.version, now.title, now.by) == (before.version + 1, "Welcome to us", world.leonie)
    assert MessageTemplate.objects.get(pk=before.pk).text == before.text
    page = leonie.get(PAGE).content.decode()
    assert "<del>" in page
    assert "Hello Robin." in page
    assert leonie.post(PAGE + "edition/", form | {"based_on": now.version}).status_code == 303
    assert newest() == now, "the same words make no version"
    assert actions.bring_in() == 0
    assert newest() == now, "a release never takes the lead's words away"


@pytest.mark.rule("MSG-3a")
def test_going_back_is_a_version_of_its_own(world, client_of):
    before = newest()
    actions.publish("welcome", "Other", "Something else.", by=world.leonie)
    leonie = client_of(world.leonie)
    assert leonie.post(PAGE + "restoration/", {"version": before.version}).status_code == 303
    assert (newest().version, newest().text) == (before.version + 2, before.text)
    for wrong in ("99", "-1", "", "x", "9" * 40):
        assert leonie.post(PAGE + "restoration/", {"version": wrong}).status_code == 409


@pytest.mark.rule("MSG-3d")
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Hello {prefered_name}", "{prefered_name}"),
        ("See you on {appointment_time}", "{appointment_time}"),
        ("{x} and {y}", "{x}, {y}"),
    ],
)
def test_an_unknown_placeholder_is_refused_by_its_name(world, client_of, text, named):
    answer = client_of(world.leonie).post(PAGE + "edition/", {"title": "Welcome", "text": text, "based_on": 1})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"does not know {named}" in page
    assert text in page, "what was typed stays"
    assert newest().version == 1


@pytest.mark.rule("MSG-9b")
def test_two_leads_never_overwrite_each_other_unseen(world, client_of):
    actions.publish("welcome", "Theirs", "Their new words.", by=world.leonie)
    typed = {"title": "Mine", "text": "My new words.", "based_on": 1}
    leonie = client_of(world.leonie)
    answer = leonie.post(PAGE + "edition/", typed)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "My new words." in page
    assert "<ins>Their</ins>" in page
    assert 'name="based_on" value="2"' in page
    assert leonie.post(PAGE + "edition/", typed | {"based_on": 2}).status_code == 303
    assert newest().text == "My new words."


@pytest.mark.rule("MSG-3a")
def test_the_preview_shows_an_invented_person_and_changes_nothing(world, client_of):
    answer = client_of(world.leonie).post(PAGE + "preview/", {"text": "Hello {preferred_name}, {oops}"})
    page = answer.content.decode()
    assert "Hello Robin" in page
    assert "{oops}" in page
    assert newest().version == 1


@pytest.mark.rule("MSG-3a")
def test_clinicians_read_and_do_not_write(world, client_of):
    amara = client_of(world.amara)
    assert amara.get("/message-templates/").status_code == 200
    assert "Change this template" not in amara.get(PAGE).content.decode()
    assert amara.get(PAGE + "edition/").status_code == 404
    assert amara.post(PAGE + "restoration/", {"version": 1}).status_code == 404
    assert client_of(world.alice).get("/message-templates/").status_code == 404
    assert amara.get("/message-templates/nothing/").status_code == 404


def test_a_version_is_never_changed(world):
    row = newest()
    for sql in ("UPDATE hub_messagetemplate SET text = 'x'", "DELETE FROM hub_messagetemplate"):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            MessageTemplate.objects.raw(sql + " RETURNING id")[0]
    row.refresh_from_db()


@pytest.mark.parametrize("slug", ["nothing", ""])
def test_a_template_that_we_do_not_know_is_refused(world, slug):
    with pytest.raises(Refused):
        actions.publish(slug, "Title", "Text", by=world.leonie)
