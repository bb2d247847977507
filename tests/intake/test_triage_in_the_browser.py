"""Triage and allocation in a real browser, each page held against axe at phone and desk width."""

import pytest
from django.utils import timezone

from intake.referrals.models import Referral
from intake.selfassessment.models import SelfAssessment
from intake.triage import actions
from patients.models import Case
from tests import cast
from tests.intake.waiting_list import waiting


def referred(case) -> None:
    """Give a case what a finished referral has, with an answer that raises a flag."""
    now = timezone.now()
    Referral.objects.create(case=case, source="self", site_code="n", reason="I cannot sleep.", received_at=now)
    answers = {"problem": {"problem": "Worry."}, "care": {"in_care": "yes"}}
    SelfAssessment.objects.create(case=case, started_at=now, saved_at=now, completed_at=now, answers=answers)
    actions.raise_flags(case)


@pytest.mark.rule("REF-6c")
@pytest.mark.rule("ACC-12a")
def test_a_referral_is_found_read_and_accepted(page_as):
    world = cast.make_world()
    referred(world.charlie_case)
    tamsin = page_as(world.tamsin, viewport={"width": 390, "height": 844})
    tamsin.visit("/queue/")
    tamsin.page.get_by_label("Name, case reference or NHS number").fill("croft")
    tamsin.press("Search")
    tamsin.page.locator("a.app-reference").click()
    assert tamsin.check().sees("Says that somebody else looks after their mental health now.")
    tamsin.page.get_by_role("link", name="Decline").click()
    tamsin.expect("422")
    tamsin.press("Decline")
    assert tamsin.sees("There is a problem")
    tamsin.follow("Back to the referral")
    tamsin.follow("Accept")
    tamsin.page.get_by_label("Step 3", exact=True).check()
    tamsin.page.get_by_label("Why").fill("Worry that fills the day.")
    tamsin.press("Accept")
    assert tamsin.sees("written to the notes")
    assert Case.objects.get(pk=world.charlie_case.pk).state == "waiting"


@pytest.mark.rule("ALLOC-3a")
@pytest.mark.rule("ALLOC-5c")
@pytest.mark.rule("ACC-12a")
def test_a_run_is_previewed_and_applied_and_the_patient_sees_by_name_who_will_write(page_as):
    world = cast.make_world()
    case = waiting("Wanda Wait", world.site)
    waiting("Wilf Wait", world.far_site)
    olu = page_as(world.olu)
    olu.visit("/allocation/")
    olu.press("Preview a run")
    olu.page.locator("summary").first.click()
    assert olu.check().sees("Piet Vermeer: is a PWP and does not take step 3")
    olu.page.get_by_role("link", name="Nobody found").click()
    assert olu.check().sees("No clinician is cleared for this site.")
    olu.press("Apply the run")
    assert olu.sees("Allocated 1 case.")
    wanda = page_as(case.patient)
    wanda.visit("/home/")
    assert wanda.sees("Amara Obi")


@pytest.mark.rule("ALLOC-3b")
@pytest.mark.rule("ACC-12a")
def test_a_case_is_allocated_by_hand(page_as):
    world = cast.make_world()
    case = waiting("Wanda Wait", world.site)
    olu = page_as(world.olu, viewport={"width": 390, "height": 844})
    olu.visit(f"/allocation/{case.ref}/")
    olu.page.get_by_label("Clinician", exact=True).select_option("Amara Obi (HIT)")
    olu.page.get_by_label("Why this clinician").fill("Asked for her.")
    olu.press("Allocate")
    assert olu.sees("is allocated to Amara Obi")
