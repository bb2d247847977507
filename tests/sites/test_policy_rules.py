"""The policy as a typed record: defaults, limits, errors that name the field (SITE-2). No database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sites import rules
from sites.rules import Policy, PolicyError


@pytest.mark.rule("SITE-2a")
def test_the_defaults_are_the_figures_of_the_handbook():
    policy = Policy()
    hours = (policy.confirmation_notice_hours, policy.cancellation_notice_hours, policy.welcome_hours)
    assert {*hours, policy.reply_hours, policy.note_hours, policy.letter_hours} == {48}
    assert policy.wait_minutes == {"2": 10, "3": 15, "3+": 15}
    assert (policy.breaches_before_discharge, policy.sessions_before_extension, policy.sessions_per_extension) == (
        2, 6, 4,
    )  # fmt: skip
    assert policy.typed_minutes == {"assessment": [60], "2": [45], "3": [60, 30], "3+": [60, 30]}
    assert policy.video_minutes == {"assessment": [50], "2": [50, 30], "3": [50, 30], "3+": [50, 30]}


@pytest.mark.rule("SITE-2a")
def test_every_field_is_documented_with_its_unit():
    documented = rules.documented_fields()
    assert list(documented) == list(Policy().as_data())
    assert all(kind.label and kind.unit for kind in documented.values())


@pytest.mark.rule("SITE-2e")
@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"note_hours": 0}, "note_hours"),
        ({"note_hours": 673}, "note_hours"),
        ({"note_hours": "48"}, "note_hours"),
        ({"note_hours": True}, "note_hours"),
        ({"note_hours": 48.0}, "note_hours"),
        ({"note_hours": None}, "note_hours"),
        ({"wait_minutes": {"2": 10, "3": 15}}, "wait_minutes"),
        ({"wait_minutes": {"2": 10, "3": 15, "3+": 15, "4": 1}}, "wait_minutes"),
        ({"wait_minutes": {"2": 31, "3": 15, "3+": 15}}, "wait_minutes"),
        ({"wait_minutes": 10}, "wait_minutes"),
        ({"typed_minutes": {"assessment": [], "2": [45], "3": [60], "3+": [60]}}, "typed_minutes"),
        ({"typed_minutes": {"assessment": [60, 60], "2": [45], "3": [60], "3+": [60]}}, "typed_minutes"),
        ({"video_minutes": {"assessment": [14], "2": [45], "3": [60], "3+": [60]}}, "video_minutes"),
        ({"video_minutes": {"assessment": "60", "2": [45], "3": [60], "3+": [60]}}, "video_minutes"),
        ({"takes_patients_back": "yes"}, "takes_patients_back"),
        ({"secondary_care_route": "pigeon"}, "secondary_care_route"),
        ({"secondary_care_route": ["form"]}, "secondary_care_route"),
        ({"reply_days": 2}, "reply_days"),
    ],
)
def test_a_wrong_value_names_its_field(data, field):
    with pytest.raises(PolicyError) as refusal:
        Policy.from_data(data)
    assert refusal.value.field == field
    assert refusal.value.message


SIMPLE = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)


@pytest.mark.rule("SITE-2e")
@given(st.dictionaries(st.sampled_from(list(rules.documented_fields())), SIMPLE))
def test_whatever_is_given_makes_a_policy_or_names_a_field(data):
    policy = wrong = None
    try:
        policy = Policy.from_data(data)
    except PolicyError as refusal:
        wrong = refusal.field
    assert wrong in data if wrong else Policy.from_data(policy.as_data()) == policy


def test_waits_and_lengths_are_read_from_the_policy():
    policy = Policy()
    assert (policy.wait_for("2"), policy.wait_for("3"), policy.wait_for("")) == (10, 15, 15)
    assert policy.lengths("typed", step="2", assessment=False) == [45]
    assert policy.lengths("typed", step="", assessment=True) == [60]
    assert policy.lengths("video", step="3+", assessment=False) == [50, 30]
    assert policy.lengths("typed", step="", assessment=False) == []


def test_a_policy_in_words():
    data = Policy().as_data()
    words = {name: rules.in_words(name, value) for name, value in data.items()}
    assert words["note_hours"] == "48 hours"
    assert words["wait_minutes"] == "step 2: 10 minutes; step 3: 15 minutes; step 3+: 15 minutes"
    assert words["typed_minutes"].startswith("assessment: 60 minutes; step 2: 45 minutes; step 3: 60 or 30 minutes")
    assert (words["takes_patients_back"], words["auto_accept"]) == ("Yes", "No")
    assert words["secondary_care_route"] == "By letter"


@pytest.mark.rule("SITE-2f")
def test_what_changes_between_two_policies():
    after = Policy.from_data({"note_hours": 24, "auto_accept": True})
    assert rules.differences(Policy(), after) == [("note_hours", 48, 24), ("auto_accept", False, True)]
    assert rules.differences(Policy(), Policy()) == []


@pytest.mark.rule("SITE-3c")
def test_changed_lines():
    before, after = "Takes adults.\n\nCall 111.", "Takes adults from 16.\n\nCall 111."
    assert rules.changed_lines(before, after) == [("removed", "Takes adults."), ("added", "Takes adults from 16.")]
    assert rules.changed_lines(before, before) == []


@pytest.mark.parametrize(
    ("postcode", "district"), [("SW1A 1AA", "SW1A"), ("nm1 4ab", "NM1"), ("NM14AB", "NM1"), ("", "")]
)
def test_the_district_of_a_postcode(postcode, district):
    assert rules.district(postcode) == district
