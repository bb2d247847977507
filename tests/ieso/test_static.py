"""Every static file is served under a name made from its content, also where one script imports another."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from ieso.paths import BASE_DIR

IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    from django.test import override_settings

    target = tmp_path_factory.mktemp("static")
    storages = {"staticfiles": {"BACKEND": "ieso.static.HashedModulesStorage"}}
    with override_settings(STATIC_ROOT=target, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    return target


def test_a_module_imports_the_hashed_names_of_others(collected):
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    for name, hashed in names.items():
        if name.endswith(".js"):
            for imported in IMPORT.findall((collected / hashed).read_text()):
                assert HASHED.search(imported), f"{name} imports {imported}"
                assert (collected / hashed).parent.joinpath(imported).exists()


def test_sources_and_tests_stay_where_they_are(collected):
    assert (BASE_DIR / "static/css/app.scss").exists()
    left = {path.suffix for path in collected.rglob("*") if path.is_file()}
    assert not left & {".scss", ".mjs"}
    assert not (collected / "js" / "tests").exists()


def test_nothing_but_ours_is_collected(collected):
    assert not {"admin", "django-htmx", "debug_toolbar"} & {path.name for path in collected.iterdir()}
