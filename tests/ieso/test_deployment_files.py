"""Docker is not needed to see that the deployment's files hold together."""

import re

import pytest
import yaml

from ieso.paths import BASE_DIR

COMPOSE = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "ieso"}
DOCKERFILE = (BASE_DIR / "Dockerfile").read_text()
STAGES = re.split(r"^FROM ", DOCKERFILE, flags=re.M)[1:]


def variables(service: dict) -> dict:
    return service.get("environment", {})


def test_the_deployment_has_every_process():
    assert set(SERVICES) == {
        "postgres", "redis", "migrate", "web-1", "web-2", "worker", "beat", "proxy", "mailpit",
    }  # fmt: skip
    assert SERVICES["mailpit"]["profiles"] == ["dev"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_has_a_memory_limit(name):
    assert re.fullmatch(r"\d+[MG]", SERVICES[name]["deploy"]["resources"]["limits"]["memory"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"mailpit"}))
def test_each_service_is_checked_or_says_why_not(name):
    check = SERVICES[name]["healthcheck"]
    assert check.get("test") or (check.get("disable") and name in {"migrate", "beat"})


def test_both_web_servers_are_asked_for_livez():
    for name in ("web-1", "web-2"):
        assert SERVICES[name]["healthcheck"]["test"][-1] == "deploy/livez.py"
    assert "/livez" in (BASE_DIR / "deploy/livez.py").read_text()
    assert "health_uri /livez" in (BASE_DIR / "deploy/proxy/Caddyfile").read_text()


def test_the_proxy_balances_both_web_servers_and_alone_is_open():
    assert "reverse_proxy web-1:8000 web-2:8000" in (BASE_DIR / "deploy/proxy/Caddyfile").read_text()
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy", "mailpit"}


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_closed_in(name):
    service = OURS[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_migrations_hold_the_owner_key():
    holders = {name for name, service in SERVICES.items() if "database_owner_url" in service.get("secrets", [])}
    assert holders == {"migrate"}
    assert "DATABASE_URL_FILE" not in variables(SERVICES["migrate"])


def test_migrations_finish_before_anybody_serves():
    for name in ("web-1", "web-2", "worker", "beat"):
        assert OURS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert "apply_grants" in SERVICES["migrate"]["command"][-1]


@pytest.mark.parametrize("name", OURS)
def test_secrets_come_from_files_that_the_service_is_given(name):
    service = OURS[name]
    files = {value.removeprefix("/run/secrets/") for key, value in variables(service).items() if key.endswith("_FILE")}
    assert files == set(service["secrets"])
    assert not any(key in variables(service) for key in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL"))


def test_each_secret_is_made_by_the_script():
    script = (BASE_DIR / "deploy/make-secrets").read_text()
    for name, secret in COMPOSE["secrets"].items():
        assert secret["file"] == f"deploy/secrets/{name}"
        assert re.search(rf"\b{name}\b", script)


def test_secrets_are_neither_committed_nor_built_in():
    assert "deploy/secrets/" in (BASE_DIR / ".gitignore").read_text().split()
    assert "deploy/secrets" in (BASE_DIR / ".dockerignore").read_text().split()


@pytest.mark.parametrize("name", OURS)
def test_the_deployment_is_no_demonstration(name):
    assert variables(OURS[name])["IESO_DEPLOYED"] == "true"
    assert "IESO_DEMO" not in variables(OURS[name])


def test_every_named_volume_network_and_file_exists():
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])]
    assert {mount for mount in mounts if not mount.startswith("./")} == set(COMPOSE["volumes"])
    assert all((BASE_DIR / mount).exists() for mount in mounts if mount.startswith("./"))
    used = {network for service in SERVICES.values() for network in service["networks"]}
    assert used == set(COMPOSE["networks"])


def test_the_database_has_the_locale_of_the_embedded_one():
    arguments = variables(SERVICES["postgres"])["POSTGRES_INITDB_ARGS"]
    for part in ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"):
        assert part in arguments.split()


def test_images_have_plain_names_and_a_version():
    images = [service["image"] for service in SERVICES.values() if service["image"] != "ieso"]
    images += [stage.split()[0] for stage in STAGES]
    for image in images:
        assert re.fullmatch(r"([a-z]+/)?[a-z]+:v?\d[\w.-]*", image), image


def test_the_image_is_built_in_stages_and_runs_as_nobody_in_particular():
    assert len(STAGES) == 3
    last = STAGES[-1].splitlines()
    assert "USER ieso" in last
    assert last.index("USER ieso") < next(i for i, line in enumerate(last) if line.startswith("CMD"))
    assert "--require-hashes" in STAGES[1]


def test_everything_the_image_copies_exists():
    for stage in STAGES:
        for words in (line.split()[1:-1] for line in stage.splitlines() if line.startswith("COPY ")):
            if not words[0].startswith("--from"):
                assert all((BASE_DIR / word).exists() for word in words)


def test_the_example_names_each_setting_that_a_deployment_reads_and_no_other():
    asked = set(re.findall(r"\$\{(\w+)", (BASE_DIR / "docker-compose.yml").read_text()))
    named = set(re.findall(r"^(\w+)=", (BASE_DIR / "deploy/example.env").read_text(), flags=re.M))
    assert asked == named
