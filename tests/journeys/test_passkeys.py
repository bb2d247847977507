"""Passkeys in a real browser with Chromium's own virtual authenticator (ACC-1l)."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests import cast

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

# What a browser answers to whoever presses "Cancel", or shows a wrong finger.
STOPPED = """
    navigator.credentials.create = () => Promise.reject(new DOMException("Not allowed", "NotAllowedError"))
"""

pytestmark = pytest.mark.rule("ACC-1l")


class Phone:
    """A browser at the address of names, since no browser makes a passkey for an address of numbers."""

    def __init__(self, visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.host = visitor.site.url.replace("127.0.0.1", "localhost")
        visitor.expect("request to elsewhere: " + self.host, "ws://localhost")
        self.wires = visitor.context.new_cdp_session(self.page)
        self.wires.send("WebAuthn.enable")
        self.device = ""

    def give_device(self, **how) -> None:
        made = self.wires.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | how})
        self.device = made["authenticatorId"]

    def visit(self, path: str) -> None:
        self.page.goto(self.host + path)

    def sign_in(self, name: str = "alice") -> None:
        self.visit("/accounts/login/")
        self.page.get_by_label("E-mail address").fill(f"{name}@example.org")
        self.page.get_by_label("Password", exact=True).fill(cast.PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url("**/home/")

    def sign_out(self) -> None:
        self.visit("/accounts/logout/")
        self.page.locator("main").get_by_role("button", name="Sign out").click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def phone(page_as, live_service):
    world = cast.make_world()
    found = Phone(page_as(None))
    found.user = world.alice.user
    return found


def test_added_and_used_alone_and_to_unlock(phone):
    phone.give_device()
    # What the page was asking for at the moment at which it was locked.
    phone.visitor.expect("423")
    page = phone.page
    phone.sign_in()
    phone.visit("/accounts/second-step/passkeys/new/")
    phone.visitor.check()
    page.get_by_label("Name of this passkey").fill("My phone")
    phone.press("Add this passkey")
    page.wait_for_url("**/second-step/codes/")
    phone.visit("/accounts/second-step/passkeys/")
    phone.visitor.check()
    expect(page.get_by_role("heading", name="My phone")).to_be_visible()
    phone.sign_out()
    phone.visit("/accounts/login/")
    phone.visitor.check()
    phone.press("Sign in with a passkey")
    page.wait_for_url("**/home/")
    phone.visit("/account/")
    page.evaluate("document.querySelector('[data-still-lock]').click()")
    page.locator("dialog.app-lock").get_by_role("button", name="Unlock with a passkey").click()
    page.locator("dialog.app-lock").wait_for(state="hidden")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()


def test_stopped_or_refused_it_says_so_and_nothing_has_changed(phone):
    phone.page.add_init_script(STOPPED)
    phone.sign_in()
    phone.visit("/accounts/second-step/passkeys/new/")
    phone.press("Add this passkey")
    phone.page.get_by_text("It was stopped, or it took too long.").wait_for()
    assert not Authenticator.objects.filter(user=phone.user).exists()


def test_a_browser_without_passkeys_says_so(phone):
    phone.page.add_init_script("delete window.PublicKeyCredential")
    phone.visit("/accounts/login/")
    phone.press("Sign in with a passkey")
    phone.page.get_by_text("This browser cannot use passkeys.").wait_for()
