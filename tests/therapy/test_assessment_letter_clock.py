"""The assessment letter is owed from the assessment on until it is submitted (TIME-7)."""

import datetime as dt

import pytest
from django.urls import reverse

from deadlines.actions import sweep
from deadlines.models import Deadline
from notices.models import OutboxMessage
from patients.cases.actions import assign
from patients.models import Case
from sites.actions import set_policy
from tests.letters.conftest import PARTS
from tests.letters.conftest import door as letter_door
from therapy.notes.details import set_details

HOURS = dt.timedelta(hours=1)
LABEL = "Write and submit the assessment letter"


def owed():
    return Deadline.objects.owed().filter(kind="assessment_letter")


@pytest.fixture
def assessed_before(world) -> None:
    """Alice's step is set, so that what is booked from now on is treatment."""
    set_details(world.alice_case, step="3", problem="gad", protocol="", by=world.amara.user)


@pytest.fixture
def end(world, agreed, client_of, at):
    """A function: Amara ends Alice's assessment by its page, at the planned end."""

    def press(outcome: str = "completed", **fields):
        with at(agreed.appointment.ends_at):
            address = reverse("therapy:end", args=[agreed.ref])
            assert client_of(world.amara).post(address, {"outcome": outcome, **fields}).status_code == 303
        agreed.appointment.refresh_from_db()
        return agreed.appointment

    return press


def corrected(client, appointment, after: str) -> None:
    address = reverse("therapy:correction", args=[appointment.ref])
    assert client.post(address, {"after": after, "reason": "Ended by mistake"}).status_code == 303


@pytest.mark.rule("TIME-7a")
@pytest.mark.rule("TIME-21a")
def test_the_letter_is_owed_48_hours_after_the_assessment_until_it_is_submitted(world, client_of, end, at):
    ended = end()
    assert (owed().get().due_at, owed().get().owner) == (ended.ends_at + 48 * HOURS, world.amara.user)
    with at(ended.ends_at + HOURS):
        amara = client_of(world.amara)
        assert LABEL in amara.get(reverse("desk:tasks")).text
        page = owed().get().url
        start = reverse("letters:start", args=[world.alice_case.ref, "assessment"])
        assert start in amara.get(page).text
        draft = world.alice_case.letter_drafts.get(ref=amara.post(start).url.split("/")[-2])
        amara.post(f"/letters/drafts/{draft.ref}/", {**PARTS, "version": draft.version})
        assert owed().exists(), "a draft is no letter yet"
        assert amara.post(letter_door(draft, "submission")).status_code == 303
        assert LABEL not in amara.get(reverse("desk:tasks")).text
    assert Deadline.objects.get(kind="assessment_letter").state == "met"


@pytest.mark.rule("TIME-7a")
def test_overdue_the_clinician_is_told_and_it_stays_on_the_list(world, client_of, end, at):
    ended = end()
    with at(ended.ends_at + 48 * HOURS):
        sweep()
        assert OutboxMessage.objects.get(notice="letter_overdue").recipient == world.amara.user.email
        assert LABEL in client_of(world.amara).get(reverse("desk:tasks")).text


@pytest.mark.rule("TIME-7a")
@pytest.mark.parametrize(
    ("required", "source", "asked"), [(True, "gp", True), (False, "gp", False), (False, "self", True)]
)
def test_where_the_site_wants_one_and_always_after_a_self_referral(world, end, required, source, asked):
    policy = set_policy(world.site, {"assessment_letter_required": required, "letter_hours": 24}, by=world.leonie)
    Case.objects.filter(pk=world.alice_case.pk).update(source=source, policy_version=policy)
    ended = end()
    assert list(owed().values_list("due_at", flat=True)) == [ended.ends_at + 24 * HOURS] * asked


@pytest.mark.rule("TIME-7a")
@pytest.mark.rule("LET-3a")
def test_withdrawn_after_it_was_submitted_the_clock_begins_anew(world, client_of, end, at):
    ended, case, amara = end(), world.alice_case, client_of(world.amara)
    start = reverse("letters:start", args=[case.ref, "assessment"])

    def write(submitted: bool = True):
        draft = case.letter_drafts.get(ref=amara.post(start).url.split("/")[-2])
        amara.post(f"/letters/drafts/{draft.ref}/", {**PARTS, "version": draft.version})
        if submitted:
            assert amara.post(letter_door(draft, "submission")).status_code == 303
        return draft

    with at(ended.ends_at + 5 * HOURS):
        amara = client_of(world.amara)
        first = write()
        assert not owed().exists()
    with at(ended.ends_at + 20 * HOURS):
        amara = client_of(world.amara)
        for _ in range(2):
            amara.post(letter_door(first, "withdrawal"), {"reason": "The wrong plan"})
        assert (owed().get().due_at, owed().get().owner) == (ended.ends_at + 68 * HOURS, world.amara.user)
        amara.post(letter_door(write(submitted=False), "withdrawal"), {"reason": "Begun by mistake"})
        assert owed().get().due_at == ended.ends_at + 68 * HOURS, "of a draft nothing is owed anew"
        write()
    assert not owed().exists()


@pytest.mark.rule("TIME-7a")
def test_no_letter_is_owed_of_a_session_of_treatment(assessed_before, end):
    assert end().kind == "treatment"
    assert not owed().exists()


@pytest.mark.rule("TIME-7a")
@pytest.mark.rule("APPT-21b")
def test_a_corrected_outcome_takes_the_letter_away_and_gives_it_back(world, client_of, end, at):
    ended = end()
    with at(ended.ends_at + HOURS):
        olu = client_of(world.olu)
        corrected(olu, ended, "completed_late")
        assert owed().get().due_at == ended.ends_at + 48 * HOURS
        corrected(olu, ended, "dna")
        assert not owed().exists()
        corrected(olu, ended, "completed")
    assert owed().get().due_at == ended.ends_at + 49 * HOURS


@pytest.mark.rule("TIME-7a")
def test_it_falls_when_the_case_leaves_its_clinician(world, client_of, end, at):
    ended = end()
    assign(world.alice_case, world.piet, by=world.olu)
    assert not owed().exists()
    with at(ended.ends_at + HOURS):
        corrected(client_of(world.olu), ended, "dna")
        corrected(client_of(world.olu), ended, "completed")
    assert not owed().exists(), "who no longer has the case cannot write it"
