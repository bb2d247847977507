"""`bin/check`: everything that tools can say about the tree without running its tests; prints what fails."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ieso import embedded, paths
from tests.harness.remake import NOWHERE
from tests.harness.run import services_with_template

PYTHON = sys.executable
BIN = Path(PYTHON).parent
# Settings that touch no server, for tools that only read them.
UNCONNECTED = {
    "DATABASE_URL": NOWHERE,
    "DATABASE_OWNER_URL": NOWHERE,
    "REDIS_URL": "redis://localhost",
    "SECRET_KEY": "none",
    "MFA_ENCRYPTION_KEY": "none",
    "IESO_MAIL_HOST": "localhost",
    "IESO_DATABASE_ROLE": "owner",
    "IESO_LOG_LEVEL": "WARNING",
    "PYTHONWARNINGS": "ignore",
}


@dataclass
class Step:
    """One check: its name, and the command that fails and says what is wrong."""

    name: str
    command: list[str | Path]


STEPS = [
    Step("types", [BIN / "mypy"]),
    Step("format", [BIN / "ruff", "format", "--check", "."]),
    Step("lint", [BIN / "ruff", "check", "--quiet", "."]),
    Step("floors", [BIN / "lint-imports", "--no-cache"]),
    Step("rules", [PYTHON, "-m", "tests.harness.rules", "--check"]),
    Step("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
    Step("django", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"]),
    Step("templates", [BIN / "djlint", "templates", "--lint", "--quiet"]),
    Step("scripts", ["npm", "run", "--silent", "test"]),
]
GRANTS = Step("grants", [PYTHON, "manage.py", "check_grants"])


def run(step: Step, env: dict[str, str]) -> tuple[Step, bool, str, float]:
    began = time.monotonic()
    done = subprocess.run(
        [str(part) for part in step.command],
        cwd=paths.BASE_DIR,
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return step, done.returncode == 0, done.stdout.strip(), time.monotonic() - began


def report(step: Step, passed: bool, output: str, seconds: float) -> bool:
    print(f"{'ok  ' if passed else 'FAIL'} {step.name} ({seconds:.1f} s)", flush=True)
    if not passed:
        print("\n".join(f"    {line}" for line in output.splitlines()), flush=True)
    return passed


def check_grants() -> tuple[Step, bool, str, float]:
    """The rights as they stand in a freshly migrated database."""
    with tempfile.TemporaryDirectory(prefix="ieso-check-") as folder:
        try:
            with services_with_template(Path(folder) / "data") as services:
                return run(GRANTS, services.environment() | {"IESO_DATABASE_ROLE": "owner"})
        except (embedded.EmbeddedError, SystemExit) as error:
            return GRANTS, False, str(error), 0.0


def main() -> int:
    names = [step.name for step in [*STEPS, GRANTS]]
    parser = argparse.ArgumentParser(prog="bin/check", description=f"Runs {', '.join(names)}; all of them by default.")
    parser.add_argument("only", nargs="*", choices=[[], *names], metavar="CHECK")
    wanted = parser.parse_args().only or names
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        running = [pool.submit(run, step, UNCONNECTED) for step in STEPS if step.name in wanted]
        results = [report(*future.result()) for future in running]
    if GRANTS.name in wanted:
        results.append(report(*check_grants()))
    print(f"check: {sum(results)} of {len(results)} passed")
    return not all(results)


if __name__ == "__main__":
    sys.exit(main())
