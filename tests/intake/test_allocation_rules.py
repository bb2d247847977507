"""Who may be given a case, how well they fit, and why not the others."""

import datetime as dt
import json

import pytest

from intake.allocation import rules
from intake.allocation.panel import Panel

TODAY = dt.date(2026, 11, 2)
DOCUMENTS = dict.fromkeys(rules.DOCUMENTS, dt.date(2027, 6, 1))


def case(**changes) -> rules.CaseFacts:
    usual = {"ref": "C1", "site": "north", "step": "3", "modality": "typed", "waited_days": 14}
    return rules.CaseFacts(**usual | {"hours": frozenset({"mon-evening", "tue-evening"})} | changes)


def clinician(**changes) -> rules.ClinicianFacts:
    usual = {"ref": "amara", "kind": "HIT", "desired": 3, "held": 1, "documents": DOCUMENTS}
    cleared = {name: frozenset({"north"}) for name in ("sites", "protocols")}
    hours = {"parts": frozenset({"mon-evening", "wed-morning"}), "free": {"mon-evening": 0, "wed-morning": 2}}
    return rules.ClinicianFacts(**usual | cleared | hours | {"modalities": frozenset({"typed"})} | changes)


def names(case_facts: rules.CaseFacts, clinician_facts: rules.ClinicianFacts) -> list[str]:
    return [reason.name for reason in rules.exclusions(case_facts, clinician_facts, TODAY)]


@pytest.mark.rule("ALLOC-1a")
def test_somebody_who_fits_everything_is_a_candidate():
    assert names(case(), clinician()) == []


@pytest.mark.rule("ALLOC-1a")
@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"active": False}, "inactive"),
        ({"hold": "late notes"}, "hold"),
        ({"held": 3}, "full"),
        ({"held": 5}, "full"),
        ({"kind": "PWP"}, "step"),
        ({"modalities": frozenset({"video"})}, "modality"),
        ({"sites": frozenset()}, "site"),
        ({"protocols": frozenset()}, "protocol"),
        ({"parts": frozenset({"mon-morning"})}, "hours"),
        ({"parts": frozenset()}, "hours"),
    ],
)
def test_each_exclusion_has_a_name_and_words(changes, name):
    (reason,) = rules.exclusions(case(), clinician(**changes), TODAY)
    assert reason.name == name
    assert reason.words


@pytest.mark.rule("ALLOC-1b")
@pytest.mark.parametrize(
    ("kind", "step", "cleared"),
    [("PWP", "2", True), ("PWP", "3", False), ("PWP", "3+", False), ("HIT", "2", False), ("HIT", "3", True),
     ("HIT", "3+", True), ("HIT", "", False), ("PWP", "", False)],
)  # fmt: skip
def test_a_pwp_takes_step_2_and_a_hit_steps_3_and_above(kind, step, cleared):
    assert ("step" not in names(case(step=step), clinician(kind=kind))) is cleared


@pytest.mark.rule("ALLOC-1c")
@pytest.mark.parametrize(("expires", "stops"), [(TODAY, False), (TODAY - dt.timedelta(days=1), True)])
@pytest.mark.parametrize("kind", list(rules.DOCUMENTS))
def test_a_document_counts_up_to_the_day_it_expires(kind, expires, stops):
    assert ("documents" in names(case(), clinician(documents=DOCUMENTS | {kind: expires}))) is stops


@pytest.mark.rule("ALLOC-1c")
def test_a_document_that_was_never_filed_stops_allocations():
    found = rules.exclusions(case(), clinician(documents={}), TODAY)
    assert [reason.words for reason in found] == [f"has no {words}" for words in rules.DOCUMENTS.values()]


DAY = dt.timedelta(days=1)
FORTNIGHT = dt.timedelta(days=13)  # both days included


@pytest.mark.rule("ALLOC-1d")
@pytest.mark.parametrize(
    ("first", "length", "stops"),
    [
        (TODAY + 14 * DAY, FORTNIGHT, True),
        (TODAY + 15 * DAY, FORTNIGHT, False),
        (TODAY + 14 * DAY, FORTNIGHT - DAY, False),
        (TODAY + DAY, FORTNIGHT - DAY, False),
        (TODAY, 0 * DAY, True),
        (TODAY - FORTNIGHT, FORTNIGHT, True),
        (TODAY - FORTNIGHT - DAY, FORTNIGHT, False),
    ],
)
def test_leave_stops_new_cases(first, length, stops):
    assert ("leave" in names(case(), clinician(leaves=((first, first + length),)))) is stops


@pytest.mark.rule("ALLOC-1e")
def test_a_patient_without_a_wish_shares_every_hour():
    wishless = case(hours=frozenset())
    assert names(wishless, clinician()) == []
    assert names(wishless, clinician(parts=frozenset())) == ["hours"]


@pytest.mark.rule("ALLOC-3c")
def test_a_paused_site_is_given_to_nobody():
    assert names(case(paused=True), clinician()) == ["paused"]


@pytest.mark.rule("ALLOC-2f")
def test_every_clinicians_effectiveness_counts_as_average_for_now():
    assert rules.fit(case(), clinician())["effectiveness"] == rules.AVERAGE_EFFECTIVENESS


@pytest.mark.rule("ALLOC-2b")
@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"effectiveness": 0.8}, {}),
        ({"parts": frozenset({"mon-evening", "tue-evening"})}, {}),
        ({}, {"free": {"mon-evening": 9}}),
        ({}, {"free": {}}),
    ],
)
def test_each_part_of_the_fit_counts(better, worse):
    assert rules.score(case(), clinician(**better)) > rules.score(case(), clinician(**worse))


@pytest.mark.rule("ALLOC-2b")
@pytest.mark.parametrize(
    ("wish", "has"),
    [({"language": "Polish"}, {"languages": frozenset({"polish"})}), ({"gender": "woman"}, {"gender": "Woman"})],
)
def test_a_wish_for_language_or_gender_counts_without_excluding(wish, has):
    wishing = case(**wish)
    assert names(wishing, clinician()) == []
    assert rules.score(wishing, clinician(**has)) > rules.score(wishing, clinician())


@pytest.mark.rule("ALLOC-2c")
def test_a_week_more_of_waiting_outweighs_the_best_fit_in_the_end():
    fits_best = clinician(effectiveness=1.0, parts=case().hours, free=dict.fromkeys(case().hours, 0))
    fits_worst = clinician(effectiveness=0.0, free={})
    assert rules.score(case(waited_days=15), clinician()) > rules.score(case(waited_days=14), clinician())
    assert rules.score(case(waited_days=126), fits_worst) > rules.score(case(waited_days=42), fits_best)


@pytest.mark.rule("ALLOC-2d")
def test_facts_are_the_same_after_being_kept():
    known = clinician(leaves=((TODAY, TODAY + DAY),), languages=frozenset({"Welsh", "Polish"}))
    assert rules.clinician_from(json.loads(json.dumps(rules.as_data(known)))) == known
    assert rules.case_from(json.loads(json.dumps(rules.as_data(case())))) == case()


@pytest.mark.rule("ALLOC-7a")
@pytest.mark.parametrize(
    ("wanted", "there", "words"),
    [
        ({}, {"sites": frozenset()}, "No clinician is cleared for this site."),
        ({}, {"kind": "PWP"}, "No HIT is cleared for this site."),
        ({}, {"modalities": frozenset({"video"})}, "No HIT for this site works by typing."),
        ({}, {"parts": frozenset({"mon-morning"})}, "No HIT for this site has evening availability."),
        ({}, {"protocols": frozenset()}, "No HIT whose hours fit has acknowledged the site's protocol."),
        ({}, {"held": 3}, "No HIT who fits takes new cases now: 1 without a free place."),
        ({"paused": True}, {}, "Allocation is paused for this site."),
        ({"step": ""}, {}, "The case has no step yet, so nobody can be cleared for it."),
    ],
)
def test_why_nobody_was_found_is_said_in_words(wanted, there, words):
    panel, asked = Panel([clinician(**there)], TODAY), case(**wanted)
    assert panel.why_nobody(asked, panel.look(asked)) == words
