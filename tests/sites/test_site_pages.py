"""Pages of sites: who sees them, the policy with its preview, the protocol with its acknowledgement."""

import pytest
from django.urls import reverse

from sites import actions
from sites.forms import PolicyForm
from tests import cast

POLICY_URL = "/sites/northmere/policy/"


@pytest.fixture
def protocol(world):
    return actions.publish_protocol(world.site, "Takes adults.\n\nCall 111.", by=world.leonie)


def filled(world, **changes) -> dict:
    """The policy form as the page shows it, with changes."""
    form = PolicyForm(policy=world.site.policy)
    shown = {name: form.initial.get(name) for name in form.fields if name != "applies_to_open_cases"}
    return shown | {name.replace("__", "."): value for name, value in changes.items()}


@pytest.mark.rule("SITE-1d")
@pytest.mark.rule("SITE-3a")
def test_staff_find_sites_and_their_pages(world, client_of, protocol):
    for who in (world.amara, world.sunniva, world.olu, world.tamsin, world.leonie):
        client = client_of(who)
        assert "Northmere" in client.get(reverse("sites:list")).content.decode()
        page = client.get(reverse("sites:site", args=["northmere"])).content.decode()
        assert "Takes adults." in page
        assert "Northmere Integrated Care Board" in page
        assert "step 2: 10 minutes" in page


def test_patients_and_finance_have_no_site_pages(world, client_of):
    for who in (world.alice, world.farid):
        assert client_of(who).get(reverse("sites:list")).status_code == 404
    assert client_of(world.olu).get("/sites/nowhere/").status_code == 404


@pytest.mark.rule("SITE-2f")
def test_a_change_is_shown_before_it_is_saved(world, client_of):
    client = client_of(world.leonie)
    answer = client.post(POLICY_URL, filled(world, note_hours=24, typed_minutes__2="45, 30"))
    assert [change[1:] for change in answer.context["changes"]] == [
        ("48 hours", "24 hours"),
        (
            "assessment: 60 minutes; step 2: 45 minutes; step 3: 60 or 30 minutes; step 3+: 60 or 30 minutes",
            "assessment: 60 minutes; step 2: 45 or 30 minutes; step 3: 60 or 30 minutes; step 3+: 60 or 30 minutes",
        ),
    ]
    assert world.site.policies.count() == 1
    saved = client.post(POLICY_URL, filled(world, note_hours=24) | {"confirmed": "yes"})
    assert (saved.status_code, saved["Location"]) == (303, "/sites/northmere/")
    assert world.site.policy.note_hours == 24
    assert world.site.current_policy_version.author == world.leonie


@pytest.mark.rule("SITE-2e")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"note_hours": ""}, "note_hours"),
        ({"note_hours": 0}, "note_hours"),
        ({"wait_minutes__2": 99}, "wait_minutes.2"),
        ({"typed_minutes__3": "sixty"}, "typed_minutes.assessment"),
        ({"typed_minutes__3": "60, 60"}, "typed_minutes.assessment"),
        ({"secondary_care_route": "pigeon"}, "secondary_care_route"),
        ({"auto_accept": "perhaps"}, "auto_accept"),
    ],
)
def test_the_page_says_which_field_is_wrong(world, client_of, change, field):
    answer = client_of(world.leonie).post(POLICY_URL, filled(world, **change) | {"confirmed": "yes"})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert world.site.policies.count() == 1


@pytest.mark.rule("SITE-2g")
def test_only_the_clinical_lead_changes_policy_and_protocol(world, client_of):
    for who in (world.amara, world.olu, world.sunniva, world.tamsin):
        client = client_of(who)
        for page in (POLICY_URL, "/sites/northmere/protocol/"):
            assert client.get(page).status_code == 404
            assert (
                client.post(page, filled(world, note_hours=24) | {"confirmed": "yes", "text": "x"}).status_code == 404
            )
    assert world.site.policies.count() == 1
    assert world.site.current_protocol is None


@pytest.mark.rule("SITE-3b")
def test_a_protocol_asks_each_reader_and_a_new_version_asks_again(world, client_of, protocol):
    amara = client_of(world.amara)
    page, acknowledge = reverse("sites:site", args=["northmere"]), reverse("sites:acknowledge", args=["northmere"])
    assert not amara.get(page).context["is_read"]
    assert amara.post(acknowledge, {"version": 1}).status_code == 303
    assert amara.post(acknowledge, {"version": 1}).status_code == 303
    assert amara.get(page).context["is_read"]
    assert protocol.readers.count() == 1
    assert not client_of(world.piet).get(page).context["is_read"]
    client_of(world.leonie).post("/sites/northmere/protocol/", {"text": "Takes adults from 16.\n\nCall 111."})
    assert not amara.get(page).context["is_read"]
    listed = amara.get(reverse("sites:list")).context["sites"]
    assert [site.is_unread for site in listed if site.code == "northmere"] == [True]


@pytest.mark.rule("SITE-3c")
def test_the_page_shows_what_changed_since_it_was_last_read(world, client_of, protocol):
    actions.acknowledge_protocol(protocol, by=world.amara.user)
    actions.publish_protocol(world.site, "Takes adults from 16.\n\nCall 111.", by=world.leonie)
    page = client_of(world.amara).get(reverse("sites:site", args=["northmere"]))
    assert page.context["changed"] == [("removed", "Takes adults."), ("added", "Takes adults from 16.")]
    assert "<ins>Takes adults from 16.</ins>" in page.content.decode()


@pytest.mark.rule("SITE-3b")
@pytest.mark.parametrize("version", ["1", "7", "", "x", "9" * 30])
def test_an_older_or_unknown_version_cannot_be_acknowledged(world, client_of, protocol, version):
    newer = actions.publish_protocol(world.site, "Another.", by=world.leonie)
    answer = client_of(world.amara).post(reverse("sites:acknowledge", args=["northmere"]), {"version": version})
    assert answer.status_code == 409
    assert not newer.readers.exists()
    assert not protocol.readers.exists()


def test_a_protocol_is_shown_as_text(world, client_of):
    actions.publish_protocol(world.site, "<script>alert(1)</script> & more", by=world.leonie)
    page = client_of(world.amara).get(reverse("sites:site", args=["northmere"])).content.decode()
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.rule("SITE-3d")
def test_a_case_links_to_the_protocol_of_its_site(world, client_of):
    for who in (world.amara, world.sunniva, world.olu):
        page = client_of(who).get(reverse("desk:case", args=[world.alice_case.ref])).content.decode()
        assert f'href="{reverse("sites:site", args=["northmere"])}"' in page


def test_the_list_asks_the_database_as_often_for_many_sites(world, client_of, same_queries, protocol):
    same_queries(
        client_of(world.amara),
        reverse("sites:list"),
        lambda: [cast.make_site(f"site-{number}", f"Site {number}") for number in range(3)],
    )
