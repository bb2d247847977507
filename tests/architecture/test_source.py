"""What no tool of the shelf looks for in our source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ieso.paths import BASE_DIR

OURS = [folder for folder in sorted(BASE_DIR.iterdir()) if (folder / "__init__.py").exists() and folder.name != "tests"]
EDGES = ("views.py", "consumers.py")
# Records are reached only through the person allowed to see them: access.visible, list_visible, visible_to.
BARE_LOOKUP = re.compile(r"\.objects\.get\(|\bget_object_or_404\(|\bget_list_or_404\(|\.objects\.all\(|in_bulk\(")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
INLINE = re.compile(r"""\son[a-z]+\s*=\s*["']|\sstyle\s*=\s*["']|<style\b|<script(?![^>]*\ssrc=)[^>]*>""")


def python_files() -> Iterator[Path]:
    for folder in OURS:
        yield from (file for file in sorted(folder.rglob("*.py")) if "migrations" not in file.parts)


def template_files() -> list[Path]:
    return sorted((BASE_DIR / "templates").rglob("*.html"))


def name_of(file: Path) -> str:
    return file.relative_to(BASE_DIR).as_posix()


def found(pattern: re.Pattern, files) -> list[str]:
    return [
        f"{name_of(file)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def test_edges_reach_records_only_through_who_may_see_them():
    assert found(BARE_LOOKUP, (file for file in python_files() if file.name in EDGES)) == []


def test_no_model_is_fetched_by_name_past_the_import_linter():
    assert found(re.compile(r"\bget_model\("), python_files()) == []


def test_a_task_is_never_put_off_by_the_queue():
    assert found(re.compile(r"apply_async\(.*(eta|countdown)|\.delay\("), python_files()) == []


def test_the_time_is_never_the_database_s():
    assert found(re.compile(r"auto_now|\bNow\(\)"), python_files()) == []


def test_nothing_is_left_unfinished():
    everything = [*python_files(), *template_files(), *sorted((BASE_DIR / "docs").rglob("*.md"))]
    assert found(UNFINISHED, everything) == []


def test_no_template_holds_inline_script_or_style():
    pages = [file for file in template_files() if "pdf" not in file.as_posix()]
    assert found(INLINE, pages) == []


def test_no_template_loads_anything_from_elsewhere():
    """Links that a person follows are no loads."""
    loads = re.compile(r"<(?:script|link|img|iframe|source|use)\b[^>]*(?:src|href)=[\"'](?:https?:)?//")
    assert found(loads, template_files()) == []


@pytest.mark.parametrize("folder", OURS, ids=lambda folder: folder.name)
def test_every_verb_says_what_it_does(folder):
    wordless = [
        f"{name_of(file)}:{node.lineno}: {node.name}"
        for file in sorted(folder.rglob("actions.py"))
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and is_verb(node) and not ast.get_docstring(node)
    ]
    assert wordless == []


def is_verb(node: ast.FunctionDef) -> bool:
    """Public, and done by somebody."""
    return not node.name.startswith("_") and "by" in {argument.arg for argument in node.args.kwonlyargs}


def test_every_routing_module_is_served():
    """`ieso.asgi` names them one by one; one forgotten there would be a socket that no test of it reaches."""
    listed = (BASE_DIR / "ieso" / "asgi.py").read_text()
    assert [file for file in BASE_DIR.glob("*/routing.py") if f'"{file.parent.name}.routing"' not in listed] == []
