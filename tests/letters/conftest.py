"""A letter of Amara's about Alice, at each point of its life."""

import pytest

from files.actions import render_due
from letters import actions
from letters.models import Letter, LetterDraft

PARTS = {
    "difficulties": "You lie awake at half past three. <script>alert(1)</script>",
    "plan": "We will work with CBT for worry.",
    "risk": "No plan, no intent.",
    "other": "Nothing else.",
}


def door(draft: LetterDraft, verb: str) -> str:
    return f"/letters/drafts/{draft.ref}/{verb}/"


@pytest.fixture
def outbound(settings, tmp_path):
    settings.OUTBOUND_DIR = tmp_path / "outbound"
    return settings.OUTBOUND_DIR


@pytest.fixture
def draft(world) -> LetterDraft:
    """An assessment letter with all its parts."""
    made = actions.start(world.alice_case, "assessment", by=world.amara.user)
    return actions.save(made, PARTS, 0, by=world.amara.user)


@pytest.fixture
def submitted(world, draft) -> LetterDraft:
    return actions.submit(draft, by=world.amara.user)


@pytest.fixture
def approved(world, submitted) -> Letter:
    """Approved, with its PDF."""
    letter = actions.approve(submitted, by=world.olu)
    render_due()
    return Letter.objects.get(pk=letter.pk)
