"""Drafts of messages, two windows on one text, search, unread again and the count (MSG-7, MSG-9, MSG-11)."""

import pytest

from drafts.models import Draft
from therapy.messages.actions import mark_read, mark_unread, send
from therapy.messages.models import Message, MessageRead
from ui.errors import Refused

pytestmark = pytest.mark.django_db


def url(case, verb: str = "") -> str:
    return f"/messages/{case.ref}/{verb}"


def save(client, case, text: str, version: int):
    return client.post(url(case, "draft/"), {"text": text, "version": version})


@pytest.mark.rule("MSG-7a")
@pytest.mark.rule("MSG-9a")
def test_what_is_typed_is_kept_and_shown_again(world, client_of):
    alice = client_of(world.alice)
    answer = save(alice, world.alice_case, "I wanted to say", 0)
    assert answer.json()["version"] == 1
    assert answer.json()["saved_at"]
    page = alice.get(url(world.alice_case)).content.decode()
    assert ">\nI wanted to say</textarea>" in page
    assert "Saved at" in page
    assert "I wanted to say" not in client_of(world.amara).get(url(world.alice_case)).content.decode()


@pytest.mark.rule("MSG-9b")
def test_the_later_window_is_shown_the_difference_and_nothing_is_lost(world, client_of):
    alice = client_of(world.alice)
    save(alice, world.alice_case, "I feel better today", 0)
    answer = save(alice, world.alice_case, "I feel worse today", 0)
    assert answer.status_code == 409
    body = answer.json()
    assert body["theirs"]["text"] == "I feel better today"
    assert ["removed", "worse"] in body["differences"]["text"]
    assert ["added", "better"] in body["differences"]["text"]
    assert Draft.objects.get().texts == {"text": "I feel better today"}
    assert save(alice, world.alice_case, "I feel worse today", body["theirs"]["version"]).status_code == 200


@pytest.mark.rule("MSG-9b")
@pytest.mark.rule("MSG-9c")
@pytest.mark.parametrize(
    ("before", "status"), [("I feel", 200), ("I feel ", 200), ("I felt", 409), (None, 409), ("I feel" * 5000, 409)]
)
def test_a_page_left_while_it_saves_overtakes_only_its_own_save(world, client_of, before, status):
    """What arrives when a page is left names what it was saving then; anybody else's text is never overwritten."""
    alice = client_of(world.alice)
    save(alice, world.alice_case, "I feel", 0)
    typed = {"text": "I feel worse", "version": 0} | ({} if before is None else {"before-text": before})
    assert alice.post(url(world.alice_case, "draft/"), typed).status_code == status
    assert Draft.objects.get().texts == {"text": "I feel worse" if status == 200 else "I feel"}


@pytest.mark.rule("MSG-9b")
def test_the_same_text_from_both_windows_is_no_conflict(world, client_of):
    alice = client_of(world.alice)
    assert [save(alice, world.alice_case, "The same", 0).status_code for _ in range(2)] == [200, 200]


@pytest.mark.rule("MSG-7a")
@pytest.mark.rule("MSG-9b")
def test_sending_empties_the_draft_that_was_sent_and_no_other(world, client_of):
    alice, case = client_of(world.alice), world.alice_case
    save(alice, case, "From the phone", 0)
    sent = {"client_key": "k", "text": "From the laptop"}
    alice.post(url(case, "sent/"), sent)
    assert Draft.objects.get().texts == {"text": "From the phone"}, "the other window's text stays"
    alice.post(url(case, "sent/"), {"client_key": "k2", "text": "From the phone"})
    assert Draft.objects.get().texts == {}
    assert save(alice, case, "From the phone, again", 1).status_code == 409, "a window that shows what was sent is told"


@pytest.mark.parametrize(
    ("form", "status"),
    [({"text": "x" * 16_001, "version": 0}, 422), ({"text": "x"}, 422), ({"text": "x", "version": "n"}, 422)],
)
def test_a_draft_that_cannot_be_kept_says_so(world, client_of, form, status):
    answer = client_of(world.alice).post(url(world.alice_case, "draft/"), form)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_a_draft_of_a_strangers_conversation_does_not_exist(world, client_of):
    for who in (world.bob, world.piet, world.sunniva):
        assert save(client_of(who), world.alice_case, "let me in", 0).status_code == 404


@pytest.mark.rule("MSG-7b")
def test_both_sides_find_every_word_and_see_it_marked(world, client_of):
    case = world.alice_case
    send(case, "The <b>Breathing</b> exercise helped", by=world.alice.user, client_key="1")
    send(case, "Try breathing slowly", by=world.amara.user, client_key="2")
    for who in (world.alice, world.amara, world.sunniva):
        page = client_of(who).get(url(case, "search/"), {"q": "BREATH exer"}).content.decode()
        assert "<mark>Breath</mark>ing" in page
        assert "&lt;b&gt;" in page
        assert "slowly" not in page
    alice = client_of(world.alice)
    assert "2 messages" in alice.get(url(case, "search/"), {"q": "breathing"}).content.decode()
    assert "Nothing found" in alice.get(url(case, "search/"), {"q": "sleep"}).content.decode()
    assert "too short" in alice.get(url(case, "search/"), {"q": "a"}).content.decode()
    assert "Nothing found" in alice.get(url(case, "search/"), {"q": "100%"}).content.decode()
    assert client_of(world.bob).get(url(case, "search/"), {"q": "breathing"}).status_code == 404


@pytest.mark.rule("MSG-7b")
def test_what_was_found_opens_where_it_stands(world, client_of):
    case = world.alice_case
    rows = Message.objects.bulk_create(
        Message(case=case, sender=world.amara.user, side="clinician", client_key=f"{n}", text=f"number {n}.",
                at=case.referred_at)
        for n in range(200)
    )  # fmt: skip
    alice = client_of(world.alice)
    page = alice.get(url(case), {"around": str(rows[50].ref)}).content.decode()
    assert "number 50." in page
    assert "number 190." not in page
    assert "number 199." in alice.get(url(case), {"around": str(rows[195].ref)}).content.decode()


@pytest.mark.rule("MSG-11c")
def test_a_message_is_marked_unread_with_what_came_after(world, client_of):
    case, alice = world.alice_case, world.alice.user
    first, second, third = (send(case, f"{n}", by=world.amara.user, client_key=f"{n}") for n in range(3))
    mark_read(case, alice, third)
    answer = client_of(world.alice).post(url(case, "unread/"), {"message": str(second.ref)})
    assert answer.status_code == 303
    assert list(Message.objects.unread_by(alice).order_by("pk")) == [second, third]
    assert mark_unread(case, alice, first)
    assert not MessageRead.objects.exists()
    assert not mark_unread(case, alice, first)


@pytest.mark.rule("MSG-11c")
def test_ones_own_message_and_a_strangers_are_not_marked(world):
    own = send(world.alice_case, "mine", by=world.alice.user, client_key="1")
    for who in (world.alice.user, world.sunniva, world.bob.user):
        with pytest.raises(Refused):
            mark_unread(world.alice_case, who, own)


@pytest.mark.rule("MSG-7c")
def test_the_header_counts_and_open_tabs_can_ask(world, client_of):
    case, alice = world.alice_case, client_of(world.alice)
    assert alice.get("/messages/unread/").json() == {"number": 0}
    first = send(case, "1", by=world.amara.user, client_key="1")
    send(case, "2", by=world.amara.user, client_key="2")
    assert alice.get("/messages/unread/").json() == {"number": 2}
    assert "<span data-number>2</span>" in alice.get("/").content.decode()
    mark_read(case, world.alice.user, first)
    assert alice.get("/messages/unread/").json() == {"number": 1}
    assert client_of(world.bob).get("/messages/unread/").json() == {"number": 0}
