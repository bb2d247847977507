"""What counts as lost connection: pure rules over stretches of time (APPT-17)."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapy.connection import rules
from therapy.connection.rules import Heard, Span

START = dt.datetime(2026, 11, 2, 19, 0, tzinfo=dt.UTC)
END = START + dt.timedelta(minutes=60)


def minute(number: float) -> dt.datetime:
    return START + dt.timedelta(minutes=number)


def span(begins: float, ends: float) -> Span:
    return Span(minute(begins), minute(ends))


def heard(*stretches: tuple[float, float], gone: bool = False) -> Heard:
    """Somebody connected in these stretches of minutes, the last of which may go on."""
    spans = tuple(span(*one) for one in stretches)
    return Heard(spans[0].begins, spans[:-1], spans[-1].begins, spans[-1].ends, gone)


def measured(patient: Heard | None, clinician: Heard | None, *outages: Span, at: float = 60) -> rules.Record:
    return rules.measure({"patient": patient, "clinician": clinician}, outages, START, END, minute(at))


HERE = heard((-5, 60))


@pytest.mark.rule("APPT-17b")
@pytest.mark.parametrize(
    ("stretches", "minutes", "reaches"),
    [
        ([(-5, 60)], 0, False),
        ([(-5, 20), (30, 60)], 10, True),
        ([(-5, 20), (29 + 59 / 60, 60)], 9 + 59 / 60, False),
        ([(-5, 10), (15, 30), (35, 60)], 10, True),
        ([(-5, 10), (14, 30), (35, 60)], 9, False),
        ([(-10, -5), (5, 60)], 5, False),
        ([(3, 60)], 0, False),
        ([(-5, 40)], 20, True),
        ([(-5, 55), (70, 80)], 5, False),
    ],
)
def test_ten_minutes_in_one_stretch_or_added_up_within_the_session(stretches, minutes, reaches):
    record = measured(heard(*stretches), HERE)
    assert (record.total, record.reaches_limit) == (dt.timedelta(minutes=minutes), reaches)


@pytest.mark.rule("APPT-17b")
def test_losses_of_both_sides_add_up_and_are_counted_once_where_they_overlap():
    assert measured(heard((0, 10), (16, 60)), heard((0, 30), (34, 60))).total == dt.timedelta(minutes=10)
    assert measured(heard((0, 10), (16, 60)), heard((0, 12), (18, 60))).total == dt.timedelta(minutes=8)


@pytest.mark.rule("APPT-17b")
def test_who_never_came_lost_nothing():
    assert measured(None, HERE).total == rules.NOTHING
    assert measured(None, None).total == rules.NOTHING


@pytest.mark.rule("APPT-17b")
@pytest.mark.parametrize(("since", "gone", "lost"), [(70, False, 0), (71, False, 71), (6, True, 6)])
def test_the_newest_stretch_goes_on_until_it_is_silent_or_left(since, gone, lost):
    last = START + dt.timedelta(minutes=20)
    record = rules.measure(
        {"patient": Heard(START, (), START, last, gone)}, (), START, END, last + dt.timedelta(seconds=since)
    )
    assert record.total == dt.timedelta(seconds=lost)


@pytest.mark.rule("APPT-17c")
def test_a_known_outage_is_lost_time_for_both_whoever_came():
    record = measured(HERE, None, span(-10, 3), span(30, 37))
    assert [side.total for side in record.sides] == [dt.timedelta(minutes=10)] * 2
    assert (record.total, record.reaches_limit, record.by_outage) == (dt.timedelta(minutes=10), True, True)
    assert not measured(HERE, HERE, span(-10, 3), span(30, 36)).by_outage


@pytest.mark.rule("APPT-17c")
def test_after_an_outage_the_wait_begins_anew():
    assert rules.wait_begins(START, [span(-9, -1)]) == START
    assert rules.wait_begins(START, [span(-9, 4)]) == minute(4)
    assert rules.wait_begins(START, [span(1, 2), span(5, 7)]) == minute(7)


spans = st.lists(
    st.tuples(st.integers(-20, 80), st.integers(0, 30)).map(lambda pair: span(pair[0], pair[0] + pair[1])), max_size=8
)


@pytest.mark.rule("APPT-17b")
@given(spans, spans)
def test_what_is_covered_and_what_is_not_make_the_whole(one, other):
    covered = rules.within(one + other, START, END)
    missing = rules.gaps(one + other, START, END)
    assert rules.total(covered) + rules.total(missing) == END - START
    assert rules.merged([*covered, *missing]) == (Span(START, END),)


def test_lengths_in_words():
    words = [rules.in_minutes(dt.timedelta(seconds=s)) for s in (0, 1, 60, 750)]
    assert words == ["0 minutes", "1 second", "1 minute", "12 minutes 30 seconds"]


def went(*moments: float) -> tuple[dt.datetime, ...]:
    """Moments, in minutes, at which somebody's page said that they leave."""
    return tuple(minute(number) for number in moments)


@pytest.mark.rule("APPT-17h")
@pytest.mark.parametrize(
    ("stretches", "left_at", "gone", "lost", "left"),
    [
        ([(0, 20), (35, 60)], (), False, 15, 0),
        ([(0, 20), (35, 60)], (20,), False, 0, 15),
        ([(0, 20), (35, 40), (45, 60)], (20,), False, 5, 15),
        ([(0, 20), (35, 40), (45, 60)], (20, 40), False, 0, 20),
        ([(0, 20)], (20,), True, 0, 40),
        ([(0, 20)], (), True, 40, 0),
        ([(-10, -5), (5, 60)], (-5,), False, 0, 5),
    ],
)
def test_who_left_by_their_own_choice_has_lost_no_connection(stretches, left_at, gone, lost, left):
    one = dataclasses.replace(heard(*stretches, gone=gone), left_at=went(*left_at))
    record = measured(one, HERE)
    patient = record.sides[0]
    assert (patient.total, rules.total(patient.left)) == (dt.timedelta(minutes=lost), dt.timedelta(minutes=left))
    assert record.total == dt.timedelta(minutes=lost)


@pytest.mark.rule("APPT-17h")
def test_nobody_counts_up_to_an_abort_by_leaving_but_an_outage_meanwhile_still_counts():
    away = dataclasses.replace(heard((0, 20), gone=True), left_at=went(20))
    record = measured(away, HERE, at=40)
    assert (record.reaches_limit, record.limit_at) == (False, None)
    down = measured(away, HERE, span(30, 42))
    assert (down.sides[0].total, down.reaches_limit) == (dt.timedelta(minutes=12), True)
    assert down.sides[0].left == (span(20, 30), span(42, 60))


@pytest.mark.rule("APPT-17h")
@given(st.lists(st.integers(-10, 60), min_size=2, max_size=12, unique=True), st.sets(st.integers(0, 5)))
def test_connected_lost_and_left_make_the_whole_and_never_overlap(moments, lefts):
    moments = sorted(moments)[: len(moments) // 2 * 2]
    pairs = list(zip(moments[::2], moments[1::2], strict=True))
    one = heard(*pairs, gone=True)
    one = dataclasses.replace(one, left_at=went(*(end for n, (_, end) in enumerate(pairs) if n in lefts)))
    side = measured(one, None).sides[0]
    came = max(START, one.joined_at)
    parts = [*side.connected, *side.lost, *side.left]
    assert rules.total(parts) == END - came
    assert rules.merged(parts) == ((Span(came, END),) if came < END else ())


@pytest.mark.rule("APPT-17e")
def test_a_record_says_who_was_connected_from_when_to_when():
    record = measured(heard((2, 30), (40, 60)), None, at=50)
    assert (record.window, record.until) == (span(0, 60), minute(50))
    patient, clinician = record.sides
    assert (patient.name, patient.came, patient.connected) == ("patient", minute(2), (span(2, 30), span(40, 50)))
    assert (clinician.name, clinician.came, clinician.connected) == ("clinician", None, ())


def test_an_outage_that_ends_with_the_start_leaves_the_wait_as_it_is():
    assert rules.wait_begins(START, (span(-5, 0),)) == START
