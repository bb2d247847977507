"""The settings fail loudly rather than start a service that is open, half deployed or mistaken about itself."""

import os
import subprocess
import sys

import pytest

from ieso.paths import BASE_DIR

DEPLOYED = {
    "IESO_DEPLOYED": "true",
    "DATABASE_URL": "postgresql://ieso_site:word@postgres/ieso?sslmode=require",
    "DATABASE_OWNER_URL": "postgresql://ieso_owner:word@postgres/ieso",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "secret",
    "MFA_ENCRYPTION_KEY": "secret",
    "IESO_MAIL_HOST": "mail.example.org",
    "IESO_ALLOWED_HOSTS": "therapy.example.org",
    "IESO_SITE_URL": "https://therapy.example.org",
    "IESO_SERVICE_PHONE": "01632 960 200",
    "IESO_SERVICE_EMAIL": "services@example.org",
}


def load(tmp_path, expression: str = "'fine'", **environment: str) -> subprocess.CompletedProcess:
    """Imports the settings in a process of their own and prints an expression of them."""
    return subprocess.run(
        [sys.executable, "-c", f"from ieso import settings as s; print({expression})"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "IESO_DATA": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
    )


def test_with_nothing_set_the_embedded_services_are_used(tmp_path):
    found = load(tmp_path, "(s.EMBEDDED, s.DATABASES['default']['USER'], s.DATABASES['default']['HOST'])")
    assert found.stdout.strip() == str((True, "ieso_site", str(tmp_path / "run")))


def test_a_database_host_that_vanishes_is_given_up_and_the_address_may_say_otherwise(tmp_path):
    url = DEPLOYED["DATABASE_URL"] + "&tcp_user_timeout=5000"
    asked = (
        "{name: s.DATABASES['default']['OPTIONS'][name] for name in ('keepalives_idle', 'tcp_user_timeout', 'sslmode')}"
    )
    found = load(tmp_path, asked, **DEPLOYED | {"DATABASE_URL": url})
    assert found.stdout.strip() == str({"keepalives_idle": 10, "tcp_user_timeout": "5000", "sslmode": "require"})


def test_a_secret_is_made_once_and_read_by_its_owner_alone(tmp_path):
    first, second = load(tmp_path, "s.SECRET_KEY"), load(tmp_path, "s.SECRET_KEY")
    assert first.stdout == second.stdout
    assert len(first.stdout.strip()) == 44
    assert (tmp_path / "secrets" / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "deployment",
    [
        {"IESO_DEPLOYED": "true"},
        {"DATABASE_URL": DEPLOYED["DATABASE_URL"]},
        {"DATABASE_OWNER_URL": DEPLOYED["DATABASE_OWNER_URL"]},
        {"IESO_ALLOWED_HOSTS": "127.0.0.1,therapy.example.org"},
        {"IESO_ALLOWED_HOSTS": "*"},
        {"IESO_SITE_URL": "https://therapy.example.org"},
    ],
)
def test_a_demonstration_refuses_every_setting_of_a_deployment(tmp_path, deployment):
    found = load(tmp_path, IESO_DEMO="1", **deployment)
    assert found.returncode != 0
    assert "IESO_DEMO lets anybody sign in" in found.stderr


def test_a_demonstration_on_loopback_is_fine(tmp_path):
    assert load(tmp_path, IESO_DEMO="1").stdout.strip() == "fine"


def test_a_deployment_reads_urls_and_secures_its_cookies(tmp_path):
    options = "s.DATABASES['default']['OPTIONS']['sslmode']"
    found = load(tmp_path, f"({options}, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.DEMO)", **DEPLOYED)
    assert found.stdout.strip() == "('require', True, True, False)"


def test_no_cookie_of_a_deployment_can_be_planted_by_a_neighbouring_address(tmp_path):
    found = load(tmp_path, "(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEVICE_COOKIE_NAME)", **DEPLOYED)
    assert found.stdout.count("__Host-") == 3


@pytest.mark.parametrize(
    "missing",
    ["SECRET_KEY", "MFA_ENCRYPTION_KEY", "REDIS_URL", "IESO_MAIL_HOST", "IESO_SERVICE_PHONE", "IESO_SERVICE_EMAIL"],
)
def test_a_deployment_that_lacks_something_does_not_start(tmp_path, missing):
    found = load(tmp_path, **{key: value for key, value in DEPLOYED.items() if key != missing})
    assert found.returncode != 0
    assert missing in found.stderr


def test_a_deployment_without_a_database_or_with_debugging_does_not_start(tmp_path):
    without = {key: value for key, value in DEPLOYED.items() if not key.startswith("DATABASE")}
    assert load(tmp_path, **without).returncode != 0
    assert load(tmp_path, **DEPLOYED, IESO_DEBUG="true").returncode != 0


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("from a file\n")
    environment = {key: value for key, value in DEPLOYED.items() if key != "SECRET_KEY"}
    found = load(tmp_path, "s.SECRET_KEY", **environment, SECRET_KEY_FILE=str(tmp_path / "key"))
    assert found.stdout.strip() == "from a file"


def test_migrations_connect_as_the_owner_without_a_pool(tmp_path):
    database = "s.DATABASES['default']"
    found = load(tmp_path, f"({database}['USER'], 'pool' in {database}['OPTIONS'])", IESO_DATABASE_ROLE="owner")
    assert found.stdout.strip() == "('ieso_owner', False)"


def test_a_mistyped_value_is_refused(tmp_path):
    assert load(tmp_path, IESO_DATABASE_ROLE="root").returncode != 0
    assert load(tmp_path, IESO_POOL_MAX="many").returncode != 0
