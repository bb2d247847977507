"""How a case is known outside the record (ACC-11). No database."""

from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients import rules
from patients.cases.converters import CaseConverter

BODIES = st.text(rules.REF_ALPHABET, min_size=rules.REF_BODY_LENGTH, max_size=rules.REF_BODY_LENGTH)


def whole(body: str) -> str:
    return body + rules.check_character(body)


@pytest.mark.rule("ACC-11a")
def test_references_are_random():
    made = {rules.new_case_ref() for _ in range(2000)}
    assert len(made) == 2000
    assert all({ref[place] for ref in made} == set(rules.REF_ALPHABET) for place in range(8))


@pytest.mark.rule("ACC-11b")
@pytest.mark.parametrize("alike", ["0OQ9", "1IL", "5S", "2Z", "8B", "6G", "UV"])
def test_nothing_that_looks_alike_and_no_words(alike):
    assert len(set(alike) & set(rules.REF_ALPHABET)) <= 1
    assert not set("AEIOU") & set(rules.REF_ALPHABET)
    assert len(rules.new_case_ref()) == 8
    assert set(rules.REF_ALPHABET) <= set(ascii_uppercase + "23456789")


@pytest.mark.rule("ACC-11c")
@given(BODIES, st.integers(0, 7), st.sampled_from(rules.REF_ALPHABET))
def test_one_wrong_character_is_refused(body, place, other):
    ref = whole(body)
    wrong = ref[:place] + other + ref[place + 1 :]
    assert rules.read_case_ref(wrong) == (ref if wrong == ref else None)


@pytest.mark.rule("ACC-11c")
@given(BODIES, st.integers(0, 7), st.integers(0, 7))
def test_two_characters_swapped_are_refused(body, one, other):
    ref = whole(body)
    swapped = list(ref)
    swapped[one], swapped[other] = ref[other], ref[one]
    assert rules.read_case_ref("".join(swapped)) == (ref if "".join(swapped) == ref else None)


@pytest.mark.rule("ACC-11d")
@given(BODIES)
def test_it_is_read_as_people_type_it(body):
    ref = whole(body)
    for typed in (ref.lower(), f" {ref[:4]} {ref[4:]} ", f"{ref[:4]}-{ref[4:]}"):
        assert rules.read_case_ref(typed) == ref


@pytest.mark.rule("ACC-11c")
@pytest.mark.parametrize("typed", ["", "22222", "222222222", "ABCDEFGH", "2222222é", "!!!!!!!!", "22222223"])
def test_what_is_no_reference(typed):
    assert rules.read_case_ref(typed) is None


@pytest.mark.rule("ACC-11c")
@given(BODIES)
def test_an_address_with_a_mistyped_reference_leads_nowhere(body):
    ref, converter = whole(body), CaseConverter()
    assert converter.to_python(ref) == ref
    other = next(letter for letter in rules.REF_ALPHABET if letter != ref[-1])
    with pytest.raises(ValueError):
        converter.to_python(ref[:-1] + other)
