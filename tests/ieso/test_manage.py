"""`bin/manage`: whose database, and which role."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ieso import manage, paths
from tests.harness.servers_folder import servers_folder

SHOW_ROLE = "from django.db import connection as c; print(c.settings_dict['USER'])"


def test_the_data_folder_is_an_option_before_the_command():
    for given in (["--data", "here", "migrate"], ["--data=here", "migrate"]):
        assert manage.take_option(given, "--data") == "here"
        assert given == ["migrate"]


def test_an_option_of_the_command_is_left_to_it():
    given = ["dumpdata", "--data", "here"]
    assert manage.take_option(given, "--data") is None
    assert given == ["dumpdata", "--data", "here"]


def test_a_relative_folder_is_seen_from_where_one_stood(monkeypatch, tmp_path):
    monkeypatch.setenv("IESO_CALLED_FROM", str(tmp_path))
    assert paths.data_folder("mine") == tmp_path / "mine"
    monkeypatch.setenv("IESO_DATA", "/elsewhere")
    assert paths.data_folder(None) == Path("/elsewhere")
    monkeypatch.delenv("IESO_DATA")
    assert paths.data_folder(None) == paths.DEFAULT_DATA


@pytest.mark.timeout(120)
def test_a_command_starts_the_database_for_its_time_as_the_site():
    with servers_folder() as folder:
        run_a_command_as_the_site(folder)


def run_a_command_as_the_site(folder: Path) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("IESO", "DATABASE", "REDIS"))}
    done = subprocess.run(
        [sys.executable, "-m", "ieso.manage", f"--data={folder}", "shell", "--no-imports", "-c", SHOW_ROLE],
        cwd=paths.BASE_DIR,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "ieso_site", done.stderr
    assert not (folder / "postgres" / "postmaster.pid").exists()
