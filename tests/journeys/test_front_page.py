"""What anybody sees before signing in."""

from playwright.sync_api import expect


def test_front_page_leads_to_signing_in(page_as):
    visitor = page_as().visit("/")
    visitor.visit("/accounts/login/")
    expect(visitor.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
