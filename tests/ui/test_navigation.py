"""Who finds which links in the header."""

import pytest
from django.urls import resolve, reverse

from accounts.models import STAFF_ROLES, Role
from accounts.policy import grants_of
from ui import navigation
from ui.navigation import Entry, links, roles

ENTRIES = (Entry("Front", "ui:front"), Entry("Help", "ui:help-now", roles("clinician")), Entry("Moon", "moon:landing"))


def labels(held, path="/"):
    return [link.label for link in links(ENTRIES, frozenset(held), path)]


def test_links_are_for_those_who_hold_a_role():
    assert labels(["clinician", "supervisor"]) == ["Front", "Help"]
    assert labels(["finance"]) == ["Front"]


def test_a_page_that_nobody_offers_is_left_out():
    assert "Moon" not in labels(["clinician"])


def test_a_link_is_current_on_its_page_and_beneath_it():
    found = {link.label: link.current for link in links(ENTRIES, roles("clinician"), "/help-now/more/")}
    assert found == {"Front": False, "Help": True}


EVERY_DOOR = [
    (entry, role)
    for layout in (navigation.PATIENT, navigation.STAFF)
    for entry in layout
    for role in sorted(entry.roles or (STAFF_ROLES if layout is navigation.STAFF else {Role.PATIENT}))
]


@pytest.mark.parametrize(("entry", "role"), EVERY_DOOR, ids=lambda given: getattr(given, "url_name", given))
def test_nobody_is_shown_a_door_that_does_not_open(entry, role):
    declared = resolve(reverse(entry.url_name)).func.access
    assert declared.kind in ("public", "signed_in") or grants_of({role}, declared.thing, declared.verb)
