"""`bin/mutants`: changes pure modules in small ways, one after the other, and says which changes no test notices.

For `rules.py` modules and the tests that need no database. What survives is a missing test, or a change that changes
nothing: of words that no test repeats, or `astimezone(None)`, since the process runs on UK time (docs/testing.md).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ieso.paths import BASE_DIR

CONFIG = """
[tool.mutmut]
source_paths = {packages}
only_mutate = {modules}
also_copy = ["templates", "static", "manage.py", "docs", "deploy"]
pytest_add_cli_args = ["-p", "no:xdist"]
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
"""
RESULT = re.compile(r"^\s*(\S+): (survived|no tests|timeout|suspicious)$", re.MULTILINE)
CHANGED = re.compile(r"^[-+] .*$", re.MULTILINE)


def copy_project(target: Path) -> list[str]:
    """Copy what git knows of; returns the packages among it. mutmut works within the folder that it is started in."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=BASE_DIR, capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.split("\0") if name and (BASE_DIR / name).is_file()]
    for name in files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(BASE_DIR / name, target / name)
    return sorted({Path(name).parts[0] for name in files if name.endswith(".py") and "/" in name} - {"tests"})


def mutmut(folder: Path, *arguments: str) -> str:
    env = os.environ | {"IESO_TEST_DATA": str(folder / ".data"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


def survivors(folder: Path) -> list[tuple[str, str, str]]:
    """Return name, state and changed lines of each mutant that no test noticed."""
    found = RESULT.findall(mutmut(folder, "results"))
    return [(name, state, "\n".join(CHANGED.findall(mutmut(folder, "show", name)))) for name, state in found]


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/mutants", description="Which changes of a pure module no test notices.")
    parser.add_argument("--of", nargs="+", required=True, metavar="MODULE", help="e.g. therapy/engagement/rules.py")
    parser.add_argument("--tests", nargs="+", required=True, metavar="FILE", help="tests that need no database")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ieso-mutants-") as made:
        folder = Path(made)
        packages = copy_project(folder)
        (folder / ".data").mkdir()
        with (folder / "pyproject.toml").open("a") as config:
            config.write(CONFIG.format(packages=packages, modules=told.of, tests=told.tests))
        said = mutmut(folder, "run")
        counts = re.findall(r"(\d+)/\1 ", said)
        if not counts:
            sys.exit(f"bin/mutants: nothing was tried:\n{said[-3000:]}")
        left = survivors(folder)
    for name, state, lines in left:
        print(f"{name}: {state}\n{lines}\n")
    print(f"mutants: {counts[-1]} tried, {len(left)} not noticed")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
