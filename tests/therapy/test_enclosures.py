"""What messages and lines carry: rows resolved by the owner of their kind."""

import pytest

from therapy.enclosures import presenting
from therapy.enclosures.actions import enclose
from therapy.enclosures.models import Enclosure
from therapy.enclosures.registry import Shown, register
from therapy.messages import actions as messages

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaflets():
    register("leaflet", lambda refs, viewer: {ref: Shown(f"Leaflet {ref}") for ref in refs if ref != "gone"})


@pytest.fixture
def sent(world):
    return [messages.send(world.alice_case, "Here", by=world.alice.user, client_key=str(n)) for n in range(2)]


def test_each_message_shows_what_it_carries(sent, leaflets, world):
    for ref in ("a", "b", "a", "gone"):
        enclose("leaflet", ref, message=sent[0])
    shown = presenting.in_messages(sent, world.amara.user)
    assert [item.label for item in shown[sent[0].pk]] == ["Leaflet a", "Leaflet b"]
    assert sent[1].pk not in shown


def test_a_kind_that_nobody_knows_is_not_put_in(sent):
    with pytest.raises(KeyError):
        enclose("nobody's", "a", message=sent[0])
    assert not Enclosure.objects.exists()


def test_as_many_questions_for_many_as_for_one(sent, leaflets, world, django_assert_num_queries):
    for ref in "abcdefgh":
        enclose("leaflet", ref, message=sent[0])
        enclose("leaflet", ref, message=sent[1])
    with django_assert_num_queries(1):
        presenting.in_messages(sent, world.amara.user)
