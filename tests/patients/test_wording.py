"""What is pointed out in a text: promises, names, copies, a risk part that says nothing (NOTE-3, NOTE-8)."""

import time

import pytest

from hub.library import TEMPLATES
from patients.wording import rules

BOB, WILL, GRACE, ZOE = ("Bob", "Brook"), ("Will", "May"), ("Grace", "Gigi", "Hopper"), ("Zoë", "Ann-Marie")


@pytest.mark.rule("NOTE-8a")
@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("You will have six sessions.", "six sessions"),
        ("We agreed on 6 more appointments", "6 more appointments"),
        ("I can offer you another hour a week", "another hour a week"),
        ("You will have another session each week", "another session each week"),
        ("6-8 weekly sessions of CBT", "6-8 weekly sessions"),
        ("we work over 6 to 8 sessions", "6 to 8 sessions"),
        ("up to 12 sessions", "up to 12 sessions"),
        ("Plan: 6 sessions of exposure", "6 sessions"),
        ("six 50-minute sessions", "six 50-minute sessions"),
        ("You have 6.5 hours of therapy", "6.5 hours of therapy"),
        ("Ten hours of treatment", "Ten hours of treatment"),
        ("you will get 6 hours", "you will get 6 hours"),
        ("another two sessions", "another two sessions"),
        ("after 2 more sessions", "2 more sessions"),
        ("a couple of sessions", "a couple of sessions"),
        ("You can have four extra\nsessions", "four extra sessions"),
    ],
)
def test_a_number_of_sessions_or_hours_is_a_promise(text, passage):
    assert rules.promises(text) == [passage]


@pytest.mark.rule("NOTE-8b")
@pytest.mark.parametrize(
    "text",
    [
        "I will answer in 48 hours, within 24 hours at the latest",
        "tell me at least 48 hours before it starts",
        "You have 48 hours to cancel",
        "Your appointment is on 6 December at 10:00",
        "Our next sessions are at 19:00",
        "a 50-minute session, sessions of 60 minutes",
        "We had six sessions, and after two sessions you felt better",
        "the last three sessions; you attended 3 sessions; 8 sessions so far",
        "one session at a time",
        "session 6 was hard",
        "She slept 5 hours and works 40 hours a week",
        "You can get 8 hours of sleep",
        "See you in 2 hours",
        "",
    ],
)
def test_times_facts_and_hours_of_life_are_none(text):
    assert rules.promises(text) == []


@pytest.mark.rule("NOTE-8b")
def test_no_template_of_our_own_library_is_pointed_at():
    assert {slug: found for slug, (_, text) in TEMPLATES.items() if (found := rules.promises(text))} == {}


@pytest.mark.rule("NOTE-3d")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bob said so. Spoke of Bob's dog.", ["Bob"]),
        ("BOB and bob and Bobbing", []),
        ("Will you come? May I ask. Grace is needed.", []),
        ("In May we met, and that will do. We spoke of hope.", []),
        ("I saw Will yesterday", ["Will"]),
        ("Will May rang", ["Will", "May"]),
        ("\n- Will you?", []),
        ("Thanks to Gigi, and to Zoe", ["Gigi", "Zoe"]),
        ("Ann-Marie, but not Ann", ["Ann-Marie"]),
    ],
)
def test_names_are_whole_words_with_their_capital_and_no_ordinary_words(text, names):
    assert rules.names_in(text, [BOB, WILL, GRACE, ZOE], ["Alice Arden"]) == names


@pytest.mark.rule("NOTE-3d")
def test_one_s_own_names_are_nobody_else_s():
    assert rules.names_in("Bob wept.", [BOB], own=["Bob Arden"]) == []
    assert rules.whole_names_in("As Sunniva Dahl said. Sunniva agrees.", ["Sunniva Dahl", "Olu Ade"]) == [
        "Sunniva Dahl"
    ]


@pytest.mark.rule("NOTE-3c")
def test_a_text_with_few_words_changed_is_much_the_same_and_another_is_not():
    words = [f"word{number}" for number in range(200)]
    changed = [("else" if number % 25 == 0 else word) for number, word in enumerate(words)]
    other = [f"thing{number}" for number in range(200)]
    earlier = [" ".join(other), " ".join(changed)]
    assert rules.most_alike(" ".join(words), earlier) == 1
    assert rules.most_alike(" ".join(words), earlier[:1]) is None
    assert rules.most_alike("He did not attend. Rang, no answer.", ["He did not attend. Rang, no answer."]) is None


@pytest.mark.rule("NOTE-3c")
def test_fifty_earlier_notes_are_compared_quickly():
    text = " ".join(f"word{number % 311}" for number in range(1500))
    begun = time.process_time()
    rules.most_alike(text, [f"{number} {text[number:]}" for number in range(rules.MOST_COMPARED)])
    assert time.process_time() - begun < 1


@pytest.mark.rule("NOTE-3b")
@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("No risk.", True),
        ("n/a", True),
        ("-", True),
        ("As before, unchanged", True),
        ("No current risks reported at present", True),
        ("Item 9 was 0; asked, denied any thoughts of suicide.", False),
        ("0 on item 9", False),
    ],
)
def test_a_risk_part_may_say_nothing(text, nothing):
    assert rules.says_nothing(text) is nothing
