"""The form of an offer with its script, in a browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from patients.cases import actions as patients

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
    expect(page.get_by_text("60 minutes (typed)")).to_be_visible()
    page.get_by_label("Video", exact=True).check()
    expect(page.get_by_label("50 minutes (video)"), "the longest that is left").to_be_checked()
    expect(page.get_by_text("60 minutes (typed)")).to_be_hidden()
    expect(page.get_by_text("30 minutes (typed or video)")).to_be_visible()
    desk.check()
