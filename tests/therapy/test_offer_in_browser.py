"""The form of an offer with its script, in a browser."""

import pytest
from django.urls import reverse

from patients import actions as patients

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


@pytest.mark.rule("APPT-1g")
def test_only_the_lengths_of_the_chosen_modality_stay_in_sight(page_as, world):
    patients.set_details(world.alice_case, step="3", problem="ocd", by=world.amara.user)
    world.site.modalities = ["typed", "video"]
    world.site.save()
    desk = page_as(world.amara)
    desk.visit(reverse("therapy:offer", args=[world.alice_case.ref]))
    page = desk.page
    page.get_by_text("50 minutes (video)").wait_for(state="hidden")
    assert page.get_by_text("60 minutes (typed)").is_visible()
    page.get_by_label("Video", exact=True).check()
    assert page.get_by_label("50 minutes (video)").is_checked(), "the longest that is left"
    assert not page.get_by_text("60 minutes (typed)").is_visible()
    assert page.get_by_text("30 minutes (typed or video)").is_visible()
    desk.check()
