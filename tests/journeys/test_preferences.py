"""Questionnaires one question at a time, for those who chose it, by keyboard; and charts that turn dark."""

import pytest
from playwright.sync_api import expect

from measures import actions as measures
from tests.harness.browser import PHONE

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.rule("ACC-17f")
def test_a_questionnaire_shows_one_question_at_a_time_to_who_chose_it(page_as, world):
    given = measures.give(world.alice_case, "phq-9", occasion="session 1")
    alice = page_as(world.alice, viewport=PHONE)
    alice.visit(f"/measures/{given.ref}/")
    expect(alice.page.locator(".app-questionnaire__item:visible")).to_have_count(9)
    alice.visit("/account/preferences/")
    alice.page.get_by_label("One question at a time").check()
    alice.page.get_by_role("button", name="Keep my choices").click()
    alice.page.get_by_text("Your choices are kept.").wait_for()
    alice.visit(f"/measures/{given.ref}/")
    for number in range(1, 10):
        expect(alice.page.locator(".app-questionnaire__item:visible")).to_have_count(1)
        expect(alice.page.get_by_text(f"Question {number} of 9")).to_be_visible()
        alice.page.locator("input[type=radio]:visible").first.check()
        if number < 9:
            expect(alice.page.get_by_role("button", name="Finish")).to_be_hidden()
            alice.page.get_by_role("button", name="Next question").click()
    alice.page.get_by_role("button", name="Finish").click()
    alice.page.get_by_text("Finished").first.wait_for()


@pytest.mark.rule("ACC-17c")
def test_a_chart_is_legible_in_the_dark(page_as, world):
    given = measures.give(world.alice_case, "phq-9", occasion="session 1")
    measures.answer_all(given, dict.fromkeys(range(1, 10), 1), by=world.alice.user)
    measures.complete(given, by=world.alice.user)
    world.alice.user.theme = "dark"
    world.alice.user.save()
    alice = page_as(world.alice, viewport=PHONE).visit(f"/cases/{world.alice_case.ref}/scores/")
    fills = "[...document.querySelectorAll('.app-chart__text')].map(e => getComputedStyle(e).fill)"
    assert set(alice.page.evaluate(fills)) == {"rgb(179, 192, 190)"}
