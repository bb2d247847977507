"""Risk at home: no post, no voicemail, and the agreed channel alone (MSG-8)."""

import pytest

from notices.actions import tell
from notices.models import OutboxMessage
from patients.models import SafeContact
from patients.people.actions import agree_safe_contact, record_consent
from therapy.messages.actions import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(world):
    """A function that sets Alice's flag."""

    def agree(channel: str) -> SafeContact:
        return agree_safe_contact(
            world.alice, channel, "Her partner reads her post.", case=world.alice_case, by=world.olu
        )

    for kind in ("post", "voicemail", "text"):
        record_consent(world.alice, kind, True, by=world.alice.user)
    return agree


def channels() -> set[str]:
    return set(OutboxMessage.objects.filter(notice="message_waiting").values_list("channel", flat=True))


@pytest.mark.rule("MSG-8a")
@pytest.mark.parametrize(
    ("channel", "told"), [("email", {"email"}), ("text", {"text"}), ("page", set()), ("", {"email", "text"})]
)
def test_a_message_is_announced_by_the_agreed_channel_alone(world, agreed, channel, told):
    agreed(channel)
    send(world.alice_case, "Hello", by=world.amara.user, client_key="k")
    assert channels() == told


@pytest.mark.rule("MSG-8a")
def test_nothing_is_posted_and_no_voicemail_left_whatever_was_agreed_before(world, agreed):
    assert world.alice.consent("post")
    agreed("email")
    assert not world.alice.consent("post")
    assert not world.alice.consent("voicemail")
    assert not world.alice.consent("text")
    agreed("")
    assert world.alice.consent("post"), "the flag is off again"


def test_others_and_what_one_asked_for_oneself_still_go_out(world, agreed):
    agreed("page")
    tell(world.amara.user, "reply_overdue", key="1")
    tell(world.alice.user, "password_reset", key="2", link="/x/")
    tell(world.alice.user, "letter_waiting", key="3")
    assert set(OutboxMessage.objects.values_list("notice", flat=True)) == {"reply_overdue", "password_reset"}


@pytest.mark.rule("MSG-8a")
def test_staff_set_it_with_a_reason_and_the_case_page_says_so(world, client_of):
    amara, door = client_of(world.amara), f"/cases/{world.alice_case.ref}/safe-contact/"
    assert amara.post(door, {"channel": "page", "reason": ""}).status_code == 422
    assert amara.post(door, {"channel": "pigeon", "reason": "x"}).status_code == 422
    assert amara.post(door, {"channel": "page", "reason": "We agreed on it today."}).status_code == 303
    assert "Risk at home" in amara.get(f"/cases/{world.alice_case.ref}/").content.decode()
    assert "We agreed on it today." in client_of(world.olu).get(door).content.decode()
    for who in (world.alice, world.piet, world.farid):
        assert client_of(who).get(door).status_code == 404
