"""A patient's own transcripts: found, searched, marked, noted on, taken away; nobody else's business (ROOM-9)."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from tests.cast import make_case
from therapy.room import actions as room
from therapy.transcripts import actions, rules
from therapy.transcripts.models import LineKey, LineMark, LineNote

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def held(open_room, world):
    """A function: an ended session of Alice and Amara with these lines, patient first, then in turns."""

    def make(*texts, case=None, **fields):
        case = case or world.alice_case
        session = open_room(case=case, **fields)
        sides = (case.patient.user, case.clinician.user)
        now = session.opens_at + 15 * MINUTE
        for user in sides:
            room.join(session, user, at=now)
        for number, text in enumerate(texts):
            room.write(session.ref, sides[number % 2], f"c{number}", text, now)
        session.refresh_from_db()
        session.close(by=sides[1], at=now)
        return session

    return make


@pytest.fixture
def alice(client_of, world):
    return client_of(world.alice)


def page(client, name="conversations", *args, **query) -> str:
    return client.get(reverse(f"therapy:{name}", args=args), query).content.decode()


def seq_of(session, text) -> int:
    return session.lines.get(text=text).seq


def press(client, session, text, **data):
    return client.post(reverse("therapy:mark-line", args=[session.ref, seq_of(session, text)]), data)


@pytest.mark.rule("ROOM-9a")
def test_all_sessions_of_all_episodes_newest_first_also_after_the_end(held, alice, world):
    first = held("The first week", at=timezone.now() - dt.timedelta(days=400))
    world.alice_case.state = "discharging"
    world.alice_case.save()
    world.alice_case.state, world.alice_case.ended_at = "discharged", timezone.now() - dt.timedelta(days=300)
    world.alice_case.save()
    again = make_case(world.alice, world.site, "treatment", world.piet)
    second = held("Back again", case=again)
    shown = page(alice)
    places = [shown.index(reverse("therapy:own-transcript", args=[each.ref])) for each in (second, first)]
    assert places == sorted(places)
    assert "With Piet Vermeer, 1 line" in strip_tags(shown)
    assert "The first week" in page(alice, "own-transcript", first.ref)
    assert reverse("therapy:own-transcript", args=[first.ref]) in page(alice, "transcript", first.ref)


@pytest.mark.rule("ROOM-9b")
@pytest.mark.parametrize("indexed", [True, False])
def test_words_are_found_whatever_the_case_and_the_accents(held, alice, indexed):
    session = held("I sat in the CAFÉ with Zoë.", "How was the café?", "It went well")
    if indexed:
        assert actions.index_due() == 1
        assert LineKey.objects.count() == 3
    for query in ("cafe", "CAFÉ", "zoe cafe", "caf"):
        found = page(alice, q=query)
        assert "<mark>" in found, query
        assert f"#line-{seq_of(session, 'I sat in the CAFÉ with Zoë.')}" in found
    assert "<mark>CAFÉ</mark>" in page(alice, q="cafe")
    assert "It went well" in page(alice, q="how was"), "its surroundings stand beside it"
    assert "Nothing found" in page(alice, q="cafe harbour")


@pytest.mark.rule("ROOM-9b")
@pytest.mark.parametrize("query", ["%", "_", "'", "\\", "<script>", "\0", " ", "a" * 5000, "Ⅷ", "\u202e"])
def test_signs_are_looked_for_as_signs(held, alice, query):
    held("nothing of the kind", "nor here")
    found = page(alice, q=query)
    assert "<mark>" not in found or query.strip("\0 ") == ""
    assert "<script>alert" not in found


@pytest.mark.rule("ROOM-9b")
def test_a_search_finds_nothing_of_anybody_else(held, client_of, world, alice):
    held("The lighthouse was ours", case=world.bob_case)
    held("My harbour")
    assert "<mark>" not in page(alice, q="lighthouse")
    assert "<mark>" in page(client_of(world.bob), q="lighthouse")


@pytest.mark.rule("ROOM-9c")
@pytest.mark.rule("ROOM-13a")
def test_a_line_is_marked_and_unmarked_and_gathers_with_the_others(held, alice):
    session = held("It was a thought, not a fact.", "Yes", "Something else")
    for _ in range(2):
        assert press(alice, session, "It was a thought, not a fact.").status_code == 303
    assert LineMark.objects.count() == 1
    marked = page(alice, "conversation-marks")
    assert "It was a thought, not a fact." in marked
    assert "Something else" not in marked
    press(alice, session, "It was a thought, not a fact.", off="1")
    assert "Nothing marked yet" in page(alice, "conversation-marks")


@pytest.mark.rule("ROOM-9d")
def test_a_note_is_saved_while_it_is_typed_and_another_window_is_not_overwritten(held, alice):
    session = held("It was a thought")
    url = reverse("therapy:line-note-draft", args=[session.ref, seq_of(session, "It was a thought")])
    assert alice.post(url, {"text": "Read thi", "version": 0}).json()["version"] == 1
    assert alice.post(url, {"text": "Read this when it rains", "version": 1}).json()["version"] == 2
    other = alice.post(url, {"text": "From the phone", "version": 0})
    assert other.status_code == 409
    assert other.json()["theirs"]["text"] == "Read this when it rains"
    assert "Read this when it rains" in page(alice, "own-transcript", session.ref)
    assert "Read this when it rains" in page(alice, "conversation-marks")


@pytest.mark.rule("ROOM-9d")
def test_a_note_is_kept_without_scripts_as_well(held, alice):
    session = held("It was a thought")
    url = reverse("therapy:line-note", args=[session.ref, seq_of(session, "It was a thought")])
    assert alice.post(url, {"text": "Mine", "version": "0"}).status_code == 303
    assert LineNote.objects.get().text == "Mine"
    assert alice.post(url, {"text": "x" * 4001, "version": "1"}).status_code == 422


@pytest.mark.rule("ROOM-9d")
def test_marks_and_notes_are_never_shown_to_anybody_else(held, client_of, alice, world):
    session, secret = held("It was a thought"), "My sister must not know"
    seq = seq_of(session, "It was a thought")
    press(alice, session, "It was a thought")
    alice.post(reverse("therapy:line-note", args=[session.ref, seq]), {"text": secret, "version": "0"})
    doors = [
        reverse("therapy:conversations"),
        reverse("therapy:conversation-marks"),
        *(reverse(f"therapy:{name}", args=[session.ref]) for name in ("own-transcript", "transcript-text")),
        *(reverse(f"therapy:{name}", args=[session.ref, seq]) for name in ("line-note", "line-note-draft")),
    ]
    others = [user for user in world.by_role().values() if user != world.alice.user]
    for who in (*others, world.piet.user, world.stellan):
        client = client_of(who)
        assert [client.get(door).status_code for door in doors] == [404] * len(doors), who
        for other in (reverse("therapy:transcript", args=[session.ref]), f"/cases/{world.alice_case.ref}/"):
            assert secret not in client.get(other, follow=True).content.decode()
    bob = client_of(world.bob)
    assert [bob.get(door).status_code for door in doors] == [200, 200, 404, 404, 404, 404]
    assert secret not in page(bob, "conversation-marks")
    assert press(bob, session, "It was a thought").status_code == 404


@pytest.mark.rule("ROOM-8c")
@pytest.mark.rule("ROOM-9b")
def test_a_line_that_was_not_meant_for_the_patient_is_not_found_again(held, alice, world):
    session = held("Hello", "A word about Mr Hargreaves")
    room.mark_sent_in_error(session.lines.get(text="A word about Mr Hargreaves"), by=world.amara.user)
    actions.index_due()
    assert "<mark>" not in page(alice, q="hargreaves")
    for name in ("own-transcript", "transcript-text"):
        shown = page(alice, name, session.ref)
        assert "Hargreaves" not in shown
        assert "This line was not meant for here." in shown
    assert press(alice, session, "A word about Mr Hargreaves").status_code == 404


@pytest.mark.rule("ROOM-9e")
def test_a_transcript_is_taken_away_as_text_under_a_neutral_name(held, alice):
    session = held("First row\nsecond row", "An answer with <b>signs</b>")
    answer = alice.get(reverse("therapy:transcript-text", args=[session.ref]))
    assert answer["Content-Disposition"] == f'attachment; filename="conversation-{session.opens_at:%Y-%m-%d}.txt"'
    text = answer.content.decode()
    assert "You:\nFirst row\nsecond row\n" in text
    assert "Amara Obi:\nAn answer with <b>signs</b>" in text


@pytest.mark.rule("ROOM-9f")
def test_pages_ask_as_often_for_many_lines_as_for_few(held, alice, same_queries):
    session = held("One word")
    url = reverse("therapy:own-transcript", args=[session.ref])

    def grow():
        for number in range(3):
            held("One word", "two", "word three", at=timezone.now() + dt.timedelta(days=number + 1))
        actions.index_due()

    actions.index_due()
    same_queries(alice, reverse("therapy:conversations"), grow)
    same_queries(alice, reverse("therapy:conversations") + "?q=word", lambda: None)
    same_queries(alice, url, lambda: press(alice, session, "One word"))


def test_what_was_found_is_marked_in_the_words_as_they_were_typed():
    for text in ("Café CAFÉ cafe\u0301", "straße", "ﬁne", "İstanbul", "a" * 20):
        for query in ("cafe", "strasse", "fine", "istanbul", "aa", "x"):
            found = rules.pieces(text, rules.words_of(query))
            assert "".join(piece for _, piece in found) == text
            assert any(hit for hit, _ in found) == (rules.search_key(query) in rules.search_key(text))
