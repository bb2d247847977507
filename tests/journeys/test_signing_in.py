"""Signing in, setting up an account and the pages around it, in a real browser (ACC-1, ACC-12)."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from accounts import actions
from accounts.models import Role
from sites.actions import publish_protocol
from tests import cast

PHONE = {"width": 390, "height": 844}
NEW = "seven calm blue kettles"


@pytest.fixture
def world(live_service):
    return cast.make_world()


def code_for(key: str) -> str:
    """The code an app shows now for the key as the page shows it, in groups."""
    return format_hotp_value(hotp_value("".join(key.split()), int(time.time()) // 30))


def sign_in(visitor, email: str, password: str = cast.PASSWORD):
    visitor.page.get_by_label("E-mail address").fill(email)
    visitor.page.get_by_label("Password", exact=True).fill(password)
    return visitor.press("Sign in")


@pytest.mark.rule("ACC-1a")
@pytest.mark.rule("ACC-12a")
@pytest.mark.rule("ACC-12c")
def test_a_patient_mistypes_and_then_signs_in(world, page_as):
    visitor = page_as(viewport=PHONE).visit("/accounts/login/")
    sign_in(visitor, "alice@example.org", "not the password")
    assert visitor.sees("There is a problem")
    assert visitor.sees("The e-mail address or the password is not right.")
    sign_in(visitor, "alice@example.org")
    assert visitor.path == "/home/"
    for page in ("/account/", "/record/opened/", "/accounts/password/change/", "/accounts/second-step/app/"):
        visitor.visit(page)


@pytest.mark.rule("ACC-1j")
@pytest.mark.rule("ACC-12a")
def test_somebody_invited_sets_up_the_account(world, page_as):
    wanda = actions.create_person("wanda@example.org", "Wanda West", [Role.PATIENT])
    link = actions.invite(wanda, case_ref=world.alice_case.ref)
    visitor = page_as(viewport=PHONE)
    visitor.expect("422", "410")
    visitor.visit(link)
    visitor.page.get_by_label("Choose a password").fill("short")
    visitor.press("Save and sign in")
    assert visitor.sees("This password is too short.")
    visitor.page.get_by_label("Choose a password").fill(NEW)
    visitor.page.get_by_label("Type the password again").fill(NEW)
    visitor.press("Save and sign in")
    assert visitor.path == "/home/"
    stranger = page_as(viewport=PHONE)
    stranger.expect("410")
    stranger.visit(link)
    assert stranger.sees("This link does not work any more")
    stranger.page.get_by_label("Your e-mail address").fill("wanda@example.org")
    stranger.press("Send me a new link")
    assert stranger.sees("If this address is waiting for an account")


@pytest.mark.rule("ACC-1c")
@pytest.mark.rule("ACC-1f")
@pytest.mark.rule("ACC-12a")
def test_a_clinician_sets_up_the_second_step_and_uses_it(world, page_as):
    visitor = page_as(viewport=PHONE).visit("/accounts/login/")
    sign_in(visitor, "piet@example.org")
    assert visitor.path == "/accounts/second-step/app/"
    visitor.page.get_by_text("I cannot scan it").click()
    key = visitor.page.locator(".app-key").inner_text()
    visitor.page.get_by_label("Code from the app").fill("000000")
    visitor.press("Turn on")
    assert visitor.sees("That code is not right.")
    visitor.page.get_by_label("Code from the app").fill(code_for(key))
    visitor.press("Turn on")
    assert visitor.path == "/accounts/second-step/codes/"
    code = visitor.page.locator(".app-codes code").first.inner_text()
    visitor.follow("I have kept them, go on")
    assert visitor.path == "/home/"
    again = page_as(viewport=PHONE).visit("/accounts/login/")
    sign_in(again, "piet@example.org")
    again.page.get_by_label("Code", exact=True).fill(code)
    again.press("Sign in")
    assert again.path == "/home/"
    again.visit("/account/")
    assert again.sees("9 left")


@pytest.mark.rule("ACC-12a")
def test_the_other_pages_of_signing_in(world, page_as):
    visitor = page_as(viewport=PHONE)
    for page in ("/accounts/password/reset/", "/accounts/password/reset/done/", "/invitation/new-link/"):
        visitor.visit(page)
    staff = page_as(world.amara)
    for page in ("/account/", "/accounts/logout/", "/availability/", "/accounts/second-step/app/remove/"):
        staff.visit(page)
    staff.page.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    staff.press("Continue")
    assert staff.path == "/accounts/second-step/app/remove/"
    staff.visit("/accounts/second-step/codes/new/")


@pytest.mark.rule("ACC-12a")
@pytest.mark.rule("ACC-4m")
def test_the_lead_gives_a_reason_and_keeps_a_site(world, page_as):
    publish_protocol(world.site, "Takes adults.\n\nCall 111.", by=world.leonie)
    lead = page_as(world.leonie)
    lead.expect("422")
    lead.visit(f"/cases/{world.bob_case.ref}/access-log/")
    assert lead.path == "/access/reason/"
    lead.page.get_by_label("Why do you need to see this?").fill("A complaint about this case has reached me.")
    lead.press("Keep the reason and open")
    assert lead.path == f"/cases/{world.bob_case.ref}/access-log/"
    for page in ("/access/reasons/", "/clinicians/", f"/clinicians/{world.amara.ref}/", "/sites/", "/sites/northmere/"):
        lead.visit(page)
    lead.follow("Change the policy")
    lead.page.get_by_label("A clinician signs the note of a session within (hours)").fill("24")
    lead.press("See what changes")
    assert lead.sees("24 hours")
    lead.press("Save as a new version")
    assert lead.sees("Version 2 of the policy is in force.")
    lead.visit("/sites/northmere/protocol/")
