"""Who opened the record, when, what, from where (ACC-5)."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AccessEntry
from tests import cast

ADDRESS = "203.0.113.40"


def log_page(case) -> str:
    return reverse("patients:access-log", args=[case.ref])


@pytest.mark.rule("ACC-5a")
def test_an_opening_by_staff_is_written_down(world, at):
    client = cast.signed_in(world.olu, REMOTE_ADDR=ADDRESS)
    with at("2026-11-02 10:00"):
        client.get(log_page(world.alice_case))
    entry = AccessEntry.objects.get()
    assert (entry.who, entry.case_ref, entry.thing, entry.verb, entry.address) == (
        world.olu, world.alice_case.ref, "access_log", "read", ADDRESS,
    )  # fmt: skip
    assert entry.at.isoformat() == "2026-11-02T10:00:00+00:00"
    client.get(log_page(world.alice_case))
    assert AccessEntry.objects.count() == 2


@pytest.mark.rule("ACC-5a")
def test_what_was_not_opened_is_not_written_down(world, client_of, client):
    client_of(world.amara).get(log_page(world.alice_case))
    client_of(world.bob).get(log_page(world.alice_case))
    client.get(log_page(world.alice_case))
    assert not AccessEntry.objects.exists()


@pytest.mark.rule("ACC-5a")
def test_behind_a_trusted_proxy_the_address_is_the_readers(world, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = cast.signed_in(world.olu, REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR=f"198.51.100.1, {ADDRESS}")
    client.get(log_page(world.alice_case))
    assert AccessEntry.objects.get().address == ADDRESS


@pytest.mark.rule("ACC-5a")
def test_a_forged_proxy_header_changes_nothing(world):
    client = cast.signed_in(world.olu, REMOTE_ADDR=ADDRESS, HTTP_X_FORWARDED_FOR="198.51.100.1")
    client.get(log_page(world.alice_case))
    assert AccessEntry.objects.get().address == ADDRESS


@pytest.mark.rule("ACC-5b")
def test_the_patient_sees_who_opened_the_record(world, client_of):
    client_of(world.olu).get(log_page(world.alice_case))
    alice: Client = client_of(world.alice)
    for page in (log_page(world.alice_case), reverse("patients:opened")):
        shown = alice.get(page).content.decode()
        assert "Olu Ade" in shown
        assert "who opened the record" in shown
    assert AccessEntry.objects.count() == 1
    assert "Olu Ade" not in client_of(world.bob).get(reverse("patients:opened")).content.decode()


@pytest.mark.rule("ACC-5b")
def test_only_patients_have_a_page_of_their_own_record(world, client_of):
    for who in (world.olu, world.amara, world.leonie):
        assert client_of(who).get(reverse("patients:opened")).status_code == 404


def test_the_log_asks_the_database_as_often_for_many_entries(world, client_of, same_queries):
    reader = client_of(world.olu)
    reader.get(log_page(world.alice_case))
    same_queries(
        client_of(world.alice),
        reverse("patients:opened"),
        lambda: [reader.get(log_page(world.alice_case)) for _ in range(5)],
    )
