"""What is pointed out before a note is signed: an empty risk part, a copy, other names, promises (NOTE-3, NOTE-8)."""

import pytest
from django.urls import reverse

from audit.models import ChangeEntry
from tests import cast
from therapy.notes import actions, rules
from therapy.notes.models import Note, NoteDraft
from therapy.room import actions as room

PARTS = {name: f"Something about {name}." for name in rules.PARTS}
SIGNED = PARTS | {"read_through": "yes", "version": 0}
LONG = " ".join(f"We looked at thought number {number} and what followed." for number in range(20))


@pytest.fixture
def ended(world, agreed):
    return room.end_session(agreed, "completed", by=world.amara.user, at=agreed.appointment.ends_at)


@pytest.fixture
def signing(world, client_of, ended):
    """A function: what answers Amara who signs Alice's note."""
    client, url = client_of(world.amara), reverse("therapy:note-signature", args=[ended.ref])
    return lambda **parts: client.post(url, SIGNED | {"version": version_of(ended)} | parts)


def version_of(appointment) -> int:
    draft = NoteDraft.objects.filter(appointment=appointment).first()
    return draft.version if draft else 0


def kinds(answer) -> list[str]:
    return [finding.kind for finding in answer.context["pointed_out"].findings]


@pytest.mark.rule("NOTE-3a")
def test_the_form_reminds_what_a_note_is(world, client_of, ended):
    page = client_of(world.amara).get(reverse("therapy:note", args=[ended.ref])).content.decode()
    assert "legal record" in page
    assert "the patient may ask to read it" in page
    assert "Keep apart what happened, what you think, and what the patient or others said" in page
    assert "your own reflections belong in supervision" in page


def test_nothing_is_pointed_out_where_there_is_nothing(signing):
    assert signing().status_code == 303


@pytest.mark.rule("NOTE-3b")
@pytest.mark.rule("NOTE-3e")
def test_a_risk_part_that_says_nothing_is_pointed_out_and_can_be_signed_all_the_same(world, signing, ended):
    answer = signing(risk="No risk.")
    assert (answer.status_code, kinds(answer)) == (422, ["empty_risk"])
    assert not Note.objects.exists()
    assert NoteDraft.objects.get().risk == "No risk."
    assert signing(risk="No risk.", despite=answer.context["pointed_out"].key).status_code == 303
    kept = ChangeEntry.objects.get(what="note signed all the same")
    assert (kept.case_ref, kept.object_ref) == (world.alice_case.ref, str(Note.objects.get().ref))
    assert (kept.who, kept.after) == (world.amara.user, {"empty_risk": 1})


@pytest.mark.rule("NOTE-3e")
def test_what_turns_up_after_the_first_look_is_pointed_out_too(signing):
    first = signing(risk="No risk.").context["pointed_out"].key
    again = signing(risk="No risk.", agenda="She will have six sessions.", despite=first)
    assert (again.status_code, kinds(again)) == (422, ["empty_risk", "promise"])


@pytest.mark.rule("NOTE-3c")
def test_a_note_copied_from_another_patient_is_pointed_out(world, signing, confirmed):
    case = cast.make_case(cast.make_patient("Dina Drew"), world.site, "treatment", world.amara)
    earlier = confirmed(case=case)
    Note.objects.create(
        appointment=earlier, signed_by=world.amara.user, signed_at=earlier.ends_at, **(PARTS | {"treatment": LONG})
    )
    answer = signing(treatment=LONG.replace("number 7", "of a friend"))
    page = answer.content.decode()
    assert (answer.status_code, kinds(answer)) == (422, ["copied"])
    assert f"case {case.ref}" in page
    assert LONG.replace("number 7", "of a friend") in page


@pytest.mark.rule("NOTE-3d")
def test_another_patient_and_somebody_of_the_staff_are_pointed_out(world, signing):
    cast.make_case(cast.make_patient("Dina Drew"), world.site, "treatment", world.amara)
    answer = signing(progress="Dina slept well. Agreed with Sunniva Dahl. Alice Arden and Amara Obi met. Bob helped.")
    assert (answer.status_code, kinds(answer)) == (422, ["other_name"])
    assert answer.context["pointed_out"].findings[0].passages == (
        "Dina",
        "Sunniva Dahl",
    )  # Bob is not a patient of hers


@pytest.mark.rule("NOTE-8a")
def test_a_promise_in_a_note_is_pointed_out(signing):
    answer = signing(homework="I told her that there will be 6 more sessions.")
    assert (answer.status_code, kinds(answer)) == (422, ["promise"])
    assert "<li>6 more sessions</li>" in answer.content.decode()


def test_looking_asks_the_database_as_often_with_more_notes_and_patients(world, ended, django_assert_num_queries):
    from therapy.notes.pointing import pointed_out

    for number in range(3):
        cast.make_case(cast.make_patient(f"Dina{number} Drew"), world.site, "treatment", world.amara)
        with django_assert_num_queries(3):
            pointed_out(ended, PARTS, world.amara.user)


def test_saving_a_draft_points_nothing_out(signing):
    assert signing(risk="No risk.", save="1").status_code == 303
    assert actions.saved_of(NoteDraft.objects.get()).texts["risk"] == "No risk."


@pytest.mark.rule("NOTE-8a")
@pytest.mark.rule("NOTE-3d")
def test_an_addendum_is_looked_at_as_its_note_is(world, client_of, signing, ended):
    assert signing().status_code == 303
    amara, url = client_of(world.amara), reverse("therapy:addenda", args=[ended.ref])
    text = {"text": f"Six more sessions were promised; {world.stellan.name} agreed."}
    answer = amara.post(url, text)
    assert (answer.status_code, kinds(answer)) == (422, ["other_name", "promise"])
    assert not Note.objects.get().addenda.exists()
    for _ in range(2):
        assert amara.post(url, text | {"despite": answer.context["pointed_out"].key}).status_code == 303
    assert Note.objects.get().addenda.count() == 1, "pressed twice, it stands there once"
    assert ChangeEntry.objects.get(what="addendum all the same").after == {"other_name": 1, "promise": 1}
