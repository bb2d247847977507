"""Where a bench runs: as a module, in the project's own environment, set up first where there is none.

Imported before anything else by a bench that was called as a file; knows the standard library alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv/bin/python"
SET_UP = "source bin/setup && setup_machine && setup_python dev && setup_front"


def go(name: str) -> None:
    """Replace this process by `python -m bench.NAME` in the environment that bin/test uses, with the same arguments."""
    os.chdir(ROOT)
    if not os.environ.get("IESO_SKIP_SETUP"):
        subprocess.run(["bash", "-euo", "pipefail", "-c", SET_UP], check=True, stdout=sys.stderr)
    os.execv(PYTHON, [str(PYTHON), "-m", f"bench.{name}", *sys.argv[1:]])  # noqa: S606 - ourselves
