"""The 7-7 rule as pure rules: what counts, what is too early, when silence may end an episode (ENG-3 to ENG-5)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapy.engagement import rules
from therapy.engagement.rules import Sent

T = dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC)  # the clocks go back five days later
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
PROMPT, ENGAGEMENT, DISCHARGE = (
    Sent("engagement_prompt", T),
    Sent("engagement", T + 7 * DAY),
    Sent("discharge", T + 14 * DAY),
)


def slugs(sent, contact=None) -> list[str]:
    return [one.slug for one in rules.stand(sent, contact).steps]


@pytest.mark.rule("ENG-3a")
@pytest.mark.rule("TIME-8a")
def test_the_steps_follow_after_7_days_7_days_and_48_hours():
    assert rules.stand([], None).next_at is None
    for sent, slug, at in [
        ([PROMPT], "engagement", T + 7 * DAY),
        ([PROMPT, ENGAGEMENT], "discharge", T + 14 * DAY),
        ([PROMPT, ENGAGEMENT, DISCHARGE], "", T + 16 * DAY),
    ]:
        now = rules.stand(sent, None)
        assert (now.next_slug, now.next_at) == (slug, at)


@pytest.mark.rule("ENG-3b")
@pytest.mark.parametrize(("late", "may"), [(-SECOND, False), (dt.timedelta(), True), (SECOND, True)])
def test_the_case_may_go_48_hours_after_the_last_message_and_not_a_second_sooner(late, may):
    now = rules.stand([PROMPT, ENGAGEMENT, DISCHARGE], None)
    assert now.may_let_go(T + 16 * DAY + late) == may
    assert not rules.stand([PROMPT, ENGAGEMENT], None).may_let_go(T + 100 * DAY)


@pytest.mark.rule("ENG-3c")
def test_a_step_sent_too_early_does_not_count():
    early = Sent("engagement", T + 7 * DAY - SECOND)
    assert slugs([PROMPT, early]) == ["engagement_prompt"]
    assert slugs([ENGAGEMENT, DISCHARGE]) == []
    now = rules.stand([PROMPT], None)
    assert rules.too_early("engagement", now, T + 7 * DAY - SECOND)
    assert not rules.too_early("engagement", now, T + 7 * DAY)
    assert rules.too_early("discharge", now, T + 30 * DAY)
    assert rules.too_early("engagement", rules.stand([], None), T)
    assert not rules.too_early("engagement_prompt", now, T)


@pytest.mark.rule("ENG-4a")
def test_any_word_stops_it_and_it_begins_anew():
    assert slugs([PROMPT, ENGAGEMENT], T + 8 * DAY) == []
    again = Sent("engagement_prompt", T + 9 * DAY)
    assert slugs([PROMPT, ENGAGEMENT, again], T + 8 * DAY) == ["engagement_prompt"]


@pytest.mark.rule("ENG-5a")
@pytest.mark.parametrize("slug", sorted(rules.BREACH_TEMPLATES))
def test_after_a_breach_its_message_takes_the_place_of_the_prompt(slug):
    assert slugs([Sent(slug, T), ENGAGEMENT, DISCHARGE]) == [slug, "engagement", "discharge"]


@pytest.mark.rule("ENG-5a")
@pytest.mark.parametrize("slug", sorted(rules.BREACH_TEMPLATES))
def test_after_a_breach_the_waits_are_the_same_and_the_last_one_is_48_hours(slug):
    sent = [Sent(slug, T), ENGAGEMENT, DISCHARGE]
    assert [rules.stand(sent[:count], None).next_at for count in (1, 2, 3)] == [T + days * DAY for days in (7, 14, 16)]
    whole = rules.stand(sent, None)
    assert (whole.may_let_go(T + 16 * DAY - SECOND), whole.may_let_go(T + 16 * DAY)) == (False, True)


@pytest.mark.rule("ENG-3b")
@given(
    st.lists(st.tuples(st.sampled_from(sorted(rules.STEP_TEMPLATES)), st.integers(0, 60 * 24)), max_size=12),
    st.none() | st.integers(0, 60 * 24),
    st.integers(0, 70 * 24),
)
def test_whatever_is_sent_nobody_is_let_go_before_16_silent_days(sent, contact_hours, at_hours):
    hour = dt.timedelta(hours=1)
    contact = None if contact_hours is None else T + contact_hours * hour
    at = T + at_hours * hour
    now = rules.stand([Sent(slug, T + hours * hour) for slug, hours in sent if hours <= at_hours], contact)
    if now.may_let_go(at):
        assert at - now.steps[0].at >= rules.WHOLE_SEVEN_SEVEN
        assert contact is None or now.steps[0].at > contact


@pytest.mark.rule("TIME-3a")
@pytest.mark.parametrize(("reminded_after", "due_after"), [(3, 7), (5, 7), (6, 8), (20, 22)])
def test_never_engaged_needs_7_days_and_48_hours_after_the_reminder(reminded_after, due_after):
    assert rules.never_engaged_at(T, T + reminded_after * DAY) == T + due_after * DAY


@pytest.mark.rule("TIME-9b")
@pytest.mark.parametrize(
    ("breaches", "reminders", "in_time"),
    [([0], [1], False), ([0, 10], [1], True), ([0, 10], [11], False), ([0, 10], [], False), ([0, 10], [10], False)],
)
def test_the_first_reminder_must_go_before_the_second_breach(breaches, reminders, in_time):
    days = [[T + number * DAY for number in numbers] for numbers in (breaches, reminders)]
    assert rules.prior_reminder_in_time(*days) == in_time


@pytest.mark.rule("TIME-9a")
@pytest.mark.parametrize(
    ("number", "attended", "late", "slug"),
    [
        (1, 0, True, "late_cancellation"),
        (1, 0, False, "first_dna_new"),
        (1, 2, False, "first_dna_engaged"),
        (2, 1, False, "second_dna_new"),
        (2, 5, True, "second_dna_engaged"),
    ],
)
def test_the_template_fits_the_count_and_the_engagement_so_far(number, attended, late, slug):
    assert rules.breach_template(number, attended, late=late) == slug


@pytest.mark.rule("ENG-3d")
@pytest.mark.parametrize(
    ("pauses", "over"),
    [
        ([], 7),
        ([(-5, -1)], 7),  # over before the wait began
        ([(-5, 2)], 9),  # begun before it: only what lies in the wait counts
        ([(1, 4)], 10),
        ([(7, 9)], 7),  # begun when the wait was over
        ([(6, 8), (8, 10)], 11),  # the first makes the wait longer, so that the second falls into it
        ([(8, 10), (6, 8)], 11),
        ([(1, None)], None),
        ([(8, None)], 7),
        ([(2, 3), (5, None)], None),
    ],
)
def test_a_wait_stands_still_while_the_case_is_on_hold(pauses, over):
    held = [(T + begun * DAY, None if end is None else T + end * DAY) for begun, end in pauses]
    assert rules.after(T, 7 * DAY, held) == (None if over is None else T + over * DAY)


@pytest.mark.rule("ENG-3c")
def test_time_on_hold_is_no_silence():
    held = [(T + DAY, T + 4 * DAY)]
    assert rules.stand([PROMPT, ENGAGEMENT], None, held).steps == (PROMPT,)
    assert rules.stand([PROMPT], None, held).next_at == T + 10 * DAY
    still = rules.stand([PROMPT], None, [(T + DAY, None)])
    assert "on hold" in rules.too_early("engagement", still, T + 30 * DAY)
    assert rules.too_early("engagement_prompt", still, T + 30 * DAY) == ""
    assert not rules.stand([PROMPT, ENGAGEMENT, DISCHARGE], None, [(T + 15 * DAY, None)]).may_let_go(T + 90 * DAY)


@pytest.mark.rule("ENG-3c")
def test_what_is_too_early_says_what_it_waits_for():
    silent, prompted, engaged = (rules.stand(sent, None) for sent in ([], [PROMPT], [PROMPT, ENGAGEMENT]))
    assert rules.too_early("engagement", silent, T).startswith("The engagement message follows a prompt")
    assert rules.too_early("discharge", silent, T).startswith("The discharge message follows an engagement message")
    assert rules.too_early("discharge", prompted, T + 7 * DAY).startswith("The discharge message follows")
    assert "not over yet" in rules.too_early("discharge", engaged, T + 14 * DAY - SECOND)
    assert rules.too_early("discharge", engaged, T + 14 * DAY) == ""
    assert rules.too_early("engagement", engaged, T + 8 * DAY) == ""


@pytest.mark.rule("ENG-4a")
def test_a_word_at_the_moment_of_a_message_stops_it_too():
    assert slugs([PROMPT], T) == []
    assert slugs([PROMPT], T - SECOND) == ["engagement_prompt"]


@pytest.mark.rule("ENG-3a")
@pytest.mark.parametrize(
    ("slug", "answer", "discharge"),
    [
        ("engagement_prompt", 7, None),
        ("first_dna_engaged", 7, None),
        ("second_dna_engaged", 7, 16),
        ("second_dna_new", 7, 16),
        ("engagement", 7, 9),
        ("discharge", 2, 2),
        ("new_patient_risk", 2, None),
    ],
)
def test_the_days_that_a_template_names(slug, answer, discharge):
    assert rules.answer_by(slug, T) == T + answer * DAY
    assert rules.discharge_on(slug, T) == (None if discharge is None else T + discharge * DAY)


@pytest.mark.rule("TIME-3a")
@pytest.mark.parametrize(("welcomed", "answer"), [(-3, 4), (-6, 2), (None, 2)])
def test_the_reminder_to_book_names_the_day_of_never_engaged(welcomed, answer):
    since = None if welcomed is None else T + welcomed * DAY
    assert rules.answer_by("booking_reminder", T, since) == T + answer * DAY


@pytest.mark.rule("TIME-9b")
def test_a_reminder_in_the_moment_of_the_first_breach_is_in_time():
    assert rules.prior_reminder_in_time([T, T + DAY], [T])
