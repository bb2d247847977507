"""A referral on the public pages, page by page, as a browser would send it."""

from django.test import Client

from notices.models import OutboxMessage
from patients.models import Case

PAGES = {
    "eligibility": {
        "date_of_birth_day": "4",
        "date_of_birth_month": "March",
        "date_of_birth_year": "1991",
        "postcode": "nm1 4ab",
        "gp_practice": "rowan road surgery",
    },
    "name": {"first_name": "Mira", "last_name": "Holt", "preferred_name": "Mi", "pronouns": "she/her"},
    "contact": {
        "phone": "+44 7700 900456",
        "address": "4 Quay Lane\nQuayside",
        "emergency_contact": "Jo, 07700 900457",
    },
    "nhs-number": {"nhs_number": "943 476 5919"},
    "reason": {"reason": "I worry & cannot sleep 🙂\nSince June."},
    "hours": {"wished_hours": ["mon-evening", "sat-morning"]},
    "way": {"modality": "video"},
    "needs": {"access_needs": "Large text", "language": "Welsh", "clinician_gender": "woman"},
    "safe": {"email": "Mira@Example.org", "text": "yes", "voicemail": "no", "post": "no"},
    "gp": {"gp": "yes"},
    "research": {},
    "terms": {"terms": "on"},
}
LATER_PAGES = [page for page in PAGES if page != "eligibility"]


def url(page: str) -> str:
    return f"/referral/{page}/"


def fill(client: Client, *, until: str = "", **changed: dict) -> Client:
    """Sends every page, those named in `changed` (with `-` as `_`) with other answers, up to the page `until`."""
    client.post("/referral/")
    for page, answers in PAGES.items():
        if page == until:
            break
        client.post(url(page), answers | changed.get(page.replace("-", "_"), {}))
    return client


def send(client: Client) -> Case:
    """Presses the button of the summary and returns the case that its page names."""
    client.post("/referral/summary/")
    return Case.objects.get(ref=client.get("/referral/sent/").context["case_ref"])


def mails(notice: str) -> list[str]:
    """To whom a notice is to be sent."""
    return list(OutboxMessage.objects.filter(notice=notice).order_by("pk").values_list("recipient", flat=True))
