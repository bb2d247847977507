"""The cast itself: everybody can sign in, and the cases are whose they should be."""

import pytest

from accounts.models import Role
from patients.models import Case

pytestmark = pytest.mark.django_db


def test_one_person_for_every_role(world):
    assert set(world.by_role()) == set(Role)
    assert all(user.has_role(role) for role, user in world.by_role().items())


@pytest.mark.parametrize("role", list(Role))
def test_everybody_can_be_signed_in(world, client_of, role):
    client = client_of(world.by_role()[role])
    assert client.session["_auth_user_id"] == str(world.by_role()[role].pk)


def test_cases_belong_to_whom_they_should(world):
    assert list(Case.objects.visible_to(world.alice.user)) == [world.alice_case]
    assert list(Case.objects.visible_to(world.amara.user)) == [world.alice_case]
    assert list(Case.objects.visible_to(world.stellan)) == [world.bob_case]
    assert list(Case.objects.visible_to(world.tamsin)) == [world.charlie_case]
