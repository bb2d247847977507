"""Referring oneself and answering the questions, in a real browser: by pointer, by keyboard alone, without scripts."""

import pytest
from playwright.sync_api import expect

from measures.actions import give
from measures.models import Score
from patients.models import Case
from risk.models import Alert
from tests.harness.browser import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def answer_pages(visitor) -> None:
    """Fills in the public pages as a person with a pointer would."""
    page = visitor.page
    for label, text in [("Day", "4"), ("Month", "march"), ("Year", "1991")]:
        page.get_by_label(label).fill(text)
    page.get_by_label("What is your home postcode?").fill("nm1 4ab")
    page.get_by_label("What is the name of your GP practice?").fill("Rowan Road Surgery")
    visitor.press("Save and continue")
    page.get_by_label("First name").fill("Mira")
    page.get_by_label("Last name").fill("Holt")
    visitor.press("Save and continue")
    page.get_by_label("Phone number").fill("07700 900456")
    page.get_by_label("Home address").fill("4 Quay Lane")
    visitor.press("Save and continue").press("Save and continue")
    page.get_by_label("What would you like help with?").fill("I worry.")
    visitor.press("Save and continue")
    page.get_by_label("Monday evening").check()
    visitor.press("Save and continue")
    page.get_by_label("By typing").check()
    visitor.press("Save and continue").press("Save and continue")
    page.get_by_label("Which e-mail address may we use?").fill("mira@example.org")
    for place in range(3):
        page.get_by_label("Yes").nth(place).check()
    visitor.press("Save and continue")
    page.get_by_label("No").check()
    visitor.press("Save and continue").press("Save and continue")
    page.get_by_label("I have read this and I agree").check()
    visitor.press("Save and check your answers")


@pytest.mark.rule("REF-1a")
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_person_refers_herself_on_a_phone(world, page_as, scripts):
    visitor = page_as(viewport=PHONE, java_script_enabled=scripts)
    if not scripts:
        visitor.check = lambda: visitor  # axe is a script
    visitor.visit("/referral/").press("Start now")
    answer_pages(visitor)
    visitor.press("Send my referral")
    assert visitor.sees("Your referral is with us")
    assert Case.objects.filter(patient__last_name="Holt", patient__email="mira@example.org").count() == 1


@pytest.mark.rule("REF-1b")
def test_reload_and_back_button_keep_what_was_typed(world, page_as):
    visitor = page_as()
    visitor.visit("/referral/").press("Start now")
    visitor.page.get_by_label("What is your home postcode?").fill("nm1 4ab")
    visitor.page.get_by_label("Day").fill("4")
    with visitor.page.expect_response(lambda answer: answer.status == 204):
        visitor.page.get_by_label("Month").focus()
    visitor.page.reload()
    expect(visitor.page.get_by_label("What is your home postcode?")).to_have_value("nm1 4ab")
    expect(visitor.page.get_by_label("Day")).to_have_value("4")


@pytest.mark.rule("MEAS-6b")
def test_a_questionnaire_by_keyboard_alone(world, page_as):
    questionnaire = give(world.alice_case, "phq-9", occasion="test")
    visitor = page_as(world.alice)
    visitor.visit(f"/measures/{questionnaire.ref}/")
    keys = visitor.page.keyboard
    visitor.page.locator("main").focus()
    for item in range(9):
        keys.press("Tab")
        keys.press("Space")
        if item == 1:
            keys.press("ArrowDown")
    assert visitor.sees("9 of 9 answered")
    while visitor.page.evaluate("document.activeElement.textContent.trim()") != "Finish":
        keys.press("Tab")
    with visitor.page.expect_navigation():
        keys.press("Enter")
    assert visitor.check().sees("Score:")
    assert Score.objects.get().total == 1


@pytest.mark.rule("MEAS-6b")
def test_a_questionnaire_without_scripts(world, page_as):
    questionnaire = give(world.alice_case, "gad-7", occasion="test")
    visitor = page_as(world.alice, viewport=PHONE, java_script_enabled=False)
    visitor.check = lambda: visitor  # axe is a script
    visitor.expect("422")
    visitor.visit(f"/measures/{questionnaire.ref}/")
    groups = visitor.page.locator("main fieldset")
    for place in range(6):
        groups.nth(place).get_by_label("Several days").check()
    visitor.press("Finish")
    assert visitor.sees("Question 7 has no answer yet.")
    groups.nth(6).get_by_label("Not at all").check()
    visitor.press("Finish")
    assert Score.objects.get().total == 6


@pytest.mark.rule("MEAS-6b")
def test_what_was_said_about_a_missing_answer_goes_once_it_is_given(world, page_as):
    questionnaire = give(world.alice_case, "gad-7", occasion="test")
    visitor = page_as(world.alice, viewport=PHONE)
    visitor.expect("422")
    visitor.visit(f"/measures/{questionnaire.ref}/")
    groups = visitor.page.locator("main fieldset")
    for place in range(6):
        groups.nth(place).get_by_label("Several days").check()
    visitor.press("Finish")
    expect(visitor.page.get_by_text("Question 7 has no answer yet.")).to_have_count(2)
    groups.nth(6).get_by_label("Not at all").check()
    expect(visitor.page.get_by_text("Question 7 has no answer yet.")).to_have_count(0)
    expect(visitor.page.locator("[data-error-summary]")).to_have_count(0)
    visitor.page.get_by_text("Saved", exact=True).wait_for()


@pytest.mark.rule("MEAS-6c")
@pytest.mark.rule("RISK-1a")
def test_an_answer_given_while_the_connection_is_down_is_kept_when_it_is_back(world, page_as):
    questionnaire = give(world.alice_case, "phq-9", occasion="test")
    visitor = page_as(world.alice)
    visitor.expect("ERR_INTERNET_DISCONNECTED")
    visitor.visit(f"/measures/{questionnaire.ref}/")
    visitor.context.set_offline(True)
    visitor.page.locator("main fieldset").nth(8).get_by_label("Nearly every day").check()
    visitor.page.get_by_text("Not saved yet. We keep trying.").wait_for()
    assert not questionnaire.answers.exists()
    visitor.context.set_offline(False)
    visitor.page.get_by_text("Saved", exact=True).wait_for()
    assert dict(questionnaire.answers.values_list("item", "value")) == {9: 3}
    assert Alert.objects.count() == 1
