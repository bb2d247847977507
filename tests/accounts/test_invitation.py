"""The link that makes an account one's own (ACC-1)."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import actions
from accounts.models import Role, User
from notices.models import OutboxMessage
from tests import cast
from ui.errors import Refused

NEW = "seven calm blue kettles"


@pytest.fixture
def wanda(db) -> User:
    cache.clear()
    return actions.create_person("Wanda@Example.org", "Wanda West", [Role.PATIENT])


def accept(client: Client, link: str, password: str = NEW, again: str | None = None):
    return client.post(link, {"password": password, "again": password if again is None else again})


@pytest.mark.rule("ACC-1j")
def test_the_link_sets_a_password_verifies_the_address_and_signs_in(wanda, client):
    link = actions.invite(wanda, case_ref="BCDFGHJK")
    row = OutboxMessage.objects.get()
    assert (row.recipient, row.notice, row.case_ref, row.link) == ("wanda@example.org", "invitation", "BCDFGHJK", link)
    assert client.get(link).status_code == 200
    response = accept(client, link)
    assert response["Location"] == "/home/"
    assert client.session["_auth_user_id"] == str(wanda.pk)
    assert wanda.emailaddress_set.get().verified
    assert User.objects.get(pk=wanda.pk).check_password(NEW)


@pytest.mark.rule("ACC-1b")
@pytest.mark.rule("ACC-1j")
def test_the_link_works_once(wanda, client):
    link = actions.invite(wanda)
    accept(client, link)
    for answer in (Client().get(link), accept(Client(), link, "another calm blue kettle")):
        assert answer.status_code == 410
        assert "Send me a new link" in answer.content.decode()
    assert User.objects.get(pk=wanda.pk).check_password(NEW)


@pytest.mark.rule("ACC-1j")
@pytest.mark.parametrize(("later", "status"), [("2026-11-15 11:59", 200), ("2026-11-15 12:01", 410)])
def test_the_link_lives_14_days(wanda, client, at, later, status):
    with at("2026-11-01 12:00"):
        link = actions.invite(wanda)
    with at(later):
        assert client.get(link).status_code == status


@pytest.mark.rule("ACC-1j")
@pytest.mark.parametrize("change", ["x", "~"])
def test_a_forged_link_is_dead(wanda, client, change):
    head, uid, token = actions.invite(wanda).strip("/").split("/")
    assert client.get(f"/{head}/{uid}/{token[:-1]}{change}/").status_code in (404, 410)
    assert client.get(f"/{head}/bm90/{token}/").status_code == 410
    assert client.get(f"/{head}/%C3%A9/{token}/").status_code == 410


@pytest.mark.rule("ACC-2h")
@pytest.mark.parametrize("password", ["short", "qwertyuiop123", "", "wanda@example.org"])
def test_a_weak_first_password_is_refused_and_changes_nothing(wanda, client, password):
    link = actions.invite(wanda)
    response = accept(client, link, password)
    assert response.status_code == 422
    assert response.context["form"].errors["password"]
    assert not User.objects.get(pk=wanda.pk).has_usable_password()
    assert client.get(link).status_code == 200


def test_two_different_passwords_are_refused(wanda, client):
    response = accept(client, actions.invite(wanda), again="something else entirely")
    assert response.context["form"].errors["again"] == ["The two passwords are not the same. Type them again."]


def test_somebody_else_signed_in_makes_way(wanda, world, client_of):
    client = client_of(world.alice)
    accept(client, actions.invite(wanda))
    assert client.session["_auth_user_id"] == str(wanda.pk)


@pytest.mark.rule("ACC-1c")
def test_invited_staff_go_on_to_their_second_factor(db, client):
    clara = actions.create_person("clara@example.org", "Clara Coe", [Role.CLINICIAN])
    accept(client, actions.invite(clara))
    assert client.get("/sites/")["Location"] == "/accounts/second-step/app/"
    assert client.get("/accounts/second-step/app/").status_code == 200


def test_one_address_makes_one_account(wanda):
    with pytest.raises(Refused) as refusal:
        actions.create_person("WANDA@example.org", "Other", [Role.PATIENT])
    assert refusal.value.field == "email"


@pytest.mark.parametrize("roles", [[], ["king"], [Role.PATIENT, Role.FINANCE]])
def test_roles_that_cannot_be_are_refused(db, roles):
    with pytest.raises(Refused) as refusal:
        actions.create_person("new@example.org", "New Name", roles)
    assert refusal.value.field == "roles"
    assert not User.objects.exists()


def test_the_password_of_somebody_invited_is_not_reset_by_a_stranger(wanda, client):
    client.post("/accounts/password/reset/", {"email": wanda.email})
    rows = OutboxMessage.objects.all()
    assert all(row.recipient == wanda.email for row in rows)
    assert cast.PASSWORD not in str(list(rows.values()))
