"""A promise in a letter is pointed out before it is submitted (NOTE-8)."""

import pytest

from audit.models import ChangeEntry
from discharge import actions as discharge
from letters import actions
from tests.letters.conftest import PARTS, door

pytestmark = pytest.mark.django_db


@pytest.mark.rule("NOTE-8a")
@pytest.mark.rule("NOTE-8d")
def test_a_promise_is_pointed_out_and_submitted_with_one_more_press(world, client_of, draft):
    actions.save(draft, PARTS | {"plan": "We will meet for six sessions."}, draft.version, by=world.amara.user)
    clinician, url = client_of(world.amara), door(draft, "submission")
    answer = clinician.post(url)
    assert (answer.status_code, "<li>six sessions</li>" in answer.content.decode()) == (422, True)
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert clinician.post(url, {"despite": answer.context["pointed_out"].key}).status_code == 303
    draft.refresh_from_db()
    assert draft.state == "submitted"
    assert ChangeEntry.objects.get(what="letter submitted all the same").after == {"promise": 1}


@pytest.mark.rule("NOTE-8a")
def test_a_discharge_letter_goes_the_same_way(world, client_of):
    case, by = world.alice_case, world.amara.user
    fitting = next(choice for choice in discharge.fitting_statuses(case) if not choice.why_not)
    discharge.request(case, by=by, status=fitting.status, rationale="Agreed.")
    parts = dict.fromkeys(("work", "outcome", "risk", "recommendations"), "As we said.")
    letter = actions.start(case, "discharge", by=by)
    actions.save(letter, parts | {"recommendations": "You can have two more sessions."}, 0, by=by)
    client, url = client_of(world.amara), f"/letters/drafts/{letter.ref}/ending-submission/"
    answer = client.post(url)
    assert (answer.status_code, answer.context["pointed_out"].findings[0].passages) == (422, ("two more sessions",))
    assert client.post(url, {"despite": answer.context["pointed_out"].key}).status_code == 303
