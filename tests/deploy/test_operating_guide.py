"""The operator's guide names what there is, and nothing else."""

import re
from inspect import getsource

from deploy.cli import cli
from deploy.routes import SERVICES
from shared import settings
from shared.testing.compose_file import ComposeFile
from shared.testing.image import ROOT

GUIDE = (ROOT / "docs" / "operating.md").read_text()
COMPOSE = ComposeFile(ROOT / "docker-compose.yml", {})


def test_every_setting_that_is_read_is_in_its_table():
    source = getsource(settings)
    read = set(re.findall(r'(?:value|environ\.get)\("(\w+)"', source))
    read |= {f"{service.upper()}_DATABASE_URL" for service in SERVICES}
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", GUIDE, re.MULTILINE)) == read


def test_every_command_that_it_names_exists():
    named = set(re.findall(r"(?:`(?:\./)?|--rm .*?)parvis ([a-z][\w-]*)", GUIDE))
    assert named - set(cli.commands) == set()
    assert {"up", "web", "worker", "messages", "sign-in", "demo", "import"} <= named


def test_every_container_that_it_names_exists():
    ran_in = re.findall(r"docker compose exec(?: -T)? (\S+)", GUIDE)
    stopped = re.findall(r"docker compose (?:stop|start) (.*)", GUIDE)
    named = {*ran_in, *" ".join(stopped).split(), *re.findall(r"--scale ([\w-]+)=", GUIDE)}

    assert {"postgresql", "rabbitmq", "registration-worker"} <= named
    assert named - set(COMPOSE.services) == set()


def test_the_units_start_commands_that_exist():
    for path in (ROOT / "deploy" / "systemd").iterdir():
        (command,) = re.findall(r"^ExecStart=/opt/parvis/parvis ([\w-]+)", path.read_text(), re.M)
        assert command in cli.commands
