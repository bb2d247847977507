"""Where the parts of a chart lie, and what it says in words."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.charts import HEIGHT, LEFT, WIDTH, Band, Reading, Series, line_chart

START = datetime(2026, 3, 3, 12, tzinfo=UTC)
BANDS = (Band("minimal", 0, 4), Band("mild", 5, 9), Band("moderately severe", 10, 27))


def series(name, *pairs):
    return Series(name, [Reading(START + timedelta(days=days), value) for days, value in pairs])


def chart(*all_series, **options):
    return line_chart(all_series, **({"low": 0, "high": 27} | options))


def test_higher_values_lie_higher_and_later_ones_further_right():
    marks = chart(series("PHQ-9", (0, 5), (7, 20), (14, 10))).lines[0].marks
    assert marks[1].y < marks[2].y < marks[0].y
    assert marks[0].x < marks[1].x < marks[2].x


def test_distance_in_time_is_distance_in_the_drawing():
    marks = chart(series("PHQ-9", (0, 5), (10, 5), (40, 5))).lines[0].marks
    assert marks[2].x - marks[1].x == pytest.approx(3 * (marks[1].x - marks[0].x), abs=0.3)


def test_the_ends_of_the_scale_are_the_ends_of_the_drawing():
    drawn = chart(series("PHQ-9", (0, 0), (7, 27)), bands=BANDS)
    assert drawn.stripes[0].y + drawn.stripes[0].height == pytest.approx(drawn.lines[0].marks[0].y)
    assert drawn.stripes[-1].y == pytest.approx(drawn.lines[0].marks[1].y)


def test_bands_meet_halfway_and_fill_the_scale():
    drawn = chart(series("PHQ-9", (0, 4.5)), bands=BANDS)
    minimal, mild, _ = drawn.stripes
    assert minimal.y == pytest.approx(mild.y + mild.height) == pytest.approx(drawn.lines[0].marks[0].y)


def test_a_long_band_name_takes_two_lines_inside_its_stripe():
    stripe = chart(series("PHQ-9", (0, 4)), bands=BANDS).stripes[2]
    assert [text.words for text in stripe.texts] == ["moderately", "severe"]
    assert all(stripe.y < text.y < stripe.y + stripe.height for text in stripe.texts)


def test_the_cut_off_lies_at_its_value():
    drawn = chart(series("PHQ-9", (0, 10)), cutoff=10)
    assert drawn.cutoff.y == drawn.lines[0].marks[0].y
    assert drawn.cutoff.label == "cut-off 10"


@pytest.mark.parametrize("cutoff", [4, 5, 8, 10, 13])
def test_no_name_of_a_band_lies_under_the_label_of_the_cut_off(cutoff):
    bands = (Band("None to minimal", 0, 4), Band("Mild", 5, 9), Band("Moderate", 10, 14), Band("Severe", 15, 21))
    drawn = chart(series("GAD-7", (0, 16)), high=21, bands=bands, cutoff=cutoff)
    baselines = [text.y for stripe in drawn.stripes for text in stripe.texts]
    assert all(abs(baseline - (drawn.cutoff.y + 4)) >= 10 for baseline in baselines)
    assert all(b - a >= 10 for a, b in pairwise(sorted(baselines)))


def test_readings_may_come_in_any_order():
    assert chart(series("P", (7, 9), (0, 16))).sentence == chart(series("P", (0, 16), (7, 9))).sentence


@pytest.mark.parametrize(
    ("pairs", "cutoff", "sentence"),
    [
        ([], 10, "PHQ-9 has no values yet."),
        ([(0, 16)], 10, "PHQ-9 was 16 on 3 March 2026, above the cut-off of 10."),
        ([(0, 10)], 10, "PHQ-9 was 10 on 3 March 2026, at the cut-off of 10."),
        (
            [(0, 16), (35, 9)],
            10,
            "PHQ-9 went from 16 on 3 March 2026 to 9 on 7 April 2026, below the cut-off of 10.",
        ),
        ([(0, 7.5), (7, 8)], None, "PHQ-9 went from 7.5 on 3 March 2026 to 8 on 10 March 2026."),
    ],
)
def test_the_chart_says_the_same_in_words(pairs, cutoff, sentence):
    assert chart(series("PHQ-9", *pairs), cutoff=cutoff).sentence == sentence


def test_the_table_has_a_row_a_day_and_a_column_a_series():
    drawn = chart(series("PHQ-9", (0, 16), (7, 9)), series("GAD-7", (0, 12)))
    assert drawn.names == ("PHQ-9", "GAD-7")
    assert [(row.day, row.values) for row in drawn.rows] == [
        ("3 March 2026", ("16", "12")),
        ("10 March 2026", ("9", "")),
    ]


def test_two_lines_differ_without_colour():
    first, second = chart(series("A", (0, 1), (7, 2)), series("B", (0, 3), (7, 4))).lines
    assert first.dash != second.dash
    assert first.key_path != second.key_path


def test_labels_of_days_keep_their_distance_and_the_last_is_always_there():
    drawn = chart(series("PHQ-9", *((day, 5) for day in range(30))))
    places = [tick.at for tick in drawn.ticks_x]
    assert all(b - a >= 48 for a, b in pairwise(places))
    assert drawn.ticks_x[-1].label == "1 Apr"


values = st.lists(st.tuples(st.integers(0, 700), st.integers(0, 27)), max_size=40, unique_by=lambda pair: pair[0])


@given(values, st.booleans())
def test_everything_stays_inside_the_drawing(pairs, with_bands):
    drawn = chart(series("PHQ-9", *pairs), bands=BANDS if with_bands else (), cutoff=10)
    for mark in drawn.lines[0].marks:
        assert LEFT <= mark.x <= drawn.right <= WIDTH
        assert 0 <= mark.y <= HEIGHT
        assert 8 <= mark.text_y <= HEIGHT
    assert all(0 <= tick.at <= WIDTH - 14 for tick in drawn.ticks_x)
    assert drawn.empty is (not pairs)
