"""Referring oneself on the public pages (REF-1)."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from intake.referrals import drafts, views
from intake.referrals.forms import PAGES as FORMS
from intake.referrals.models import ReferralDraft
from patients.models import Case, Patient
from sites.actions import set_policy
from tests.cast import make_site
from tests.intake.referring import LATER_PAGES, PAGES, fill, mails, send, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db):
    return make_site()


@pytest.fixture
def browser(site) -> Client:
    return Client()


@pytest.mark.rule("REF-1a")
@pytest.mark.rule("REF-1l")
def test_a_person_refers_herself_without_an_account(browser):
    case = send(fill(browser))
    patient = case.patient
    assert (patient.first_name, patient.last_name, patient.called, patient.pronouns) == (
        "Mira",
        "Holt",
        "Mi",
        "she/her",
    )
    assert patient.date_of_birth == dt.date(1991, 3, 4)
    assert (patient.nhs_number, patient.phone, patient.postcode) == ("9434765919", "07700900456", "NM1 4AB")
    assert patient.gp_practice == "Rowan Road Surgery"
    assert (case.state, case.source, case.site.code, case.modality) == ("referred", "self", "northmere", "video")
    assert case.wished_hours == ["mon-evening", "sat-morning"]
    assert case.referral.reason.splitlines() == ["I worry & cannot sleep 🙂", "Since June."]
    assert mails("invitation") == ["mira@example.org"]


@pytest.mark.rule("REF-1a")
def test_each_page_asks_one_group_of_questions_and_leads_to_the_next(browser):
    browser.post("/referral/")
    for page, following in zip(PAGES, [*LATER_PAGES, None], strict=True):
        assert browser.get(url(page)).status_code == 200
        answer = browser.post(url(page), PAGES[page])
        assert answer.status_code == 303
        assert answer["Location"] == (url(following) if following else "/referral/summary/")


@pytest.mark.rule("REF-1a")
def test_the_practices_of_the_sites_that_take_self_referrals_are_offered(browser, site):
    page = browser.get(url("eligibility")).content.decode()
    assert 'list="id_gp_practice_suggestions"' in page
    assert '<datalist id="id_gp_practice_suggestions">' in page
    assert all(f'<option value="{practice}">' in page for practice in site.practices)


@pytest.mark.rule("REF-1j")
def test_the_summary_asks_nothing_twice_and_says_a_birthday_without_its_weekday(browser):
    page = fill(browser).get("/referral/summary/").content.decode()
    assert "4 March 1991" in page
    assert "Mon 4 March 1991" not in page
    assert page.count("How would you like to talk?") == 2  # the heading, and what its link changes


@pytest.mark.rule("REF-1b")
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_again_what_was_typed(browser, page):
    form = fill(browser).get(url(page)).context["form"]
    for name, typed in PAGES[page].items():
        shown = form.initial[name] if name in form.initial else form.initial["date_of_birth"]
        assert shown is True or typed == shown or typed in shown


@pytest.mark.rule("REF-1b")
def test_a_mistake_is_named_and_what_was_typed_stays_after_a_reload(browser):
    fill(browser, until="contact")
    answer = browser.post(url("contact"), {"phone": "12", "address": "4 Quay Lane"})
    assert answer.status_code == 422
    assert "is not a whole phone number" in answer.content.decode()
    again = browser.get(url("contact"))
    assert (again.context["form"].initial["phone"], again.context["form"].initial["address"]) == ("12", "4 Quay Lane")


@pytest.mark.rule("REF-1b")
def test_going_back_keeps_a_half_filled_page(browser):
    fill(browser, until="contact")
    answer = browser.post(url("contact"), {"phone": "0770", "go": "back"})
    assert answer["Location"] == url("name")
    assert browser.get(url("contact")).context["form"].initial["phone"] == "0770"


@pytest.mark.rule("REF-1b")
def test_what_is_typed_is_kept_before_the_page_is_left(browser):
    fill(browser, until="reason")
    answer = browser.post(url("reason"), {"reason": "Half a sen"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert browser.get(url("reason")).context["form"].initial["reason"] == "Half a sen"


@pytest.mark.rule("REF-1c")
def test_another_browser_sees_nothing_of_it(browser):
    fill(browser, until="reason")
    other = Client()
    assert other.get(url("name"))["Location"] == "/referral/"
    assert "Mira" not in other.get(url("eligibility")).content.decode()
    assert other.get("/referral/summary/")["Location"] == "/referral/"
    assert other.get("/referral/sent/")["Location"] == "/referral/"


@pytest.mark.rule("REF-1c")
def test_an_unsent_draft_is_forgotten_after_a_week(site):
    now = timezone.now()
    old = drafts.start(at=now - dt.timedelta(days=7, seconds=1))
    young = drafts.start(at=now - dt.timedelta(days=6))
    drafts.start(at=now)
    assert not ReferralDraft.objects.filter(pk=old.pk).exists()
    assert ReferralDraft.objects.filter(pk=young.pk).exists()


@pytest.mark.rule("REF-1c")
def test_after_sending_the_draft_keeps_no_second_copy(browser):
    send(fill(browser))
    assert ReferralDraft.objects.get().answers == {}


@pytest.mark.rule("REF-1c")
def test_one_can_begin_anew(browser):
    fill(browser, until="reason")
    browser.post("/referral/", {"anew": "1"})
    assert ReferralDraft.objects.get().answers == {}


@pytest.mark.rule("REF-1d")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"date_of_birth_year": str(timezone.localdate().year - 15)}, "made for your age"),
        ({"postcode": "ZX9 1AA", "gp_practice": "Far Away Surgery"}, "do not cover where you live"),
    ],
)
def test_somebody_not_eligible_is_told_where_to_go_and_loses_nothing(browser, changed, words):
    fill(browser, until="reason")
    answer = browser.post(url("eligibility"), PAGES["eligibility"] | changed)
    assert answer["Location"] == "/referral/elsewhere/"
    assert words in browser.get("/referral/elsewhere/").content.decode()
    fill_the_rest = {page: PAGES[page] for page in LATER_PAGES}
    for page, answers in fill_the_rest.items():
        browser.post(url(page), answers)
    assert browser.post("/referral/summary/")["Location"] == "/referral/elsewhere/"
    assert not Case.objects.filter(source="self", patient__last_name="Holt").exists()
    browser.post(url("eligibility"), PAGES["eligibility"])
    assert browser.get(url("name")).context["form"].initial["first_name"] == "Mira"


@pytest.mark.rule("REF-1d")
def test_the_age_of_the_site_decides_on_the_birthday_itself(site, at):
    with at("2026-11-21 12:00"):
        for year, month, day, door in [(2008, 11, 21, url("name")), (2008, 11, 22, "/referral/elsewhere/")]:
            born = {"date_of_birth_day": day, "date_of_birth_month": month, "date_of_birth_year": year}
            answer = Client().post(url("eligibility"), PAGES["eligibility"] | born)
            assert answer["Location"] == door


@pytest.mark.rule("REF-1d")
def test_later_pages_are_closed_until_eligibility_is_clear(browser):
    browser.post("/referral/")
    for page in LATER_PAGES:
        assert browser.get(url(page))["Location"] == url("eligibility")


@pytest.mark.rule("REF-1e")
def test_a_wrong_nhs_number_is_refused_and_none_is_fine(browser):
    fill(browser, until="nhs-number")
    answer = browser.post(url("nhs-number"), {"nhs_number": "943 476 5918"})
    assert answer.status_code == 422
    assert "This is not a valid NHS number. Check it, or leave the box empty." in answer.content.decode()
    assert browser.post(url("nhs-number"), {"nhs_number": ""})["Location"] == url("reason")


@pytest.mark.rule("REF-1f")
def test_hours_are_a_grid_of_days_and_parts(browser):
    page = fill(browser, until="hours").get(url("hours")).content.decode()
    for wish in ("mon-morning", "wed-afternoon", "fri-evening", "sat-morning", "sun-evening"):
        assert f'value="{wish}"' in page
    assert page.count('name="wished_hours"') == 21
    assert browser.post(url("hours"), {}).status_code == 422


@pytest.mark.rule("REF-1g")
@pytest.mark.rule("REF-1h")
@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({}, {"gp": True, "text": True, "voicemail": False, "post": False, "research": False, "terms": True}),
        ({"gp": {"gp": "no"}, "research": {"research": "yes"}}, {"gp": False, "research": True}),
    ],
)
def test_consents_are_kept_as_answered(browser, changed, kept):
    patient = send(fill(browser, **changed)).patient
    assert {kind: patient.consent(kind) for kind in kept} == kept


@pytest.mark.rule("REF-1g")
@pytest.mark.parametrize(
    ("page", "left_out"), [("gp", "gp"), ("safe", "text"), ("safe", "voicemail"), ("safe", "post")]
)
def test_a_consent_cannot_be_left_unanswered(browser, page, left_out):
    fill(browser, until=page)
    answers = {name: value for name, value in PAGES[page].items() if name != left_out}
    assert browser.post(url(page), answers).status_code == 422


@pytest.mark.rule("REF-1i")
def test_the_terms_name_the_site_s_own_notice_and_must_be_agreed_to(site, browser):
    set_policy(site, {"cancellation_notice_hours": 72}, by=None)
    page = fill(browser, until="terms").get(url("terms")).content.decode()
    assert "cancel at least 72 hours before" in page
    assert browser.post(url("terms"), {}).status_code == 422
    assert browser.get("/referral/summary/")["Location"] == url("terms")


@pytest.mark.rule("REF-1j")
def test_the_summary_shows_everything_with_ways_to_change_it(browser):
    page = fill(browser).get("/referral/summary/").content.decode()
    for words in (
        "Mira",
        "4 March 1991",
        "943 476 5919",
        "I worry &amp; cannot sleep",
        "Monday: evening",
        "By video",
    ):
        assert words in page
    for name in FORMS:
        assert f"{url(name)}?change=1" in page
    assert Case.objects.filter(patient__last_name="Holt").count() == 0
    answer = browser.post(f"{url('name')}?change=1", PAGES["name"] | {"first_name": "Mirabel"})
    assert answer["Location"] == "/referral/summary/"
    assert "Mirabel" in browser.get("/referral/summary/").content.decode()


@pytest.mark.rule("REF-1k")
def test_sent_twice_it_is_one_referral(browser):
    fill(browser)
    assert [browser.post("/referral/summary/")["Location"] for _ in range(2)] == ["/referral/sent/"] * 2
    assert Patient.objects.filter(last_name="Holt").count() == 1
    assert browser.post(url("name"), PAGES["name"])["Location"] == "/referral/sent/"


@pytest.mark.rule("REF-1l")
def test_the_page_after_sending_names_the_reference_and_what_happens_next(browser):
    case = send(fill(browser))
    page = browser.get("/referral/sent/").content.decode()
    assert f"{case.ref[:4]} {case.ref[4:]}" in page
    assert "What happens next" in page


@pytest.mark.rule("REF-1b")
@pytest.mark.parametrize("page", PAGES)
def test_junk_is_answered_in_words(browser, page):
    fill(browser, until="terms")
    for junk in ("", "\x00", "x" * 20_000, "2", "'; --", "👩‍👩‍👧"):
        for name in drafts.input_names(FORMS[page]):
            assert browser.post(url(page), PAGES[page] | {name: junk}).status_code in {303, 422}
        assert browser.get(url(page)).status_code in {200, 302}
    assert not Case.objects.filter(patient__last_name="Holt").exists()


@pytest.mark.rule("REF-1n")
def test_a_flood_from_one_address_is_slowed_and_loses_nothing(browser, monkeypatch):
    monkeypatch.setitem(views.RATES, "send", "1/h/ip")
    send(fill(browser))
    another = fill(
        Client(), safe={"email": "other@example.org"}, name={"last_name": "Roe"}, nhs_number={"nhs_number": ""}
    )
    assert another.post("/referral/summary/").status_code == 429
    monkeypatch.setitem(views.RATES, "send", "9/h/ip")
    assert send(another).patient.last_name == "Roe"


def test_a_page_that_is_none_is_not_found(browser):
    assert browser.get("/referral/nothing/").status_code == 404
