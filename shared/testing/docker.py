"""PostgreSQL and RabbitMQ in containers, with the same verbs as the private servers."""

import functools
import json
import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import Any

from shared.testing import processes
from shared.testing.postgresql import create_database, drop_database
from shared.testing.processes import ServerError
from shared.testing.rabbitmq import Vhosts

_COMPOSE_FILE = Path(__file__).with_name("docker-compose.yml")


@functools.cache
def has_docker() -> bool:
    """Tell whether a Docker engine with `docker compose` answers."""
    if shutil.which("docker") is None:
        return False
    for command in (["docker", "info"], ["docker", "compose", "version"]):
        try:
            subprocess.run(command, capture_output=True, check=True, timeout=30)  # noqa: S603
        except subprocess.SubprocessError:
            return False
    return True


class Container:
    """One service of the compose file, as a project of its own."""

    #: Its name in the compose file, and the ports that it is given.
    service: str
    ports: tuple[str, ...]

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self._state_file = folder / "container.json"
        if not self._state_file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            state: dict[str, Any] = {port: processes.free_port() for port in self.ports}
            state |= {"password": secrets.token_hex(16), "project": f"parvis-{folder.name}"}
            state["project"] += f"-{secrets.token_hex(3)}"
            self._state_file.write_text(json.dumps(state | settings))
            self._state_file.chmod(0o600)

    @property
    def state(self) -> dict[str, Any]:
        """Return the ports, the password and the project's name."""
        state: dict[str, Any] = json.loads(self._state_file.read_text())
        return state

    def start(self) -> None:
        """Start it and wait until it is healthy; do nothing when it runs already."""
        self._compose("up", "--detach", "--wait", "--quiet-pull", self.service)

    def stop(self) -> None:
        """Stop it as an operator would; its data stay."""
        self._compose("stop", self.service)

    def kill(self) -> None:
        """End it as a power cut would; its data stay."""
        self._compose("kill", self.service)

    def restart(self) -> None:
        """Stop it and start it on the same ports, with the same data."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Suspend it: its connections stay open, and nothing answers."""
        self._compose("pause", self.service)

    def thaw(self) -> None:
        """Let it go on."""
        self._compose("unpause", self.service)

    def remove(self) -> None:
        """End it and delete what it kept."""
        remove(self.folder)

    def _compose(self, *arguments: str) -> None:
        _compose(self.state, *arguments)


class DockerPostgreSQL(Container):
    """A PostgreSQL in a container."""

    service = "postgresql"
    ports = ("port",)

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        super().__init__(folder, fsync="on" if durable else "off")

    def create_database(self, name: str | None = None) -> str:
        """Create an empty database, of a new name unless given, and return its URL."""
        name = name or f"parvis_{secrets.token_hex(6)}"
        create_database(self._url("postgres"), name)
        return self._url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        drop_database(self._url("postgres"), url)

    def run_script(self, script: Path, environ: dict[str, str]) -> None:
        """Run a shell script in the container, as the image does when it is new."""
        settings = [f"--env={name}={value}" for name, value in environ.items()]
        settings.append("--env=POSTGRES_USER=parvis")
        self._compose("exec", "--no-TTY", *settings, self.service, "sh", "-c", script.read_text())

    def _url(self, database: str) -> str:
        state = self.state
        return f"postgresql://parvis:{state['password']}@127.0.0.1:{state['port']}/{database}"


class DockerRabbitMQ(Container):
    """A RabbitMQ in a container."""

    service = "rabbitmq"
    ports = ("amqp", "management")

    @property
    def url(self) -> str:
        """Return the AMQP URL of its default virtual host."""
        state = self.state
        return f"amqp://parvis:{state['password']}@127.0.0.1:{state['amqp']}/parvis"

    @property
    def vhosts(self) -> Vhosts:
        """Return what makes virtual hosts in it."""
        return Vhosts(self.url, f"http://127.0.0.1:{self.state['management']}")

    def wipe(self) -> None:
        """End the broker, delete all that it kept, and start it anew on the same ports."""
        self._compose("rm", "--stop", "--force", "--volumes", self.service)
        self.start()


def remove(folder: Path) -> None:
    """End the container whose state is in a folder, and delete what it kept."""
    state = json.loads((folder / "container.json").read_text())
    _compose(state, "down", "--volumes", "--timeout", "0")
    shutil.rmtree(folder, ignore_errors=True)


def _compose(state: dict[str, Any], *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603
        ["docker", "compose", "-f", str(_COMPOSE_FILE), "-p", state["project"], *arguments],  # noqa: S607
        env={**os.environ, **{f"PARVIS_{key.upper()}": str(state[key]) for key in state}},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(f"docker compose {arguments[0]} failed:\n{done.stderr[-2000:]}")
