"""What `bin/rules` makes of the handbook and of the tests' marks."""

import ast
import subprocess

import pytest

from ieso.paths import BASE_DIR
from tests.harness import rule_marks, rules

PAGE = """# A page

## APPT-1 Offers
- **APPT-1a** A clinician offers.
- **APPT-1b** A patient answers.

## APPT-2 Kinds
- **APPT-2a** The first is an assessment.
"""
TESTS = """
import pytest
pytestmark = pytest.mark.rule("APPT-2a")

@pytest.mark.rule("APPT-1a")
def test_one(): ...

class TestMore:
    @pytest.mark.rule("APPT-1b")
    @pytest.mark.parametrize("x", [1])
    def test_two(self, x): ...

def helper(): ...
"""


@pytest.fixture
def handbook(tmp_path):
    (tmp_path / "appointments.md").write_text(PAGE)
    return tmp_path


def test_a_page_is_read_into_rules_with_clauses(handbook):
    found, problems = rules.read_handbook(handbook)
    assert [(rule.title, [c.id for c in rule.clauses]) for rule in found.values()] == [
        ("Offers", ["APPT-1a", "APPT-1b"]),
        ("Kinds", ["APPT-2a"]),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("- **APPT-1a** Again.", "another rule's heading"),
        ("- **APPT-2a** Again.", "stands twice"),
        ("- **appt 2b** Not so.", "not a clause"),
        ("## APPT-3 Without a clause", "has no clause"),
        ("## APPT-1 Again", "stands twice"),
    ],
)
def test_what_is_wrong_with_a_page_is_said(handbook, line, problem):
    (handbook / "appointments.md").write_text(f"{PAGE}{line}\n")
    assert any(problem in found for found in rules.read_handbook(handbook)[1])


def test_marks_of_functions_classes_and_modules_count():
    assert rules.tests_in(ast.parse(TESTS), "tests/test_x.py") == {
        "tests/test_x.py::test_one": ["APPT-1a", "APPT-2a"],
        "tests/test_x.py::TestMore::test_two": ["APPT-1b", "APPT-2a"],
    }


def test_a_mark_of_an_unknown_clause_and_a_fourth_mark_are_said(handbook):
    found, _ = rules.read_handbook(handbook)
    problems = rules.attach(found, {"t::one": ["APPT-9z"], "t::two": ["APPT-1a", "APPT-1b", "APPT-2a", "APPT-9z"]})
    assert len(problems) == 3
    assert "stands nowhere" in problems[0]
    assert "at most 3" in problems[1]


@pytest.mark.parametrize(
    ("results", "last"),
    [
        (None, "2 of 2 rules whole, 0 in part"),
        ({}, "0 of 2 rules whole, 0 in part"),
        ({"a": "passed"}, "0 of 2 rules whole, 1 in part"),
        ({"a": "passed", "b": "passed", "c": "passed"}, "2 of 2 rules whole, 0 in part"),
        ({"a": "passed", "b": "failed", "c": "passed"}, "1 of 2 rules whole, 1 in part"),
    ],
)
def test_a_rule_is_whole_when_every_clause_has_a_passing_test(handbook, results, last):
    found, _ = rules.read_handbook(handbook)
    rules.attach(found, {"a": ["APPT-1a"], "b": ["APPT-1b"], "c": ["APPT-2a"]})
    assert rules.summary(found, results)[-1] == last


@pytest.mark.parametrize("suffix", ["", "[1]", "[a@b]", "@group", "[1]@group"])
def test_an_outcome_is_known_by_the_tests_own_name(suffix):
    assert rule_marks.read_id(f"tests/a/test_b.py::TestC::test_d{suffix}") == "tests/a/test_b.py::TestC::test_d"


@pytest.mark.parametrize(
    ("results", "words"),
    [
        (None, "No test has run here yet"),
        ({}, "2 of 2 tests"),
        ({"a": "failed"}, "1 of 2 tests"),
        ({"a": "passed", "b": "passed", "c": "passed"}, ""),
    ],
)
def test_what_has_not_run_here_is_said(results, words):
    said = rules.without_result({"a": ["APPT-1a"], "b": ["APPT-1b"]}, results)
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_the_summary_needs_nothing_but_the_tree():
    done = subprocess.run(["bin/rules", "--summary"], cwd=BASE_DIR, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].endswith(" in part")
