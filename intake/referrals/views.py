"""The public pages on which people refer themselves (REF-1)."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import public
from accounts.requests import Request
from intake.referrals import actions, drafts, summaries
from intake.referrals.forms import PAGES
from intake.referrals.models import ReferralDraft

SESSION_KEY = "referral_draft"
# Each referral sends an e-mail to whatever address was typed: a crowd behind one address passes, a flood does not.
RATES = {"send": "60/h/ip"}
ORDER = list(PAGES)
FIRST = ORDER[0]


def draft_of(request: Request) -> ReferralDraft | None:
    """The draft of this browser, None where it has none."""
    ref = request.session.get(SESSION_KEY)
    return ReferralDraft.objects.filter(ref=ref).first() if ref else None


def page_url(page: str) -> str:
    return reverse("intake:referral-page", args=[page])


@public
def start(request: Request) -> HttpResponse:
    """What a referral is, and the way to begin it, go on with it or begin anew."""
    draft = draft_of(request)
    if request.method == "POST":
        if request.POST.get("anew") and draft and not draft.sent_at:
            draft.delete()
        if request.POST.get("anew") or draft is None or draft.sent_at:
            request.session[SESSION_KEY] = str(drafts.start().ref)
        return redirect(page_url(FIRST))
    going = draft if draft and not draft.sent_at and draft.answers else None
    return render(request, "intake/referral_start.html", {"draft": going, "pages": len(ORDER)})


@public
def page(request: Request, page: str) -> HttpResponse:
    """One group of questions: shown as it was left, kept whenever something was typed."""
    if page not in PAGES:
        raise Http404
    draft = draft_of(request)
    if draft and draft.sent_at:
        return redirect("intake:referral-sent")
    if request.method == "POST":
        return _take(request, page, draft or _begin(request))
    if draft is None and page != FIRST:
        return redirect("intake:referral-start")
    written = drafts.Written(draft.answers if draft else {}, timezone.localdate())
    if page != FIRST and not written.eligible:
        return redirect(page_url(FIRST))
    return _show(request, page, written.unbound(page))


def _begin(request: Request) -> ReferralDraft:
    draft = drafts.start()
    request.session[SESSION_KEY] = str(draft.ref)
    return draft


def _take(request: Request, page: str, draft: ReferralDraft) -> HttpResponse:
    drafts.keep_page(draft, page, request.POST)
    if request.htmx:
        return HttpResponse(status=204)
    if request.POST.get("go") == "back":
        return redirect(_before(request, page), permanent=False)
    written = drafts.Written({**draft.answers, page: _typed(request, page)}, timezone.localdate())
    form = written.bound(page)
    if not form.is_valid():
        return _show(request, page, form, status=422)
    if written.why_not:
        return _see("intake:referral-elsewhere")
    return HttpResponse(status=303, headers={"Location": _after(request, page)})


def _typed(request: Request, page: str) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in drafts.input_names(PAGES[page]) if name in request.POST}


def _see(url_name: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse(url_name)})


def _before(request: Request, page: str) -> str:
    place = ORDER.index(page)
    if "change" in request.GET:
        return reverse("intake:referral-summary")
    return page_url(ORDER[place - 1]) if place else reverse("intake:referral-start")


def _after(request: Request, page: str) -> str:
    place = ORDER.index(page) + 1
    if "change" in request.GET or place == len(ORDER):
        return reverse("intake:referral-summary")
    return page_url(ORDER[place])


def _show(request: Request, page: str, form, status: int = 200) -> HttpResponse:
    context = {"page": page, "form": form, "number": ORDER.index(page) + 1, "count": len(ORDER)}
    context["policy"] = form.site.current_policy_version.data if form.site and page == "terms" else {}
    context["changing"] = "change" in request.GET
    return render(request, "intake/referral_page.html", context, status=status)


@public
def summary(request: Request) -> HttpResponse:
    """Everything that was said, each with a way to change it; POST sends it, once."""
    draft = draft_of(request)
    if draft is None:
        return redirect("intake:referral-start")
    if draft.sent_at:
        return _see("intake:referral-sent")
    written = drafts.Written(draft.answers, timezone.localdate())
    if written.why_not:
        return redirect("intake:referral-elsewhere")
    if missing := written.missing():
        return redirect(page_url(missing))
    if request.method == "POST" and not ratelimit.consume(request, app="intake", action="send", config=RATES):
        return ratelimit.respond_429(request)
    if request.method == "POST":
        actions.send(draft, written.cleaned(), written.covering)
        return _see("intake:referral-sent")
    return render(request, "intake/referral_summary.html", {"sections": summaries.sections(written)})


@public
@require_safe
def elsewhere(request: Request) -> HttpResponse:
    """Where somebody whom no site covers can turn; what was typed stays."""
    draft = draft_of(request)
    written = drafts.Written(draft.answers if draft else {}, timezone.localdate())
    if not written.why_not:
        return redirect(page_url(FIRST) if draft else "intake:referral-start")
    youngest = written.site.youngest_age if written.site else 18
    return render(request, "intake/referral_elsewhere.html", {"why": written.why_not, "youngest": youngest})


@public
@require_safe
def sent(request: Request) -> HttpResponse:
    """The reference, and what happens next."""
    draft = draft_of(request)
    if draft is None or not draft.sent_at:
        return redirect("intake:referral-start")
    return render(request, "intake/referral_sent.html", {"case_ref": draft.case_ref})
