"""`python -m tests.harness.sizes`: the longest functions, files and templates, and the medians, of what we wrote."""

import ast
from pathlib import Path
from statistics import median

from ieso.paths import BASE_DIR

APART = {"tests", "bench", "mutants"}
SHOWN = 5


def packages() -> list[Path]:
    return [f for f in sorted(BASE_DIR.iterdir()) if (f / "__init__.py").exists() and f.name not in APART]


def python_files() -> list[Path]:
    return [file for folder in packages() for file in folder.rglob("*.py") if "migrations" not in file.parts]


def functions(file: Path) -> list[tuple[int, str]]:
    """(lines, place) of each function, its decorators and docstring counted."""
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            found.append((lines, f"{file.relative_to(BASE_DIR)}:{node.lineno} {node.name}"))
    return found


def files(found: list[Path]) -> list[tuple[int, str]]:
    return [(len(file.read_text().splitlines()), str(file.relative_to(BASE_DIR))) for file in found]


def show(what: str, sizes: list[tuple[int, str]]) -> None:
    print(f"{what}: {len(sizes)}, median {median(lines for lines, _ in sizes):.0f} lines, longest:")
    for lines, place in sorted(sizes, reverse=True)[:SHOWN]:
        print(f"  {lines:4} {place}")


def main() -> None:
    sources = python_files()
    show("functions", [one for file in sources for one in functions(file)])
    show("files", files(sources))
    show("templates", files(sorted((BASE_DIR / "templates").rglob("*.html"))))
    show("scripts", files([f for f in sorted((BASE_DIR / "static" / "js").rglob("*.js")) if "tests" not in f.parts]))


if __name__ == "__main__":
    main()
