"""A referral being written: kept page by page as it was typed, tied to the browser's session (REF-1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from intake.referrals import rules
from intake.referrals.forms import PAGES, Page
from intake.referrals.models import ReferralDraft
from sites.models import Site

# What a page holds at most; anything longer is no answer to these questions and is not kept.
LONGEST_KEPT = 12_000
SELF = "self"

Answers = dict[str, dict[str, list[str]]]


@transaction.atomic
def start(at: dt.datetime | None = None) -> ReferralDraft:
    """Begin a draft, and forget those that nobody touched for a week."""
    at = at or timezone.now()
    ReferralDraft.objects.filter(sent_at=None, saved_at__lt=at - rules.DRAFT_KEPT).delete()
    return ReferralDraft.objects.create(started_at=at, saved_at=at)


@transaction.atomic
def keep_page(draft: ReferralDraft, page: str, typed: MultiValueDict, *, at: dt.datetime | None = None) -> None:
    """Keep what was typed on a page, right or wrong; a draft that was sent stays as it is."""
    kept = {name: [text.replace("\x00", "") for text in typed.getlist(name)] for name in input_names(PAGES[page])}
    kept = {name: texts for name, texts in kept.items() if texts}
    locked = ReferralDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.sent_at or sum(len(text) for texts in kept.values() for text in texts) > LONGEST_KEPT:
        return
    locked.answers = {**locked.answers, page: kept}
    locked.saved_at = at or timezone.now()
    locked.save(update_fields=["answers", "saved_at"])
    draft.answers = locked.answers


def input_names(form_class: type[forms.Form]) -> list[str]:
    """Return the names under which a form's controls are sent."""
    names = []
    for name, field in form_class.base_fields.items():
        names += [f"{name}{part}" for part in getattr(field.widget, "widgets_names", [""])]
    return names


def bound(page: str, answers: Answers, **context: Any) -> Page:
    """Return the page's form, filled with what was typed and ready to be checked."""
    return PAGES[page](MultiValueDict(answers.get(page, {})), **context)


def unbound(page: str, answers: Answers, **context: Any) -> Page:
    """Return the page's form showing what was typed, without complaints."""
    typed = MultiValueDict(answers.get(page, {}))
    fields = PAGES[page].base_fields.items() if page in answers else ()
    initial = {name: field.widget.value_from_datadict(typed, MultiValueDict(), name) for name, field in fields}
    return PAGES[page](initial=initial, **context)


def open_sites(day: dt.date) -> list[Site]:
    """Return the sites that take self-referrals on that day."""
    sites = Site.objects.filter(sources__contains=[SELF], contract_from__lte=day).order_by("name")
    return [site for site in sites if site.contract_to is None or site.contract_to >= day]


def practices_of(sites: list[Site]) -> list[str]:
    """Return the names of the practices that these sites cover, sorted."""
    return sorted({practice for site in sites for practice in site.practices})


def site_for(sites: list[Site], gp_practice: str, postcode: str) -> Site | None:
    """Return the site that covers somebody, the one that names the practice before one that names the postcode."""
    named = [site for site in sites if rules.covers_practice(site, gp_practice)]
    covering = named or [site for site in sites if rules.covers(site, gp_practice, postcode)]
    return covering[0] if covering else None


class Written:
    """What a draft holds, checked: the forms of its pages, the site it is for, what is still missing."""

    def __init__(self, answers: Answers, today: dt.date) -> None:
        self.answers, self.today = answers, today
        self.sites = open_sites(today)
        self.practices = practices_of(self.sites)
        self.site: Site | None = None
        self.why_not = ""
        eligibility = self.bound("eligibility")
        self.asked = eligibility.is_valid()
        if self.asked:
            self._judge(eligibility.cleaned_data)

    def _judge(self, given: dict[str, Any]) -> None:
        self.site = site_for(self.sites, given["gp_practice"], given["postcode"])
        youngest = self.site.youngest_age if self.site else rules.DEFAULT_YOUNGEST_AGE
        if rules.age_on(given["date_of_birth"], self.today) < youngest:
            self.why_not = "young"
        elif self.site is None:
            self.why_not = "area"

    @property
    def eligible(self) -> bool:
        """Tell whether the first page is answered and a site covers this person."""
        return self.asked and not self.why_not

    @property
    def covering(self) -> Site:
        """Return the site of somebody eligible; raises LookupError for anybody else."""
        if self.site is None:
            raise LookupError("no site covers this person")
        return self.site

    def bound(self, page: str) -> Page:
        return bound(page, self.answers, site=self.site, practices=self.practices)

    def unbound(self, page: str) -> Page:
        return unbound(page, self.answers, site=self.site, practices=self.practices)

    def missing(self) -> str | None:
        """Return the first page that is not answered rightly, None where all are."""
        return next((page for page in PAGES if page not in self.answers or not self.bound(page).is_valid()), None)

    def cleaned(self) -> dict[str, Any]:
        """Return every answer of a whole draft under its field's name."""
        answers: dict[str, Any] = {}
        for page in PAGES:
            form = self.bound(page)
            form.is_valid()
            answers |= form.cleaned_data
        return answers | {"gp_practice": rules.contract_name(self.covering, answers["gp_practice"])}
