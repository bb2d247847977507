"""What a patient's message makes the clinician look at (MSG-5); nothing is blocked, nothing is sent on."""

import pytest

from deadlines.models import Deadline
from risk.models import Alert
from risk.screening import hits
from therapy.messages import scanning
from therapy.messages.actions import send
from therapy.messages.models import Message

RISKY = [
    "Sometimes I want to die.",
    "I have been thinking about suicide again",
    "They’d be better off without me",
    "I don’t want to be here any more",
    "I can't go on like this",
    "I wrote a goodbye letter to my sister",
    "I cut myself on Sunday",
    "My husband hits me",
    "I took an overdose last year",
    "I am not well, but I want to kill myself",
    "there is no point in living",
]
CALM = [
    "I am not suicidal and I never was.",
    "I have never thought of hurting myself.",
    "No thoughts of self-harm this week.",
    "I want to go on with our sessions.",
    "The deadline at work is killing my mood.",
    "I don't want to be late on Monday.",
]


@pytest.mark.rule("RISK-2a")
@pytest.mark.parametrize("text", RISKY)
def test_a_sign_of_risk_is_found(text):
    found = hits(text)
    assert found
    assert found[0].passage in text


@pytest.mark.rule("RISK-2a")
@pytest.mark.parametrize("text", CALM)
def test_what_is_plainly_denied_or_harmless_is_not(text):
    assert hits(text) == []


def test_a_passage_of_a_long_text_is_cut_at_words():
    text = "word " * 200 + "I want to die" + " more" * 200
    passage = hits(text)[0].passage
    assert passage.startswith("…word")
    assert passage.endswith("more…")
    assert hits("İ" * 50 + " I want to die")


@pytest.mark.rule("MSG-5b")
@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Please send me a copy of all my notes", ["data_request"]),
        ("What data do you hold about me?", ["data_request"]),
        ("I want to make a complaint", ["complaint"]),
        ("Could I have a different therapist?", ["complaint"]),
        ("I want to complain, and delete my data please", ["data_request", "complaint"]),
        ("Thank you, that helped", []),
    ],
)
def test_requests_and_complaints_are_found(text, kinds):
    assert [sign.kind for sign in scanning.signs(text)] == kinds


@pytest.mark.rule("MSG-5a")
def test_a_risky_message_is_sent_and_raises_one_alert(world, client_of):
    case = world.alice_case
    form = {"text": "I feel low. I want to die.", "client_key": "k"}
    for _ in range(2):
        assert client_of(world.alice).post(f"/messages/{case.ref}/sent/", form).status_code == 303
    assert Message.objects.count() == 1
    alert = Alert.objects.get()
    assert (alert.kind, alert.case) == ("possible", case)
    assert "I want to die." in alert.passage
    assert "alert" not in client_of(world.alice).get(f"/messages/{case.ref}/").content.decode().lower()


@pytest.mark.rule("MSG-5a")
def test_what_the_clinician_writes_raises_nothing(world):
    send(world.alice_case, "Do you ever want to die?", by=world.amara.user, client_key="k")
    assert not Alert.objects.exists()


@pytest.mark.rule("MSG-5b")
def test_a_complaint_prompts_the_clinician_until_it_is_seen_to(world, client_of):
    case, amara = world.alice_case, client_of(world.amara)
    message = send(case, "I want to make a complaint", by=world.alice.user, client_key="k")
    row = Deadline.objects.owed().get(kind="message_complaint")
    assert row.owner == world.amara.user
    url = f"/messages/{case.ref}/"
    assert "may be one that complains" in amara.get(url).content.decode()
    assert "complains" not in client_of(world.alice).get(url).content.decode()
    form = {"message": str(message.ref), "kind": "complaint"}
    assert client_of(world.alice).post(url + "prompts/", form).status_code == 409
    assert amara.post(url + "prompts/", form).status_code == 303
    assert "may be one that complains" not in amara.get(url).content.decode()
    assert amara.post(url + "prompts/", form | {"kind": "nothing"}).status_code == 409
