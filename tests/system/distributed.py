"""Parvis as docker-compose.yml starts it, its processes running here instead of in containers."""

import os
import re
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

from deploy.health import is_healthy
from deploy.routes import SERVICES
from shared.testing import image
from shared.testing.compose_file import ComposeFile, ComposeService
from shared.testing.processes import free_port, wait_until
from shared.testing.smtp import SmtpServer
from tests.system.installation import GATHERING, ROOT, STARTING, Installation, Process

#: An operator's `.env` for a machine that does little.
SMALL = {"WEB_PROCESSES": "1", "MAIL_GATHERING_SECONDS": GATHERING}


class Distributed(Installation):
    """What docker-compose.yml starts in containers of ours: started here, but as it says.

    `elsewhere` tells where the hosts, ports and folders of containers are here. `variables` are an
    operator's `.env`. `settings` replaces what the file sets: tests that share servers need it.
    `root` holds the code: the repository, or a copy of what the image holds of it.
    """

    def __init__(
        self,
        folder: Path,
        smtp: SmtpServer,
        *,
        elsewhere: dict[str, str],
        variables: dict[str, str] | None = None,
        settings: dict[str, str] | None = None,
        root: Path = ROOT,
    ) -> None:
        super().__init__()
        self.folder, self.smtp, self.root = folder, smtp, root
        self.compose = ComposeFile(ROOT / "docker-compose.yml", {**SMALL, **(variables or {})})
        self.ports = {service: free_port() for service in SERVICES}
        self.health = {service: free_port() for service in SERVICES}
        self._settings = settings or {}
        self.elsewhere = {
            **elsewhere,
            "mailpit:1025": f"127.0.0.1:{smtp.port}",
            "/var/lib/parvis": str(folder / "data"),
            **{f"{name}-web:8000": f"127.0.0.1:{port}" for name, port in self.ports.items()},
        }
        self.workers: dict[str, Process] = {}
        self.webs: dict[str, Process] = {}

    def start(self) -> "Distributed":
        """Start each as soon as what it waits for is there, then wait until all are healthy."""
        for service in self.compose.in_order():
            for needed, condition in service.depends_on.items():
                if condition == "service_healthy" and self.compose.services[needed].is_ours:
                    self.wait_until_healthy(needed)
            self.start_service(service)
        for name in SERVICES:
            self.wait_until_healthy(f"{name}-web")
            self.wait_until_healthy(f"{name}-worker")
        return self

    def start_service(self, service: ComposeService) -> None:
        """Start a process, or run a job to its end; what is not ours, the test has started."""
        name, _, kind = service.name.rpartition("-")
        if not service.is_ours:
            return
        if kind == "web":
            self.start_web(name)
        elif kind == "worker":
            self.start_worker(name)
        else:
            done = self.run(service.name, *service.command)
            assert done.returncode == 0, (service.name, done.stderr)

    def start_web(self, service: str) -> None:
        self.webs[service] = self._process(f"{service}-web")

    def start_worker(self, service: str) -> None:
        self.workers[service] = self._process(f"{service}-worker")

    def wait_until_healthy(self, name: str) -> None:
        """Wait until the container's own health check finds the process healthy."""
        check = self._moved(name, self.compose.services[name].health_check or [])
        service, _, kind = name.rpartition("-")
        process = {"web": self.webs, "worker": self.workers}[kind][service]

        def passes() -> bool:
            done = subprocess.run(check, cwd=self.root, env=self._environ(name), check=False)
            return done.returncode == 0

        assert wait_until(lambda: passes() or not process.is_running, STARTING), process.said()
        assert process.is_running, process.said()

    def is_ready(self, port: int) -> bool:
        """Tell whether the process that answers on this port can do its work."""
        return is_healthy(f"http://127.0.0.1:{port}/readyz")

    def command(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run an operator's command, as `docker compose run --rm parvis …` does."""
        return self.run("parvis", *arguments)

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess:
        """Run something to its end in the place of a service of the file."""
        return subprocess.run(
            [*self._entrypoint, *arguments],
            cwd=self.root,
            env=self._environ(name),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def address(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def mails(self) -> list[EmailMessage]:
        return self.smtp.messages

    @property
    def processes(self) -> list[Process]:
        return [*self.webs.values(), *self.workers.values()]

    def logs(self) -> str:
        return "".join(process.said() for process in self.processes)

    def close(self) -> None:
        for process in self.processes:
            process.kill()

    @property
    def _entrypoint(self) -> list[str]:
        return [str(self.root / "deploy" / "container" / "parvis")]

    def _process(self, name: str) -> Process:
        command = self._moved(name, self.compose.services[name].command)
        output = self.folder / f"{name}.log"
        environ = self._environ(name)
        return Process([*self._entrypoint, *command], environ, output, folder=self.root)

    def database_url(self, service: str) -> str:
        """Return where a service's own database is."""
        return self._environ(f"{service}-worker")[f"{service.upper()}_DATABASE_URL"]

    def _environ(self, name: str) -> dict[str, str]:
        """Return what the image and the file set for a service, and nothing of our own besides."""
        given = self.compose.services[name].environment
        used = {key: value for key, value in self._settings.items() if key in given}
        environ = {**image.settings(), **given, **used, "PYTHONPATH": str(self.root)}
        environ["PATH"] = f"{Path(sys.executable).parent}:{os.defpath}"
        return {key: self.moved(value) for key, value in environ.items()}

    def moved(self, text: str) -> str:
        """Return a setting of the file with each host, port and folder as it is here."""
        for there, here in self.elsewhere.items():
            text = text.replace(there, here)
        return text

    def _moved(self, name: str, arguments: list[str]) -> list[str]:
        """Return arguments with the ports of the service's own container as they are here."""
        service, _, kind = name.rpartition("-")
        port = {"web": self.ports, "worker": self.health}[kind][service]
        found = [argument.replace("0.0.0.0", "127.0.0.1") for argument in arguments]  # noqa: S104
        return [re.sub(r"\b[89]000\b", str(port), argument) for argument in found]
