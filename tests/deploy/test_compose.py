"""docker-compose.yml: valid, safe as it stands, and complete."""

import json
import re
import subprocess
import sys
import tomllib

import pytest
import yaml

from deploy.environment import distributed_settings
from deploy.routes import SERVICES
from shared.testing.compose_file import ComposeFile
from shared.testing.image import ROOT

PATH = ROOT / "docker-compose.yml"
EXAMPLE = (ROOT / ".env.example").read_text()
TESTS = ROOT / "shared" / "testing" / "docker-compose.yml"

PROCESSES = [(service, kind) for service in SERVICES for kind in ("web", "worker")]
JOBS = {"keys", "migrations", "parvis"}
COMPOSE = ComposeFile(PATH, {})


def faults(path):
    """Return what the Compose specification's own schema finds wrong with a file."""
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", path],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("path", [PATH, TESTS], ids=["operators", "tests"])
def test_the_compose_specification_accepts_it(path):
    assert faults(path) == ""


def test_the_specification_would_refuse_a_misspelt_word(tmp_path):
    (tmp_path / "docker-compose.yml").write_text(
        PATH.read_text().replace("healthcheck:", "health:")
    )
    assert "health" in faults(tmp_path / "docker-compose.yml")


def test_the_specification_accepts_it_with_every_variable_filled_in(tmp_path):
    (tmp_path / "filled.json").write_text(json.dumps(COMPOSE.facts))
    assert faults(tmp_path / "filled.json") == ""


@pytest.mark.parametrize(("service", "kind"), PROCESSES)
def test_each_process_has_what_it_needs_and_reaches_its_own_database_alone(service, kind, tmp_path):
    (tmp_path / "secret_key").write_text("k" * 64)
    process = COMPOSE.services[f"{service}-{kind}"]
    assert process.command[:2] == [kind, service]
    environ = {**process.environment, "SECRET_KEY_FILE": str(tmp_path / "secret_key")}

    (settings,) = distributed_settings((service,), kind, environ)
    assert settings.database_url.endswith(f"@postgresql:5432/{service}")
    assert [name for name in environ if name.endswith("DATABASE_URL")] == [
        f"{service.upper()}_DATABASE_URL"
    ]


def test_a_web_process_waits_for_no_broker():
    for service in SERVICES:
        assert "rabbitmq" not in COMPOSE.services[f"{service}-web"].depends_on
        assert "AMQP_URL" not in COMPOSE.services[f"{service}-web"].environment


def test_everything_of_ours_waits_for_the_migrations():
    for name, service in COMPOSE.services.items():
        if service.is_ours and name not in ("keys", "migrations"):
            assert service.depends_on["migrations"] == "service_completed_successfully"
    started = [service.name for service in COMPOSE.in_order()]
    assert set(started) == set(COMPOSE.services) - {"parvis"}


def test_the_secret_key_has_no_known_value():
    for service in SERVICES:
        environment = COMPOSE.services[f"{service}-web"].environment
        assert environment["SECRET_KEY"] == ""
        assert environment["SECRET_KEY_FILE"] == "/var/lib/parvis/keys/secret_key"
    assert COMPOSE.services["keys"].command == ["secret-key"]


def test_only_caddy_and_the_mails_are_published_and_to_this_machine_alone():
    ports = {name: service.facts.get("ports") for name, service in COMPOSE.services.items()}
    assert {name: published for name, published in ports.items() if published} == {
        "caddy": ["127.0.0.1:8000:80", "127.0.0.1:8443:443"],
        "mailpit": ["127.0.0.1:8025:8025"],
    }


def test_databases_and_broker_are_on_a_network_without_a_way_out():
    assert COMPOSE.facts["networks"]["inside"] == {"internal": True}
    for name in ("postgresql", "rabbitmq"):
        assert COMPOSE.services[name].facts["networks"] == ["inside"]
    for name in ("caddy", "mailpit"):
        assert COMPOSE.services[name].facts["networks"] == ["outside"]


def test_what_runs_is_restarted_and_checked_and_its_log_is_kept_short():
    for name, service in COMPOSE.services.items():
        assert service.facts["restart"] == ("no" if name in JOBS else "unless-stopped")
        assert service.facts["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
        # Mailpit's image brings its own check.
        assert name in JOBS | {"mailpit"} or service.health_check


def test_our_processes_run_without_privileges_on_a_file_system_that_is_read_only():
    for service in filter(lambda service: service.is_ours, COMPOSE.services.values()):
        assert service.facts["read_only"] is True
        assert service.facts["cap_drop"] == ["ALL"]
        assert service.facts["security_opt"] == ["no-new-privileges:true"]


def test_images_are_pinned_and_are_those_that_tests_run_against():
    images = {name: service.facts["image"] for name, service in COMPOSE.services.items()}
    for image in images.values():
        assert re.fullmatch(r"[\w/]+:v?\d[\w.]*", image)
    tested = yaml.safe_load(TESTS.read_text())["services"]
    for name in ("postgresql", "rabbitmq"):
        assert tested[name]["image"].startswith(images[name])


def test_our_image_carries_our_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    ours = {found.facts["image"] for found in COMPOSE.services.values() if found.is_ours}
    assert ours == {f"parvis:{version}"}


def test_every_file_and_volume_that_is_mounted_is_there():
    mounted = [
        mount.partition(":")[0]
        for service in COMPOSE.services.values()
        for mount in service.facts.get("volumes", [])
    ]
    files = {mount for mount in mounted if mount.startswith(".")}
    assert files == {"./deploy/Caddyfile", "./deploy/container/databases.sh"}
    assert all((ROOT / path).is_file() for path in files)
    assert set(mounted) - files == set(COMPOSE.facts["volumes"])


def test_the_example_names_every_variable_and_no_other():
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", PATH.read_text()))
    assert set(re.findall(r"^#(\w+)=", EXAMPLE, re.MULTILINE)) == used
    assert not re.findall(r"^\w+=", EXAMPLE, re.MULTILINE)


def test_no_local_password_is_left_when_an_operator_has_chosen_theirs():
    chosen = dict.fromkeys(re.findall(r"^#(\w+PASSWORD)=", EXAMPLE, re.MULTILINE), "chosen")
    assert "local-only" in json.dumps(COMPOSE.facts)
    assert "local-only" not in json.dumps(ComposeFile(PATH, chosen).facts)
