"""The patient's pages of the self-assessment (REF-4)."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import requires
from accounts.requests import Request
from intake.selfassessment import actions, rules
from intake.selfassessment.forms import PAGES
from intake.selfassessment.models import SelfAssessment
from measures.actions import definition_of

ORDER = list(PAGES)
AFTER_RISK = ORDER[ORDER.index(rules.RISK_PAGE) + 1]

# The page that follows says more, with numbers to press.
UNSAFE = (
    "Thank you for telling us. A person of our team looks at it within 48 hours. If you feel unsafe now, call 999, "
    "111 (mental health option) or Samaritans on 116 123."
)


@dataclass(frozen=True)
class Part:
    """One line of the list: a page or a questionnaire, where it is and whether it is done."""

    title: str
    url: str
    done: bool
    begun: bool = False


def assessment_of(request: Request) -> SelfAssessment:
    """The signed-in patient's newest self-assessment; Http404 where there is none."""
    rows = SelfAssessment.objects.visible_to(request.user, "referral", "write")
    found = rows.select_related("case__patient").order_by("-case__referred_at").first()
    if found is None:
        raise Http404
    return found


def parts_of(assessment: SelfAssessment) -> list[Part]:
    """Every page and questionnaire, in the order in which they are filled in."""
    parts = [Part(PAGES[page].title, page_url(page), page in assessment.pages_done) for page in ORDER]
    rows = assessment.case.questionnaires.filter(occasion=rules.OCCASION).prefetch_related("answers")
    for row in sorted(rows, key=lambda row: rules.MEASURES.index(row.measure)):
        begun = bool(row.answers.all()) and not row.completed_at
        url = reverse("measures:questionnaire", args=[row.ref])
        parts.append(Part(definition_of(row).about, url, row.completed_at is not None, begun))
    return parts


def page_url(page: str) -> str:
    return reverse("intake:self-assessment-page", args=[page])


@requires("own_cases", "answer")
def overview(request: Request) -> HttpResponse:
    """The list of what is asked, done and to do; POST sends it when everything is done."""
    assessment = assessment_of(request)
    if request.method == "POST":
        actions.complete(assessment, by=request.user)
        messages.success(request, "Thank you. Your answers are with us.")
        return HttpResponse(status=303, headers={"Location": reverse("intake:self-assessment")})
    parts = parts_of(assessment)
    done = sum(part.done for part in parts)
    following = next((part for part in parts if not part.done), None)
    context = {"assessment": assessment, "parts": parts, "done": done, "count": len(parts), "following": following}
    return render(request, "intake/selfassessment.html", context)


@requires("own_cases", "answer")
def page(request: Request, page: str) -> HttpResponse:
    """One page of questions, saved by either of its buttons."""
    assessment = assessment_of(request)
    if page not in PAGES:
        raise Http404
    if assessment.completed_at:
        return redirect("intake:self-assessment")
    if request.method == "POST":
        return _save(request, assessment, page)
    disclosed = page == AFTER_RISK and rules.risk_sentences(assessment.answers.get(rules.RISK_PAGE, {}))
    return _show(request, page, PAGES[page](initial=assessment.answers.get(page)), disclosed=bool(disclosed))


def _show(request: Request, page: str, form, status: int = 200, *, disclosed: bool = False) -> HttpResponse:
    place = ORDER.index(page)
    context = {"page": page, "form": form, "number": place + 1, "count": len(ORDER) + len(rules.MEASURES)}
    context["disclosed"] = disclosed
    context["back"] = page_url(ORDER[place - 1]) if place else reverse("intake:self-assessment")
    return render(request, "intake/selfassessment_page.html", context, status=status)


def _save(request: Request, assessment: SelfAssessment, page: str) -> HttpResponse:
    form = PAGES[page](request.POST)
    if not form.is_valid():
        return _show(request, page, form, status=422)
    actions.save_page(assessment, page, form.cleaned_data, by=request.user)
    stopping = request.POST.get("go") == "later"
    if stopping and page == rules.RISK_PAGE and rules.risk_sentences(form.cleaned_data):
        messages.warning(request, UNSAFE)
    return HttpResponse(status=303, headers={"Location": _after(request, assessment, page)})


def _after(request: Request, assessment: SelfAssessment, page: str) -> str:
    """The next page that is not done; the list where all are, or where the person wants to stop."""
    later = ORDER[ORDER.index(page) + 1 :]
    if request.POST.get("go") == "later" or not later:
        return reverse("intake:self-assessment")
    return page_url(later[0])
