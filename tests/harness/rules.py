"""`bin/rules`: each rule's clauses with their tests. Reads files only: no database, no settings."""

import argparse
import ast
import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from ieso.paths import BASE_DIR

MOST_MARKS = 3
RESULTS = BASE_DIR / "test-results" / "rules.json"
HANDBOOK = BASE_DIR / "docs" / "rules"
TESTS = BASE_DIR / "tests"
HEADING = re.compile(r"^## ([A-Z]+-\d+) (.+)$")
CLAUSE = re.compile(r"^- \*\*([A-Z]+-\d+)([a-z]+)\*\* (.+)$")


@dataclass
class Clause:
    """One clause and the tests (file::function) that name it."""

    id: str
    text: str
    tests: list[str] = field(default_factory=list)


@dataclass
class Rule:
    """One rule of the handbook."""

    id: str
    title: str
    clauses: list[Clause] = field(default_factory=list)


def read_handbook(folder: Path = HANDBOOK) -> tuple[dict[str, Rule], list[str]]:
    """The rules by id, and what is wrong with the pages."""
    rules: dict[str, Rule] = {}
    problems: list[str] = []
    for page in sorted(folder.glob("*.md")):
        rule = None
        for line in page.read_text().splitlines():
            if found := HEADING.match(line):
                rule = Rule(*found.groups())
                if rule.id in rules:
                    problems.append(f"{page.name}: {rule.id} stands twice")
                rules[rule.id] = rule
            elif found := CLAUSE.match(line):
                owner, letter, text = found.groups()
                if rule is None or owner != rule.id:
                    problems.append(f"{page.name}: {owner}{letter} stands under another rule's heading")
                else:
                    rule.clauses.append(Clause(owner + letter, text))
            elif line.startswith("- **"):
                problems.append(f"{page.name}: not a clause: {line[:60]}")
    return rules, problems + misshapen(rules)


def misshapen(rules: dict[str, Rule]) -> list[str]:
    problems = [f"{rule.id} has no clause" for rule in rules.values() if not rule.clauses]
    for rule in rules.values():
        ids = [clause.id for clause in rule.clauses]
        problems += [f"{one} stands twice" for one in sorted(set(ids)) if ids.count(one) > 1]
    return problems


def marks_of(node: ast.AST) -> list[str]:
    """The clauses in the decorators of a function or class, or in the values of `pytestmark`."""
    found = []
    for call in ast.walk(node):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "rule"):
            continue
        if ast.unparse(call.func) == "pytest.mark.rule":
            found += [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return found


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> list[str]:
    return [clause for decorator in node.decorator_list for clause in marks_of(decorator)]


def module_marks(tree: ast.Module) -> list[str]:
    return [
        clause
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
        for clause in marks_of(node.value)
    ]


def tests_in(tree: ast.Module, name: str) -> dict[str, list[str]]:
    """The clauses named by each test of a file, by the test's id."""
    found: dict[str, list[str]] = {}

    def visit(body: list[ast.stmt], prefix: str, inherited: list[str]) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}::{node.name}", inherited + decorators(node))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                if clauses := inherited + decorators(node):
                    found[f"{prefix}::{node.name}"] = sorted(set(clauses))
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
                # Test = machine.TestCase of Hypothesis, marked below it: counted with the module's marks.
                continue

    visit(tree.body, name, module_marks(tree))
    return found


def read_tests(folder: Path = TESTS) -> dict[str, list[str]]:
    """The clauses named by each test of the tree, read without running anything."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("test_*.py")):
        name = file.relative_to(folder.parent).as_posix()
        found |= tests_in(ast.parse(file.read_text(), name), name)
    return found


def attach(rules: dict[str, Rule], tests: dict[str, list[str]]) -> list[str]:
    """Hangs each test under the clauses it names; returns what is wrong with the marks."""
    clauses = {clause.id: clause for rule in rules.values() for clause in rule.clauses}
    problems = []
    for test, named in tests.items():
        if len(named) > MOST_MARKS:
            problems.append(f"{test} carries {len(named)} rule marks, at most {MOST_MARKS}")
        for clause in named:
            if clause in clauses:
                clauses[clause].tests.append(test)
            else:
                problems.append(f"{test} names {clause}, which stands nowhere in docs/rules")
    return problems


def read_results(file: Path = RESULTS) -> dict[str, str] | None:
    """What became of each test when it last ran here, or None where none ever did."""
    return json.loads(file.read_text()) if file.exists() else None


def is_proved(clause: Clause, results: dict[str, str] | None) -> bool:
    """By a test that passed when it last ran and none that failed; where nothing ever ran, by a test that exists."""
    if results is None:
        return bool(clause.tests)
    outcomes = {results.get(test) for test in clause.tests}
    return "passed" in outcomes and "failed" not in outcomes


def without_result(tests: dict[str, list[str]], results: dict[str, str] | None) -> str:
    """Say how many of the tests that prove something have no outcome here, as after a run of some files only."""
    missing = sum(test not in results for test in tests) if results is not None else len(tests)
    if not missing:
        return ""
    if results is None:
        return "No test has run here yet: a clause counts as proved by a test that exists."
    return f"{missing} of {len(tests)} tests that prove a clause have not run here: `bin/test` runs them all."


def summary(rules: dict[str, Rule], results: dict[str, str] | None) -> list[str]:
    """Lines by area and the last line that others read."""
    areas: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for rule in rules.values():
        proved = [is_proved(clause, results) for clause in rule.clauses]
        count = areas[rule.id.split("-")[0]]
        count[0] += bool(proved) and all(proved)
        count[1] += any(proved) and not all(proved)
        count[2] += 1
    lines = [f"{area:6} {whole} of {known} whole, {part} in part" for area, (whole, part, known) in areas.items()]
    whole, part, known = (sum(count[place] for count in areas.values()) for place in range(3))
    return [*lines, f"{whole} of {known} rules whole, {part} in part"]


def listing(rules: dict[str, Rule], results: dict[str, str] | None) -> list[str]:
    lines = []
    for rule in rules.values():
        lines += ["", f"{rule.id} {rule.title}"]
        for clause in rule.clauses:
            lines.append(f"  {'+' if is_proved(clause, results) else '-'} {clause.id} {clause.text}")
            for test in clause.tests:
                outcome = "" if results is None else f" [{results.get(test, 'not run')}]"
                lines.append(f"      {test}{outcome}")
    return lines[1:]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/rules", description="Each rule's clauses with their tests.")
    parser.add_argument("--summary", action="store_true", help="counts only")
    parser.add_argument("--check", action="store_true", help="only what is wrong with pages and marks")
    options = parser.parse_args()
    rules, problems = read_handbook()
    tests = read_tests()
    problems += attach(rules, tests)
    if options.check:
        print("\n".join(problems) or f"{len(rules)} rules: pages and marks fit.")
        return bool(problems)
    for problem in problems:
        print(problem, file=sys.stderr, flush=True)
    results = read_results()
    if incomplete := without_result(tests, results):
        print(incomplete)
    print("\n".join(summary(rules, results) if options.summary else listing(rules, results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
