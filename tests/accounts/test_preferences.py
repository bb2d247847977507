"""How each person likes pages: kept on the server, shown on every page, told to nobody (ACC-17)."""

import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from audit.models import ChangeEntry

URL = "/account/preferences/"


def root_of(response) -> dict[str, str]:
    """What the html element of a page says about the reader's choices."""
    tag = re.search(r"<html [^>]*>", response.content.decode()).group()
    return dict(re.findall(r'data-([a-z]+)="([^"]*)"', tag))


@pytest.mark.rule("ACC-17b")
@pytest.mark.rule("ACC-17d")
@pytest.mark.rule("ACC-17e")
def test_what_one_chose_is_on_every_page_that_one_opens(world, client_of):
    for who in (world.alice, world.amara, world.olu):
        client = client_of(who)
        usual = {"theme": "system", "size": "100", "typeface": "plain"}
        assert root_of(client.get(URL)) == usual
        answer = client.post(URL, {"theme": "dark", "text_size": "130", "typeface": "clear"})
        assert (answer.status_code, answer.url) == (303, URL)
        chosen = {"theme": "dark", "size": "130", "typeface": "clear"}
        for path in (URL, "/account/", reverse("desk:home")):
            assert root_of(client.get(path)) == chosen
        assert root_of(client_of(who).get("/account/")) == chosen


@pytest.mark.rule("ACC-17b")
@pytest.mark.parametrize("path", ["/", "/help-now/", "/nowhere/", "/accounts/login/"])
@pytest.mark.django_db
def test_a_stranger_gets_what_the_device_asks_for(client, path):
    page = client.get(path)
    assert root_of(page)["theme"] == "system"
    assert '<meta name="color-scheme" content="light dark">' in page.content.decode()


@pytest.mark.rule("ACC-17h")
def test_one_choice_may_be_posted_by_itself_and_the_others_stay(world, client_of):
    client = client_of(world.alice)
    client.post(URL, {"theme": "dark", "text_size": "150", "enter_sends": "no", "one_question": "yes"})
    answer = client.post(URL, {"text_size": "115"}, headers={"Accept": "application/json"})
    assert answer.json() == {"kept": True}
    user = world.alice.user
    user.refresh_from_db()
    assert (user.theme, user.text_size, user.enter_sends, user.one_question) == ("dark", 115, False, True)
    client.post(URL, {"enter_sends": "device"})
    user.refresh_from_db()
    assert user.enter_sends is None


@pytest.mark.parametrize(
    "data", [{"theme": "pink"}, {"text_size": "400"}, {"text_size": "x"}, {"typeface": "<b>"}, {"enter_sends": "1"}]
)
def test_what_is_not_offered_is_refused_and_changes_nothing(world, client_of, data):
    client = client_of(world.alice)
    answer = client.post(URL, data, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (422, {"kept": False})
    assert client.post(URL, data).status_code == 422
    user = world.alice.user
    user.refresh_from_db()
    assert (user.theme, user.text_size, user.typeface, user.enter_sends) == ("system", 100, "plain", None)


@pytest.mark.parametrize("changes", [{"theme": "pink"}, {"text_size": 400}, {"typeface": "comic"}])
def test_the_database_knows_the_choices_as_well(world, changes):
    user = world.alice.user
    with pytest.raises(DatabaseError), transaction.atomic():
        type(user).objects.filter(pk=user.pk).update(**changes)


@pytest.mark.rule("ACC-17i")
def test_the_record_says_that_something_was_chosen_and_not_what(world, client_of):
    client_of(world.alice).post(URL, {"typeface": "clear", "text_size": "150"})
    entry = ChangeEntry.objects.get(what="preferences chosen")
    assert (entry.who, entry.before, entry.after) == (world.alice.user, {}, {})


@pytest.mark.rule("ACC-17h")
def test_one_s_own_choices_are_nobody_else_s(world, client_of):
    client_of(world.alice).post(URL, {"theme": "dark"})
    assert root_of(client_of(world.amara).get(URL))["theme"] == "system"


def test_who_is_not_signed_in_has_no_such_page(client, db):
    assert client.get(URL).status_code == 302
    assert client.post(URL, {"theme": "dark"}).status_code == 302
