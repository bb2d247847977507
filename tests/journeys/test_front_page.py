"""What anybody sees before signing in."""


def test_front_page_leads_to_signing_in(page_as):
    visitor = page_as().visit("/")
    visitor.visit("/accounts/login/")
    assert visitor.page.get_by_role("button", name="Sign in", exact=True).is_visible()
