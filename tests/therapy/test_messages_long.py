"""Two thousand messages in one conversation: server time of opening and of searching (MSG-7)."""

import pytest

from tests.harness.spent import page_ms
from therapy.messages.models import Message

MANY, RUNS = 2000, 9
OPENS_WITHIN_MS, FOUND_WITHIN_MS = 300, 100


@pytest.mark.alone
@pytest.mark.rule("MSG-7e")
def test_a_long_conversation_opens_and_is_searched_quickly(world, client_of):
    case = world.alice_case
    Message.objects.bulk_create(
        Message(
            case=case,
            sender=world.alice.user if number % 2 else world.amara.user,
            side="patient" if number % 2 else "clinician",
            client_key=f"{number}",
            text=f"Message {number}. " + "I wanted to tell you how the week went. " * 8 + ("kestrel" * (number == 7)),
            at=case.referred_at,
        )
        for number in range(MANY)
    )
    for who in (world.alice, world.amara):
        client = client_of(who)
        opened = page_ms(client, f"/messages/{case.ref}/", RUNS)
        rare, common = (page_ms(client, f"/messages/{case.ref}/search/?q={word}", RUNS) for word in ("kestrel", "week"))
        figures = f"opens in {opened:.0f} ms, a rare word {rare:.0f} ms, a common one {common:.0f} ms"
        print(f"messages: {MANY} in one: {figures}")  # noqa: T201
        assert opened < OPENS_WITHIN_MS
        assert max(rare, common) < FOUND_WITHIN_MS
