"""Who finds which links in the header."""

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


def test_every_role_of_the_staff_menu_exists():
    from accounts.models import Role

    named = {role for entry in navigation.STAFF for role in entry.roles}
    assert named <= set(Role.values)
