"""A ticket is kept while it is typed (MSG-9)."""

import pytest

from drafts.models import Draft
from supervision.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.mark.rule("MSG-9a")
@pytest.mark.rule("MSG-9b")
def test_a_ticket_is_kept_by_version_and_goes_when_it_is_sent(world, client_of):
    page = f"/cases/{world.alice_case.ref}/tickets/new/other/"
    amara = client_of(world.amara)
    assert amara.post(page + "draft/", {"version": 0, "question": "How do I"}).json()["version"] == 1
    assert "How do I</textarea>" in amara.get(page).content.decode()
    conflict = amara.post(page + "draft/", {"version": 0, "question": "Where do I"})
    assert conflict.status_code == 409
    assert conflict.json()["theirs"]["question"] == "How do I"
    assert amara.post(page, {"client_key": "k", "question": "How do I"}).status_code == 303
    assert Ticket.objects.count() == 1
    assert Draft.objects.get().texts == {}
    assert client_of(world.piet).post(page + "draft/", {"version": 0, "question": "x"}).status_code == 404


def test_an_unknown_type_and_a_missing_version_are_refused(world, client_of):
    amara = client_of(world.amara)
    assert amara.post(f"/cases/{world.alice_case.ref}/tickets/new/nothing/draft/", {"version": 0}).status_code == 404
    assert amara.post(f"/cases/{world.alice_case.ref}/tickets/new/other/draft/", {}).status_code == 422
