"""Reading with a reason: typed first, logged with the opening, listed for the clinical lead (ACC-4)."""

import pytest
from django.urls import reverse

from audit.models import AccessEntry

WHY = "A complaint about this case has reached me."


def log_page(case) -> str:
    return reverse("patients:access-log", args=[case.ref])


@pytest.fixture
def lead(world, client_of):
    return client_of(world.leonie)


def give(client, page: str, reason: str = WHY):
    """Ask for the page, be sent to the form, type the reason; returns the form's answer."""
    asked = client.get(page)
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("accounts:reason"))
    return client.post(asked["Location"], {"reason": reason})


@pytest.mark.rule("ACC-4m")
@pytest.mark.rule("ACC-4n")
def test_the_reason_comes_first_and_is_logged_with_the_opening(world, lead):
    page = log_page(world.bob_case)
    assert not AccessEntry.objects.exists()
    answer = give(lead, page)
    assert answer["Location"] == page
    assert lead.get(page).status_code == 200
    entry = AccessEntry.objects.get()
    assert (entry.who, entry.case_ref, entry.thing, entry.reason) == (
        world.leonie, world.bob_case.ref, "access_log", WHY,
    )  # fmt: skip


@pytest.mark.rule("ACC-4m")
@pytest.mark.parametrize("reason", ["", "   ", "because", " " * 30])
def test_without_a_real_reason_the_page_stays_closed(world, lead, reason):
    answer = give(lead, log_page(world.bob_case), reason)
    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"]
    assert lead.get(log_page(world.bob_case)).status_code == 302
    assert not AccessEntry.objects.exists()


@pytest.mark.rule("ACC-4m")
def test_a_reason_holds_for_its_case_and_thing_alone(world, lead):
    give(lead, log_page(world.bob_case))
    assert lead.get(log_page(world.alice_case)).status_code == 302
    assert lead.get(reverse("measures:scores", args=[world.bob_case.ref])).status_code == 302


@pytest.mark.rule("ACC-4m")
@pytest.mark.parametrize(("later", "status"), [("2026-11-02 10:14", 200), ("2026-11-02 10:16", 302)])
def test_a_reason_holds_for_a_quarter_of_an_hour(world, client_of, at, later, status):
    with at("2026-11-02 10:00"):
        client = client_of(world.leonie)
        give(client, log_page(world.bob_case))
    with at(later):
        assert client.get(log_page(world.bob_case)).status_code == status


@pytest.mark.rule("ACC-4m")
@pytest.mark.parametrize("thing", ["case", "everything", "", "session"])
def test_who_could_not_read_even_with_a_reason_is_not_asked(world, client_of, thing):
    page = f"{reverse('accounts:reason')}?case={world.bob_case.ref}&thing={thing}&next=/home/"
    for who in (world.amara, world.alice, world.farid, world.tamsin):
        assert client_of(who).get(page).status_code == 404
    if thing != "case":
        assert client_of(world.leonie).get(page).status_code == 404


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_the_way_on_stays_on_this_site(world, lead, target):
    url = f"{reverse('accounts:reason')}?case={world.bob_case.ref}&thing=case&next={target}"
    assert lead.post(url, {"reason": WHY})["Location"] == "/home/"


@pytest.mark.rule("ACC-4n")
def test_the_clinical_lead_sees_every_opening_with_a_reason(world, lead, client_of):
    give(lead, log_page(world.bob_case))
    lead.get(log_page(world.bob_case))
    client_of(world.olu).get(log_page(world.bob_case))
    listed = lead.get(reverse("accounts:reasons"))
    assert [entry.reason for entry in listed.context["page"]] == [WHY]
    assert WHY in listed.content.decode()
    for who in (world.olu, world.amara, world.alice, world.sunniva):
        assert client_of(who).get(reverse("accounts:reasons")).status_code == 404


@pytest.mark.rule("ACC-4m")
def test_a_case_that_is_not_there_is_404_with_or_without_a_reason(world, lead):
    url = f"{reverse('accounts:reason')}?case=22222222&thing=access_log&next=/home/"
    lead.post(url, {"reason": WHY})
    assert lead.get("/cases/22222222/access-log/").status_code == 404
