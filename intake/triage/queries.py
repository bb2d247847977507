"""What triage reads: the sheet that the screens look at, the queue, and the latest scores."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from intake.referrals.rules import age_on, covers
from intake.triage import rules
from intake.triage.models import ScreeningFlag, TriageDecision
from measures.models import Answer, Score
from patients.models import Case
from patients.rules import read_case_ref, search_key

PHQ9, GAD7 = "phq-9", "gad-7"
ITEM_9 = 9
QUEUE_STATES = {"in_triage": "Ready for triage", "referred": "Waiting for the patient"}


def item_9(case: Case) -> int | None:
    """Return the latest answer to item 9 of the PHQ-9, also of a questionnaire left half-way (MEAS-5)."""
    answers = Answer.objects.filter(questionnaire__case=case, questionnaire__measure=PHQ9, item=ITEM_9)
    return answers.order_by("-at").values_list("value", flat=True).first()


def sheet_of(case: Case) -> rules.Sheet:
    """Return what the screens look at for a case: referral, site and answers so far (REF-5)."""
    patient, site = case.patient, case.site
    assessment = getattr(case, "self_assessment", None)
    return rules.Sheet(
        age=age_on(patient.date_of_birth, timezone.localdate(case.referred_at)),
        youngest_age=site.youngest_age,
        postcode=patient.postcode,
        practice=patient.gp_practice,
        covered=covers(site, patient.gp_practice, patient.postcode),
        item_9=item_9(case),
        answers=assessment.answers if assessment else {},
    )


@dataclass(frozen=True)
class Scores:
    """The latest totals of a case; None where there is none yet."""

    phq9: int | None
    gad7: int | None
    item_9: int | None

    @property
    def indicated(self) -> str:
        """The step that the scores indicate, "" for none (REF-7)."""
        return self.with_need()

    def with_need(self, *, severe_ocd: bool = False, added_need: bool = False) -> str:
        """The step that the scores and what is known besides indicate, "" for none (REF-7)."""
        return rules.indicative_step(self.phq9, self.gad7, severe_ocd=severe_ocd, added_need=added_need)

    @property
    def prompts_disorder_measure(self) -> bool:
        return rules.prompts_disorder_measure(self.phq9, self.gad7)


def latest_scores(case: Case) -> Scores:
    """Return the latest PHQ-9 and GAD-7 totals of a case."""
    newest: dict[str, Score] = {score.measure: score for score in case.scores.filter(measure__in=(PHQ9, GAD7))}
    totals = {measure: int(score.total) for measure, score in newest.items()}
    return Scores(totals.get(PHQ9), totals.get(GAD7), item_9(case))


def open_question(case: Case) -> TriageDecision | None:
    """Return the question of triage that waits for the patient's answer, None where none does (REF-6)."""
    asked = case.decisions.filter(decision=TriageDecision.Decision.ASK).select_related("answer").last()
    waits = asked is not None and case.state in rules.DECIDABLE_STATES and not hasattr(asked, "answer")
    return asked if waits else None


def refusal(case: Case) -> TriageDecision | None:
    """Return why a declined referral was declined and where to go instead, for the patient to read (REF-6)."""
    if case.state != "declined":
        return None
    return case.decisions.filter(decision=TriageDecision.Decision.DECLINE).last()


def queue(user, *, state: str = "in_triage", site: str = "", words: str = "") -> QuerySet[Case]:
    """Return the referrals of one state that the user may see: flagged first, then oldest first (REF-6)."""
    found = Case.objects.visible_to(user, "triage").filter(state=state)
    if site:
        found = found.filter(site__code=site)
    if words.strip():
        found = found.filter(_meant_by(words))
    flagged = Exists(ScreeningFlag.objects.filter(case=OuterRef("pk")))
    rows = found.annotate(flagged=flagged).select_related("patient", "site", "self_assessment")
    return rows.prefetch_related("flags").order_by("-flagged", "referred_at", "pk")


def _meant_by(words: str) -> Q:
    """Find by case reference, by NHS number, or by every word of the name, accents and case aside."""
    if ref := read_case_ref(words):
        return Q(ref=ref)
    digits = "".join(words.split())
    if digits.isdigit():
        return Q(patient__nhs_number=digits)
    names = Q()
    for word in search_key(words).split():
        names &= Q(patient__search_key__contains=word)
    return names
