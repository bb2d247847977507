"""Two people at the same letter at the same moment."""

import pytest

from files.actions import render_due
from files.models import RenderJob, StoredFile
from letters import actions
from letters.models import Dispatch, DispatchReceipt, Letter, LetterDraft
from letters.outbound import send_waiting
from patients.people.actions import record_consent
from tests import cast
from tests.harness.together import together

TIMES = 4


@pytest.fixture
def world(transactional_db):
    return cast.make_world()


@pytest.mark.rule("LET-1a")
def test_started_at_once_is_one_letter(world):
    drafts, wrong = together(*[lambda: actions.start(world.alice_case, "discharge", by=world.amara.user)] * TIMES)
    assert wrong == []
    assert len({draft.ref for draft in drafts}) == LetterDraft.objects.count() == 1


@pytest.mark.rule("LET-4a")
def test_approved_at_once_is_one_letter_and_one_pdf(world, submitted):
    letters, wrong = together(*[lambda: actions.approve(submitted, by=world.olu)] * TIMES)
    assert wrong == []
    assert len({letter.pk for letter in letters}) == Letter.objects.count() == 1
    assert RenderJob.objects.count() == 1
    _, wrong = together(*[render_due] * TIMES)
    assert wrong == []
    assert StoredFile.objects.count() == 1


@pytest.mark.rule("LET-3a")
def test_approved_and_queried_at_once_is_one_of_the_two(world, submitted):
    _, wrong = together(
        lambda: actions.approve(submitted, by=world.olu),
        lambda: actions.query(submitted, "Shorter, please.", by=world.olu),
    )
    assert len(wrong) == 1
    assert "Reload the page" in str(wrong[0])
    submitted.refresh_from_db()
    assert (submitted.state == "approved") == Letter.objects.exists()


@pytest.mark.rule("LET-5e")
def test_sent_at_once_goes_to_nobody_twice(world, approved, outbound):
    record_consent(world.alice, "gp", True, by=world.alice.user)
    _, wrong = together(*[lambda: actions.send(approved, by=world.olu)] * TIMES)
    assert wrong == []
    assert sorted(Dispatch.objects.values_list("recipient", flat=True)) == ["gp", "patient"]
    _, wrong = together(*[send_waiting] * TIMES)
    assert wrong == []
    assert DispatchReceipt.objects.count() == len(list(outbound.glob("*.pdf"))) == 1
