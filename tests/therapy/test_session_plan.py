"""Agenda, homework and summary of a session: both work on them, both read them afterwards (ROOM-12)."""

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import ChangeEntry
from drafts.models import Draft
from tests.therapy.sockets import tab
from therapy.homework.models import Homework
from therapy.messages.models import Message
from therapy.notes.models import NoteDraft
from therapy.room import actions as room
from therapy.room import looking
from therapy.together import actions, rules
from therapy.together.models import AgendaPoint, SessionSummary
from ui.errors import Refused

pytestmark = pytest.mark.django_db
HX = {"headers": {"HX-Request": "true"}}


def door(name: str, *found) -> str:
    return reverse(f"therapy:{name}", args=[one.ref for one in found])


def add(client, appointment, text: str, key: str = ""):
    return client.post(
        door("agenda-points", appointment), {"text": text, "client_key": key or text.replace(" ", "-")}, **HX
    )


def texts(appointment) -> list[str]:
    return list(actions.points_of(appointment).values_list("text", flat=True))


def agree(client, appointment, **more):
    due = timezone.localdate() + dt.timedelta(days=6)
    form = {"client_key": "k", "what": "Walk to the park", "why": "It lifts the mood"}
    day = {"due_on_day": due.day, "due_on_month": due.month, "due_on_year": due.year}
    return client.post(door("agree-homework", appointment), form | day | more, **HX)


def end(session, by) -> None:
    at = session.appointment.starts_at + dt.timedelta(minutes=10)
    room.end_session(session, "aborted", by=by, reason="the line broke", at=at)


@pytest.mark.rule("ROOM-12a")
@pytest.mark.rule("ROOM-12c")
def test_what_comes_under_the_key_of_another_text_is_not_lost(world, client_of, session):
    alice, amara, found = client_of(world.alice), client_of(world.amara), session.appointment
    for text in ("Sleep", "Sleep and the diary", "Sleep and the diary", "Sleep"):
        assert add(alice, found, text, "one").headers["X-Done"] == "yes"
    assert texts(found) == ["Sleep", "Sleep and the diary"]
    for what in ("Walk", "Walk and swim", "Walk and swim", "Walk"):
        assert agree(amara, found, what=what).status_code == 200
    assert list(Homework.objects.order_by("pk").values_list("what", flat=True)) == ["Walk", "Walk and swim"]


@pytest.mark.rule("ROOM-12a")
def test_both_add_order_and_tick_and_the_other_sees_it(world, client_of, session):
    alice, amara, found = client_of(world.alice), client_of(world.amara), session.appointment
    for _ in range(2):
        assert add(alice, found, "Sleep").headers["X-Done"] == "yes"
    add(amara, found, "The diary")
    assert texts(found) == ["Sleep", "The diary"], "pressed twice it is one point"
    first, second = actions.points_of(found)
    assert alice.post(door("agenda-place", found, second), {"to": "up"}, **HX).status_code == 200
    assert texts(found) == ["The diary", "Sleep"]
    shown = amara.post(door("agenda-ticking", found, first), {"done": "yes"}, **HX).content.decode()
    assert "plan__point--done" in shown
    page = alice.get(door("agenda-points", found)).content.decode()
    assert page.index("The diary") < page.index("Sleep")
    assert 'aria-pressed="true"' in page
    assert f"from {world.amara.user.name}" in page
    assert ChangeEntry.objects.filter(what__startswith="agenda point").count() == 4


@pytest.mark.rule("ROOM-12b")
def test_it_is_prepared_before_the_session_from_the_page_of_the_appointment(world, client_of, offered):
    found = offered()
    alice, amara = client_of(world.alice), client_of(world.amara)
    assert door("agenda", found) in amara.get(door("appointment", found)).content.decode()
    form = {"text": "How I sleep", "client_key": "one"}
    assert alice.post(door("agenda-points", found), form).status_code == 303
    page = amara.get(door("agenda", found)).content.decode()
    assert "How I sleep" in page
    assert "from Alice" in page
    assert amara.post(door("agenda-points", found), {"text": " ", "client_key": "two"}).status_code == 422


@pytest.mark.rule("ROOM-12a")
def test_each_takes_off_only_what_they_added_and_it_is_kept(world, client_of, session):
    alice, amara, found = client_of(world.alice), client_of(world.amara), session.appointment
    add(alice, found, "Sleep")
    point = AgendaPoint.objects.get()
    refused = amara.post(door("agenda-removal", found, point), **HX).content.decode()
    assert "Only the person who added a point takes it off." in refused
    assert texts(found) == ["Sleep"]
    assert alice.post(door("agenda-removal", found, point), **HX).status_code == 200
    assert texts(found) == []
    assert AgendaPoint.objects.get().removed_at is not None


@pytest.mark.rule("ROOM-12c")
def test_homework_agreed_stands_at_once_on_the_patients_page_with_its_day(world, client_of, session):
    alice, amara, found = client_of(world.alice), client_of(world.amara), session.appointment
    for _ in range(2):
        assert agree(amara, found).status_code == 200
    made = Homework.objects.get()
    assert (made.appointment, made.due_on) == (found, timezone.localdate() + dt.timedelta(days=6))
    page = alice.get(f"/cases/{world.alice_case.ref}/homework/").content.decode()
    assert "Walk to the park" in page
    assert "It lifts the mood" in page
    assert "Walk to the park" in alice.get(door("agreed-homework", found)).content.decode()
    home = alice.get("/home/").content.decode()
    assert "Try: Walk to the park" in home
    alice.post(f"/homework/{made.ref}/report/", {"done": "on"})
    assert "Try: Walk to the park" not in alice.get("/home/").content.decode()
    assert not Message.objects.exists(), "they are in the room: no e-mail goes out"
    assert "Write what to try" in agree(amara, found, client_key="other", what="").content.decode()
    assert agree(alice, found, client_key="mine").status_code == 404


@pytest.mark.rule("ROOM-12d")
def test_the_summary_is_drafted_changed_and_sent_once_with_the_homework(world, client_of, session):
    alice, amara, found = client_of(world.alice), client_of(world.amara), session.appointment
    add(alice, found, "Sleep")
    add(alice, found, "Work")
    actions.tick(AgendaPoint.objects.get(text="Sleep"), True, by=world.amara.user)
    agree(amara, found)
    page = amara.get(door("session-summary", found)).content.decode()
    assert page.index("What we talked about:") < page.index("- Sleep") < page.index("next time:") < page.index("- Work")
    assert "- Walk to the park, by" in page
    draft = door("session-summary-draft", found)
    assert amara.post(draft, {"text": "My words", "version": 0}).status_code == 200
    assert amara.post(draft, {"text": "Another window", "version": 0}).status_code == 409, "never unseen"
    assert "My words" in amara.get(door("session-summary", found)).content.decode()
    for _ in range(2):
        assert amara.post(door("session-summary", found), {"text": "My words", "version": 1}).status_code == 303
    message = Message.objects.get()
    assert (message.text, SessionSummary.objects.get().message) == ("My words", message)
    talk = alice.get(f"/messages/{world.alice_case.ref}/").content.decode()
    assert "My words" in talk
    assert "Homework: Walk to the park" in talk
    assert "Sent on" in amara.get(door("session-summary", found)).content.decode()


@pytest.mark.rule("ROOM-12h")
def test_a_summary_that_was_drafted_again_comes_back_by_one_press(world, client_of, session):
    amara, found = client_of(world.amara), session.appointment
    url, again = door("session-summary", found), door("session-summary-again", found)
    add(amara, found, "Sleep")
    assert "Undo" not in amara.get(url).content.decode()
    amara.post(door("session-summary-draft", found), {"text": "My words", "version": 0})
    amara.post(again, {"text": "My words, and some not saved yet", "version": 1})
    as_drafted = amara.get(url).context["form"].initial["text"]
    assert "- Sleep" in as_drafted
    amara.post(again, {"text": as_drafted})  # pressed twice: what was laid aside stays
    assert "Undo: bring it back" in amara.get(url).content.decode()
    late = amara.post(door("session-summary-draft", found), {"text": "My words, an older save", "version": 1})
    assert late.status_code == 409, "a save that was on its way overwrites nothing"
    for _ in range(2):  # pressed twice it comes back once, and neither text is lost
        amara.post(door("session-summary-back", found), {"text": "New words"})
    assert amara.get(url).context["form"].initial["text"] == "My words, and some not saved yet"
    amara.post(door("session-summary-back", found), {"text": "My words"})
    assert amara.get(url).context["form"].initial["text"] == "New words"
    assert amara.post(url, {"text": "New words"}).status_code == 303
    assert not any(draft.texts for draft in Draft.objects.all()), "sent: nothing waits any more"
    assert client_of(world.piet).post(door("session-summary-back", found)).status_code == 404


@pytest.mark.rule("ROOM-12d")
def test_a_promise_in_the_summary_is_pointed_out_before_it_goes(world, client_of, session):
    amara, url = client_of(world.amara), door("session-summary", session.appointment)
    page = amara.post(url, {"text": "You will have 12 more sessions with me.", "version": 0})
    assert page.status_code == 422
    assert "Send it all the same" in page.content.decode()
    assert not Message.objects.exists()


@pytest.mark.rule("ROOM-12d")
def test_agenda_and_homework_go_into_the_note_beneath_what_stands_there(world, client_of, session):
    amara, found = client_of(world.amara), session.appointment
    add(amara, found, "Sleep")
    agree(amara, found)
    amara.post(door("note-draft", found), {"agenda": "As planned", "version": 0, "save": "1"})
    for _ in range(2):
        assert amara.post(door("session-summary-note", found)).status_code == 303
    draft = NoteDraft.objects.get()
    assert draft.agenda == "As planned\n- Sleep (not reached)"
    assert draft.homework.startswith("- Agreed: Walk to the park, by ")


def test_a_summary_is_refused_before_the_session_and_without_words(world, client_of, offered, session):
    amara, ahead = client_of(world.amara), offered()
    assert "Nothing to sum up yet" in amara.get(door("session-summary", ahead)).content.decode()
    assert amara.post(door("session-summary", ahead), {"text": "Hello", "version": 0}).status_code == 409
    assert amara.post(door("session-summary", session.appointment), {"text": "", "version": 0}).status_code == 422
    assert not Message.objects.exists()


@pytest.mark.rule("ROOM-12f")
def test_nobody_else_has_a_part_in_it(world, client_of, session):
    found = session.appointment
    add(client_of(world.alice), found, "Sleep")
    point = AgendaPoint.objects.get()
    for who in (world.bob, world.piet, world.olu, world.tamsin):
        assert client_of(who).get(door("agenda", found)).status_code == 404
    for who in (world.bob, world.piet, world.sunniva):
        client = client_of(who)
        assert add(client, found, "Mine").status_code == 404
        assert client.post(door("agenda-ticking", found, point), {"done": "yes"}).status_code == 404
        assert client.post(door("session-summary", found), {"text": "x", "version": 0}).status_code == 404
    page = client_of(world.sunniva).get(door("agenda", found)).content.decode()
    assert "Sleep" in page
    assert "<form" not in page.split("app-reading")[1].split("</main>")[0], "to read and no more"
    assert client_of(world.alice).get(door("session-summary", found)).status_code == 404


@pytest.mark.rule("ROOM-12f")
def test_after_the_end_both_read_and_nobody_changes_it(world, client_of, session):
    alice, amara, found = client_of(world.alice), client_of(world.amara), session.appointment
    add(alice, found, "Sleep")
    agree(amara, found)
    end(session, world.amara.user)
    assert "This session is over" in add(alice, found, "Late").content.decode()
    assert "This session is over." in agree(amara, found, client_key="late").content.decode()
    assert Homework.objects.count() == 1
    with pytest.raises(Refused):
        actions.tick(AgendaPoint.objects.get(), True, by=world.alice.user)
    for client in (alice, amara):
        assert door("agenda", found) in client.get(door("transcript", session)).content.decode()
        page = client.get(door("agenda", found)).content.decode()
        assert "Sleep" in page
        assert "Walk to the park" in page
        assert "Add something to talk about" not in page


@pytest.mark.rule("ROOM-12f")
def test_a_supervisor_who_looks_in_reads_the_agenda(world, client_of, session):
    looking.say(looking.ask(session.appointment, by=world.amara.user), "agreed", by=world.alice.user)
    add(client_of(world.alice), session.appointment, "Sleep")
    page = client_of(world.sunniva).get(door("looking", session)).content.decode()
    assert door("agenda-panel", session.appointment) in page
    assert "Sleep" in client_of(world.sunniva).get(door("agenda-panel", session.appointment)).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("ROOM-12g")
def test_the_rooms_of_both_hear_that_it_changed(world, client_of, live_service, session):
    with tab(live_service, world.alice, session) as alice, tab(live_service, world.amara, session) as amara:
        add(client_of(world.alice), session.appointment, "Sleep")
        assert amara.wait("tools")["part"] == "agenda"
        agree(client_of(world.amara), session.appointment)
        assert alice.wait("tools", part="homework")


def test_an_agenda_is_full_at_twenty_points(world, session):
    for number in range(rules.MOST_POINTS):
        actions.add(session.appointment, f"Point {number}", by=world.alice.user, client_key=str(number))
    with pytest.raises(Refused, match="20 points"):
        actions.add(session.appointment, "One more", by=world.alice.user, client_key="more")


@pytest.mark.parametrize(
    ("to", "ref", "order"),
    [("up", "b", "bac"), ("down", "b", "acb"), ("up", "a", "abc"), ("down", "c", "abc"), ("x", "a", "abc")],
)
def test_a_point_moves_one_place(to, ref, order):
    assert "".join(rules.in_new_order("abc", ref, to)) == order


def test_the_draft_says_nothing_of_what_there_is_not():
    empty = rules.summary([], [], patient="Alice", clinician="Amara")
    assert "what" not in empty.lower()
    assert json.dumps(empty).count("\\n\\n") == 3
