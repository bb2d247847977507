"""Patient and clinician write to each other, through the doors (MSG-1)."""

import re
import uuid

import pytest

from audit.models import AccessEntry, ChangeEntry
from patients.cases.actions import turn
from patients.models import Case
from therapy.messages.models import HeldMessage, Message, MessageRead
from ui.service import patient_services_phone


def url(case: Case, verb: str = "") -> str:
    return f"/messages/{case.ref}/{verb}"


def write(client, case: Case, text: str = "Hello Amara", key: str = ""):
    return client.post(url(case, "sent/"), {"text": text, "client_key": key or uuid.uuid4().hex})


@pytest.fixture
def alice(world, client_of):
    return client_of(world.alice)


@pytest.fixture
def amara(world, client_of):
    return client_of(world.amara)


@pytest.mark.rule("MSG-1a")
def test_both_write_and_both_read(world, alice, amara):
    case = world.alice_case
    answer = write(alice, case, "Hello Amara")
    assert (answer.status_code, answer["Location"]) == (303, url(case) + "#composer")
    write(amara, case, "Hello Alice")
    for reader in (alice, amara):
        page = reader.get(url(case)).content.decode()
        assert "Hello Amara" in page
        assert "Hello Alice" in page


@pytest.mark.rule("MSG-1a")
@pytest.mark.parametrize("who", ["bob", "charlie", "piet", "olu", "tamsin", "farid"])
def test_strangers_find_nothing_there(world, client_of, who):
    client = client_of(getattr(world, who))
    write(client_of(world.alice), world.alice_case)
    for verb in ("", "newer/"):
        assert client.get(url(world.alice_case, verb)).status_code == 404
    assert write(client, world.alice_case, "let me in").status_code == 404
    assert Message.objects.count() == 1


@pytest.mark.rule("MSG-1a")
def test_the_supervisor_reads_and_does_not_write(world, client_of, alice):
    write(alice, world.alice_case, "Hello Amara")
    sunniva = client_of(world.sunniva)
    page = sunniva.get(url(world.alice_case)).content.decode()
    assert "Hello Amara" in page
    assert "<textarea" not in page
    assert write(sunniva, world.alice_case).status_code == 404
    assert AccessEntry.objects.filter(who=world.sunniva, thing="messages").count() == 1


@pytest.mark.rule("MSG-1b")
def test_it_reads_as_it_was_typed(world, alice):
    typed = "First line\r\n\r\nÄrger & <b>bold</b> <script>alert(1)</script> 🌱👩‍👩‍👧\nhttps://example.org/a?b=1&c=2."
    write(alice, world.alice_case, typed)
    assert Message.objects.get().text == typed.replace("\r\n", "\n")
    page = alice.get(url(world.alice_case)).content.decode()
    assert "First line\n\nÄrger &amp; &lt;b&gt;bold&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt; 🌱👩‍👩‍👧" in page
    assert 'href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow"' in page
    assert "<script>alert" not in page


@pytest.mark.rule("MSG-1b")
def test_a_long_message_stays_whole(world, alice):
    typed = "x" * 7999 + "!"
    assert write(alice, world.alice_case, typed).status_code == 303
    assert typed in alice.get(url(world.alice_case)).content.decode()


@pytest.mark.rule("MSG-1c")
def test_pressed_twice_it_is_one_message(world, alice):
    assert [write(alice, world.alice_case, key="k1").status_code for _ in range(2)] == [303, 303]
    assert Message.objects.count() == 1
    assert ChangeEntry.objects.filter(what="message sent").count() == 1


@pytest.mark.rule("MSG-1d")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write something first"),
        ("  \r\n ", "Write something first"),
        ("y" * 8001, "is too long. Use 8000 characters or fewer"),
        ("a\x00b", "could not be read"),
    ],
    ids=["empty", "blank", "long", "null"],
)
def test_a_refused_message_says_why_and_is_kept(world, alice, text, said):
    answer = write(alice, world.alice_case, text)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert said in page
    assert text.strip("\x00 \r\n")[:5] in page
    assert Message.objects.count() == 0


@pytest.mark.parametrize("key", ["", "k" * 65, "with space", "umläut"])
def test_a_broken_key_is_refused_with_a_remedy(world, alice, key):
    answer = alice.post(url(world.alice_case, "sent/"), {"text": "Hello", "client_key": key})
    assert answer.status_code == 422
    assert Message.objects.count() == 0


def test_sending_is_a_post(world, alice):
    for verb in ("sent/", "read/", "no-reply-needed/"):
        assert alice.get(url(world.alice_case, verb)).status_code == 405


def test_looking_changes_nothing_but_the_access_log(world, alice, amara):
    write(alice, world.alice_case)
    for client in (alice, amara):
        client.get(url(world.alice_case))
        client.get(url(world.alice_case, "newer/"))
    assert (MessageRead.objects.count(), AccessEntry.objects.count()) == (0, 1)


@pytest.mark.rule("MSG-1g")
def test_only_what_is_new_is_fetched(world, alice, amara):
    case = world.alice_case
    write(alice, case, "the first")
    first = Message.objects.get()
    write(amara, case, "the second")
    fragment = alice.get(url(case, f"newer/?after={first.ref}")).content.decode()
    assert "the second" in fragment
    assert "the first" not in fragment
    assert "<html" not in fragment
    assert alice.get(url(case, f"newer/?after={Message.objects.last().ref}")).content.decode().strip() == ""
    assert "the first" in alice.get(url(case, "newer/?after=nonsense")).content.decode()


def test_a_long_conversation_comes_in_pages(world, alice):
    Message.objects.bulk_create(
        Message(case=world.alice_case, sender=world.alice.user, side="patient", client_key=f"{n}", text=f"number {n}.",
                at=world.alice_case.referred_at)
        for n in range(120)
    )  # fmt: skip
    page = alice.get(url(world.alice_case)).content.decode()
    assert "number 119." in page
    assert "number 69." not in page
    earlier = page.split('href="?before=')[1].split('"')[0]
    page = alice.get(url(world.alice_case), {"before": earlier}).content.decode()
    assert "number 69." in page
    assert "number 70." not in page


def test_the_page_asks_as_often_with_many_messages(world, alice, same_queries):
    write(alice, world.alice_case)
    same_queries(alice, url(world.alice_case), lambda: [write(alice, world.alice_case, f"{n}") for n in range(10)])


def test_messages_leads_a_patient_home_and_lists_for_a_clinician(world, alice, amara):
    assert alice.get("/messages/")["Location"] == url(world.alice_case)
    assert "No messages yet" in amara.get("/messages/").content.decode()
    write(alice, world.alice_case)
    page = amara.get("/messages/").content.decode()
    assert "1 new" in page
    assert "Alice" in page
    assert "Bob" not in page


def test_the_list_asks_as_often_with_many_cases(world, alice, amara, same_queries):
    from tests import cast

    def grow():
        for number in range(5):
            patient = cast.make_patient(cast.person(f"Nell{number} North", "patient"))
            case = cast.make_case(patient, world.site, "allocated", world.amara)
            Message.objects.create(
                case=case, sender=patient.user, side="patient", client_key="k", text="x", at=case.referred_at
            )

    write(alice, world.alice_case)
    same_queries(amara, "/messages/", grow)


def test_before_there_is_a_therapist_it_says_when(world, client_of):
    charlie = client_of(world.charlie)
    page = charlie.get(url(world.charlie_case)).content.decode()
    assert "as soon as you have a therapist" in page
    answer = write(charlie, world.charlie_case)
    assert answer.status_code == 409
    assert "You have no therapist yet" in answer.content.decode()


@pytest.mark.rule("MSG-6a")
@pytest.mark.rule("MSG-6b")
def test_once_discharging_the_patient_reads_and_is_told_whom_to_phone(world, alice, amara):
    case = world.alice_case
    write(alice, case, "the last word")
    turn(case, "discharging", by=world.amara.user)
    page = alice.get(url(case)).content.decode()
    assert "the last word" in page
    assert "<textarea" not in page
    assert f"tel:{patient_services_phone().replace(' ', '')}" in page
    answer = write(alice, case, "one more thing")
    assert answer.status_code == 409
    assert "one more thing" in answer.content.decode(), "what was typed is kept"
    assert Message.objects.count() == 1
    assert write(amara, case, "Good-bye").status_code == 303


@pytest.mark.parametrize("value", ["'; DROP TABLE", "../../etc/passwd", "0" * 5000, "\x00"])
def test_strange_references_are_as_good_as_none(world, alice, value):
    assert alice.get(url(world.alice_case), {"before": value}).status_code == 200
    assert alice.get(url(world.alice_case, "newer/"), {"after": value}).status_code == 200
    assert alice.post(url(world.alice_case, "read/"), {"up_to": value}).status_code == 409


@pytest.mark.rule("MSG-1c")
@pytest.mark.parametrize("hold", ["", "yes"])
def test_a_page_gone_back_to_and_changed_is_no_second_press_and_loses_nothing(world, alice, hold):
    case, again = world.alice_case, {"text": "And something else", "client_key": "k", "hold": hold}
    assert alice.post(url(case, "sent/"), {**again, "text": "Hello Amara"}).status_code == 303
    answer = alice.post(url(case, "sent/"), again)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "You have sent this already, in other words." in page
    assert ">\nAnd something else</textarea>" in page
    new = re.search(r'name="client_key" value="(\w+)"', page)[1]
    assert alice.post(url(case, "sent/"), {**again, "client_key": new}).status_code == 303
    kept = HeldMessage if hold else Message
    assert [row.text for row in kept.objects.order_by("pk")] == ["Hello Amara", "And something else"]
