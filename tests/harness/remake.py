"""`python -m tests.harness.remake APP...`: makes 0001_initial of the named packages anew (all of them: no name).

Django cannot do that by itself: with one first migration gone, every other package's is an orphan.
Only for a time in which nothing is deployed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ieso.paths import BASE_DIR

NOWHERE = "postgresql://nobody@/none?host=/nonexistent"
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "tests.harness.remake_settings",
    "IESO_DATABASE_ROLE": "owner",
    "DATABASE_URL": NOWHERE,
    "DATABASE_OWNER_URL": NOWHERE,
    "REDIS_URL": "redis://localhost",
    "SECRET_KEY": "none",
    "MFA_ENCRYPTION_KEY": "none",
    "IESO_MAIL_HOST": "localhost",
    "PYTHONWARNINGS": "ignore",
}


def make_all(folder: Path) -> bool:
    """New first migrations of every package, as `remade_APP` packages in `folder`; needs no database."""
    for migrations in BASE_DIR.glob("*/migrations"):
        package = folder / f"remade_{migrations.parent.name}"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    command = [sys.executable, "manage.py", "makemigrations", "--verbosity=0", "--skip-checks"]
    env = os.environ | ENVIRONMENT | {"IESO_REMAKE": str(folder)}
    return subprocess.run(command, env=env, cwd=BASE_DIR).returncode == 0


def main(apps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not make_all(folder):
            sys.exit("No migrations can be made of the models.")
        for made in sorted(folder.glob("remade_*/0*.py")):
            app = made.parent.name.removeprefix("remade_")
            if not apps or app in apps:
                shutil.copyfile(made, BASE_DIR / app / "migrations" / made.name)
                print(f"{app}/migrations/{made.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
