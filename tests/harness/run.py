"""`bin/test`: Postgres and Redis of this run alone, then pytest, then nothing left behind.

The migrated database is kept between runs, by a hash of what made it, and copied instead of made again.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ieso import embedded, paths, processes

CACHE = paths.BASE_DIR / ".data-tests"
KEPT_CLUSTERS = 8
CLUSTER = ("postgres",)
MADE_OF = (
    "*/models.py",
    "*/*/models.py",
    "audit/append_only.py",
    "*/rules.py",
    "*/*/rules.py",
    "ieso/grants.py",
    "hub/library.py",
    "ieso/embedded.py",
    "ieso/paths.py",
    "requirements/base.txt",
)
NO_TESTS = 5  # what pytest ends with where nothing was to be run
SERIAL_OPTIONS = ("--pdb", "--collect-only", "--co", "--version", "--fixtures", "--markers", "-h", "--help")


def fingerprint() -> str:
    """One hash over whatever the migrated database is made of."""
    digest = hashlib.sha256(f"{os.geteuid()}".encode())
    for pattern in MADE_OF:
        for file in sorted(paths.BASE_DIR.glob(pattern)):
            digest.update(f"{file.relative_to(paths.BASE_DIR)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:20]


def copy_cluster(source: Path, target: Path) -> None:
    for name in CLUSTER:
        subprocess.run(["cp", "-a", "--reflink=auto", source / name, target / name], check=True)


def keep(data: Path, kept: Path) -> None:
    """Stores a stopped cluster for later runs; two runs that do so at once both succeed."""
    CACHE.mkdir(exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=CACHE, prefix="making-"))
    copy_cluster(data, making)
    try:
        making.rename(kept)
    except OSError:
        shutil.rmtree(making)
    clusters = sorted((path for path in CACHE.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for old in clusters[:-KEPT_CLUSTERS]:
        shutil.rmtree(old, ignore_errors=True)


def manage(data: Path, *command: str, settings: str = "ieso.settings") -> bool:
    """Runs a Django command as the owner; tells whether it succeeded."""
    cleared = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "IESO_DEMO", "IESO_DEPLOYED")
    env = {key: value for key, value in os.environ.items() if key not in cleared}
    env |= {"IESO_DATA": str(data), "IESO_DATABASE_ROLE": "owner", "IESO_LOG_LEVEL": "WARNING"}
    env |= {"DJANGO_SETTINGS_MODULE": settings}
    line = [sys.executable, "manage.py", *command, "--skip-checks"]
    return subprocess.run(line, env=env, cwd=paths.BASE_DIR).returncode == 0


def make_tables(services: embedded.EmbeddedServices) -> None:
    """Makes the template database as its owner, straight from the models.

    The migrations take five times as long to the same end; `tests/faults/test_migrations.py` proves that it is
    the same.
    """
    settings = "tests.harness.models_settings"
    if not manage(services.data, "migrate", "--verbosity=0", "--run-syncdb", settings=settings):
        sys.exit("bin/test: no tables can be made of the models.")
    if not manage(services.data, "bring_in_library", settings=settings):
        sys.exit("bin/test: the library of message templates cannot be brought in.")
    if not manage(services.data, "apply_grants", settings=settings):
        print("bin/test: the grants are incomplete (above); tests of those tables will fail.", file=sys.stderr)


@contextmanager
def services_with_template(data: Path) -> Iterator[embedded.EmbeddedServices]:
    """Running services whose database `ieso` holds all tables and is never written to."""
    services = embedded.EmbeddedServices(data, durable=False)
    kept = CACHE / fingerprint()
    if kept.is_dir():
        os.utime(kept)
        embedded.prepare_data(data)
        copy_cluster(kept, data)
    try:
        services.start()
        if not kept.is_dir():
            make_tables(services)
            services.stop()
            keep(data, kept)
            services.start()
        yield services
    finally:
        services.stop()


def pytest_runs(arguments: list[str]) -> list[list[str]]:
    """All cores, then one after the other what measures time; in one go where told so or where only files are named
    (a worker's start costs more than it saves)."""
    named = [argument.split("::")[0] for argument in arguments if not argument.startswith("-")]
    only_files = bool(named) and all(name.endswith(".py") for name in named if Path(name).exists())
    told = any(a.startswith(("-n", "--numprocesses")) or a in SERIAL_OPTIONS for a in arguments)
    if only_files or told:
        return [arguments]
    on_all_cores = ["-n", "auto", "--dist", "loadgroup", *arguments]
    if any(a.startswith("-m") for a in arguments):
        return [on_all_cores]
    return [["-m", "not alone", *on_all_cores], ["-m", "alone", *arguments]]


def run_all(data: Path, arguments: list[str]) -> int:
    """Every run, whatever the one before said; the first failure's code. A run without tests is none."""
    codes = [run_pytest(data, run) for run in pytest_runs(arguments)]
    if len(codes) > 1 and set(codes) != {NO_TESTS}:
        codes = [code for code in codes if code != NO_TESTS]
    return next((code for code in codes if code), 0)


def run_pytest(data: Path, arguments: list[str]) -> int:
    env = os.environ | {"IESO_TEST_DATA": str(data), "PYTHONDONTWRITEBYTECODE": ""}
    child = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], env=env, cwd=paths.BASE_DIR)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # pytest hears it as well and says what it did
            continue


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="ieso-test-"))
    try:
        with services_with_template(folder / "data"):
            return run_all(folder / "data", sys.argv[1:])
    except embedded.EmbeddedError as error:
        sys.exit(f"bin/test: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    processes.die_with_parent(signal.SIGTERM)
    sys.exit(main())
