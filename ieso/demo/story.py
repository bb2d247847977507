"""The course of one invented patient, lived through by calling the verbs, each at its time."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from accounts.models import User
from clinicians.models import Clinician
from ieso.demo import sessions, words
from ieso.demo.clock import moved, uk
from ieso.demo.endings import end_course
from ieso.demo.people import Person
from ieso.demo.plans import Plan
from ieso.demo.service import Service
from intake.allocation.actions import allocate_by_hand
from intake.referrals.actions import refer
from intake.selfassessment import actions as selfassessment
from intake.triage import actions as triage
from measures.actions import answer_all, complete
from patients.cases import actions as patients
from patients.models import Case
from risk.actions import review
from sites.models import Site
from supervision import actions as supervision
from therapy.messages.actions import mark_read, send

DAY = dt.timedelta(days=1)


@dataclass
class Course:
    """One patient's way through the service."""

    plan: Plan
    person: Person
    site: Site
    service: Service
    clinician: Clinician
    weekday: int
    hour: int
    today: dt.date
    now: dt.datetime
    chance: random.Random
    number: int

    @property
    def step(self) -> str:
        return "2" if self.clinician.kind == "PWP" else "3"

    @property
    def referred_on(self) -> dt.date:
        return self.today - DAY * (7 * self.plan.weeks_ago + 8 + self.number % 3)

    def evening_of(self, week: int) -> dt.datetime:
        """The start of the session in a week from the referral's second week on."""
        first = self.referred_on + DAY * 8
        first += DAY * ((self.weekday - first.weekday()) % 7)
        return uk(first + DAY * 7 * week, self.hour)

    def live(self) -> Case:
        """Live through the course and return the case where it stands today."""
        case = self._refer()
        if self.plan.state == "referred":
            return case
        self._assess_self(case)
        if self.plan.state == "in_triage":
            return case
        if self._left_early(case):
            return case
        self._triage(case)
        if self.plan.state == "waiting":
            return case
        self._allocate(case)
        self._write(case)
        sessions.hold(self, case)
        self._ask_supervisor(case)
        end_course(self, case)
        return case

    def _at(self, days: int, hour: int = 18) -> dt.datetime:
        return uk(self.referred_on + DAY * days, hour, self.number % 60)

    def _refer(self) -> Case:
        person, at = self.person, self._at(0, 20)
        data = {
            **{name: getattr(person, name) for name in Person.__dataclass_fields__},
            "wished_hours": ["mon-evening", "tue-evening", "wed-evening", "thu-evening", "fri-evening"],
            "modality": "typed",
            "reason": self.chance.choice(words.PROBLEMS),
            "consents": {"gp": self.plan.gp, "post": False, "text": True, "research": True, "terms": True},
        }
        with moved(at):
            return refer(data, source=self.site.sources[0], site=self.site, at=at)

    def _assess_self(self, case: Case) -> None:
        at, user = self._at(1), User.objects.get(patient__cases=case)
        with moved(at):
            assessment = case.self_assessment
            pages = {
                "problem": {"problem": self.chance.choice(words.PROBLEMS), "how_long": "months"},
                **words.SAQ,
                "safety": words.SAFE,
            }
            for page, answers in pages.items():
                selfassessment.save_page(assessment, page, answers, by=user, at=at)
            for questionnaire in selfassessment.open_measures(case):
                self.fill_in(questionnaire, user, high=0.75, risk=self.plan.risk, at=at)
            selfassessment.complete(assessment, by=user, at=at)
        case.refresh_from_db()

    def fill_in(self, questionnaire, user, *, high: float, risk: bool = False, at: dt.datetime) -> None:
        """Answer a questionnaire; `high` is the share of the scale aimed at, `risk` answers item 9 with 3."""
        items = 9 if questionnaire.measure == "phq-9" else 7
        values = {
            item: min(3, max(0, round(3 * high + self.chance.uniform(-0.7, 0.7)))) for item in range(1, items + 1)
        }
        if questionnaire.measure == "phq-9":
            values[9] = 3 if risk else 0
        answer_all(questionnaire, values, by=user, at=at)
        complete(questionnaire, by=user, at=at)

    def _left_early(self, case: Case) -> bool:
        at, by = self._at(3, 11), self.service.one("triage")
        with moved(at):
            if self.plan.state == "declined":
                triage.decline(case, "Current care by a team elsewhere.", "The team that you know.", by=by, at=at)
            elif self.plan.state == "signposted":
                patients.turn(case, "signposted", by=by, reason="A bereavement service fits better.", at=at)
            elif self.plan.state == "withdrawn":
                patients.turn(case, "withdrawn", by=case.patient.user, reason="Feels better and withdrew.", at=at)
            else:
                return False
        return True

    def _triage(self, case: Case) -> None:
        at, by = self._at(3, 11), self.service.one("triage")
        with moved(at):
            for alert in case.alerts.all():
                considered, done = words.CALM
                review(alert, by=by, considered=considered, done=done, level="low", at=at + dt.timedelta(minutes=5))
            triage.accept(case, self.step, "Fits the service; no exclusion found.", by=by, at=at)
        case.refresh_from_db()

    def _allocate(self, case: Case) -> None:
        at, by = self._at(5, 10), self.service.one("patient_services")
        with moved(at):
            allocate_by_hand(case, self.clinician, "Hours fit.", by=by, override=True, at=at)
        case.refresh_from_db()

    def _write(self, case: Case) -> None:
        """The welcome, and an answer from most; the newest one allocated still waits for its welcome."""
        if self.plan.state == "allocated" and self.number % 2:
            return
        names = {"patient": case.patient.called, "clinician": self.clinician.user.name}
        self._say(case, "clinician", words.WELCOME.format(**names), self._at(6, 9))
        self._say(case, "patient", words.REPLY, self._at(6, 21))
        if self.plan.sessions > 1:
            for days, (side, text) in enumerate(words.BETWEEN):
                self._say(case, side, text, self.evening_of(1) + DAY * (2 + days))

    def _say(self, case: Case, side: str, text: str, at: dt.datetime) -> None:
        by = case.patient.user if side == "patient" else self.clinician.user
        other = self.clinician.user if side == "patient" else case.patient.user
        with moved(at):
            sent = send(case, text, by=by, client_key=f"{case.ref}-{at:%Y%m%d%H}", at=at)
        with moved(at + dt.timedelta(hours=3)):
            mark_read(case, other, sent, at=at + dt.timedelta(hours=3))

    def _ask_supervisor(self, case: Case) -> None:
        if not self.plan.ticket:
            return
        at, by = self.evening_of(2) + DAY, self.clinician.user
        kind = "risk_urgent" if self.plan.ticket == "risk_urgent" else "other"
        form = {"question": words.TICKET} if kind == "other" else {"question": words.TICKET, "thoughts": "Passive."}
        with moved(at):
            ticket = supervision.raise_ticket(case, kind, form, by=by, client_key=f"demo-{case.ref}", at=at)
        if self.plan.ticket.endswith("open"):
            return
        at += dt.timedelta(minutes=30)
        with moved(at):
            supervisor = ticket.supervisor
            supervision.answer(ticket, words.TICKET_ANSWER, by=supervisor, at=at)
            outcome = "answered" if kind == "other" else "advice"
            supervision.close(ticket, outcome, words.TICKET_ANSWER, by=supervisor, at=at)
