"""The library's texts and the filling of placeholders, without a database (MSG-3)."""

import pytest

from hub import rules
from hub.library import TEMPLATES
from hub.readability import reading_age

OLDEST_READING_AGE = 11
# What MSG-3 lists, each by the name of its template.
LISTED = {
    "welcome", "booking_reminder", "post_assessment", "engagement", "discharge", "first_dna_engaged", "first_dna_new",
    "second_dna_engaged", "second_dna_new", "late_cancellation", "new_patient_risk", "confidentiality", "waiting",
    "first_appointment",
}  # fmt: skip


@pytest.mark.rule("MSG-3a")
def test_the_whole_list_is_written():
    assert set(TEMPLATES) >= LISTED
    assert set(TEMPLATES) == set(rules.KINDS)


@pytest.mark.rule("MSG-3c")
@pytest.mark.parametrize("slug", TEMPLATES)
def test_a_shipped_text_is_easy_to_read_and_fits_its_kind(slug):
    title, text = TEMPLATES[slug]
    filled = rules.fill(text, rules.examples())
    assert reading_age(filled.text) <= OLDEST_READING_AGE
    assert rules.strangers(slug, text) == []
    assert filled.missing == ()
    assert "{" not in filled.text
    assert len(title) <= rules.LONGEST_TITLE


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("The cat sat on the mat. It was warm. I like cats.", 5),
        ("Notwithstanding contraindications, multidisciplinary psychotherapeutic interventions necessitate "
         "considerable organisational deliberation.", 20),
        ("", 0),
    ],
)  # fmt: skip
def test_hard_words_and_long_sentences_raise_the_reading_age(text, age):
    found = reading_age(text)
    assert found == age if age < 10 else found >= age


@pytest.mark.rule("MSG-3b")
@pytest.mark.parametrize(
    ("text", "values", "filled", "missing"),
    [
        ("Hello {preferred_name}", {"preferred_name": "Ann"}, "Hello Ann", ()),
        ("Hello { preferred_name }", {"preferred_name": "Ann"}, "Hello Ann", ()),
        ("{answer_by}, {answer_by}", {}, "{answer_by}, {answer_by}", ("answer_by",)),
        ("On {appointment_time}", {"appointment_time": ""}, "On {appointment_time}", ("appointment_time",)),
        ("Hello {prefered_name}", {"preferred_name": "Ann"}, "Hello {prefered_name}", ("prefered_name",)),
        ("{a}{b}{a}", {}, "{a}{b}{a}", ("a", "b")),
        ("A smile :-} and a {1}", {}, "A smile :-} and a {1}", ()),
        ("{preferred_name}", {"preferred_name": "{clinician_name}"}, "{clinician_name}", ()),
    ],
)  # fmt: skip
def test_filling_names_what_is_missing(text, values, filled, missing):
    assert rules.fill(text, values) == rules.Filled(filled, missing)
