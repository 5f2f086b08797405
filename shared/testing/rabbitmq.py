"""A private RabbitMQ for tests and benchmarks."""

import base64
import json
import secrets
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from shared.testing import processes
from shared.testing.private_server import PATIENCE, PrivateServer
from shared.testing.processes import ServerError

#: Debian and Ubuntu's wrapper insists on its own user and folders; this is what it wraps.
_PROGRAM = "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"

_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
management_agent.disable_metrics_collector = true
default_vhost = parvis
default_user = parvis
default_pass = {password}
disk_free_limit.absolute = 50MB
log.console = false
"""


def program() -> Path | None:
    """Return the newest installed RabbitMQ's start program, or `None`."""
    return max(Path("/").glob(_PROGRAM[1:]), default=None)


class Vhosts:
    """Makes and deletes virtual hosts through RabbitMQ's management interface."""

    def __init__(self, amqp_url: str, management_url: str) -> None:
        self._amqp = amqp_url
        self._management = management_url.rstrip("/")

    def create(self, name: str | None = None) -> str:
        """Create a virtual host, of a new name unless given, and return its URL."""
        name = name or f"parvis_test_{secrets.token_hex(6)}"
        user = urlsplit(self._amqp).username or "guest"
        self._call("PUT", f"/api/vhosts/{name}")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._call("PUT", f"/api/permissions/{name}/{quote(user, safe='')}", everything)
        return urlsplit(self._amqp)._replace(path=f"/{name}").geturl()

    def delete(self, url: str) -> None:
        """Delete the virtual host of a URL with all that is in it."""
        self._call("DELETE", f"/api/vhosts/{urlsplit(url).path[1:]}")

    def queues(self, url: str) -> dict[str, str]:
        """Return the kind of each queue (`quorum`, `classic`) in a URL's virtual host, by name."""
        answer = self._call("GET", f"/api/queues/{urlsplit(url).path[1:]}")
        return {queue["name"]: queue["type"] for queue in json.loads(answer)}

    def _call(self, method: str, path: str, body: Any = None) -> bytes:
        parts = urlsplit(self._amqp)
        credentials = f"{parts.username or 'guest'}:{parts.password or 'guest'}"
        request = urllib.request.Request(  # noqa: S310
            self._management + path,
            method=method,
            data=json.dumps(body or {}).encode(),
            headers={
                "Authorization": "Basic " + base64.b64encode(credentials.encode()).decode(),
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except urllib.error.URLError as error:
            raise ServerError(
                f"RabbitMQ's management interface at {self._management} refused {method} {path}: "
                f"{error}"
            ) from error


class RabbitMQ(PrivateServer):
    """A broker of its own: own node name, ports, data, cookie and port mapper (epmd)."""

    account = "rabbitmq"

    @property
    def url(self) -> str:
        """Return the AMQP URL of its default virtual host."""
        state = self.state
        return f"amqp://parvis:{state['password']}@127.0.0.1:{state['amqp']}/parvis"

    @property
    def vhosts(self) -> Vhosts:
        """Return what makes virtual hosts in it."""
        return Vhosts(self.url, f"http://127.0.0.1:{self.state['management']}")

    def prepare(self) -> dict[str, Any]:
        """Write its configuration."""
        state: dict[str, Any] = {
            name: processes.free_port() for name in ("amqp", "management", "distribution", "epmd")
        }
        state["password"] = secrets.token_hex(16)
        (self.folder / "rabbitmq.conf").write_text(_CONFIGURATION.format(**state))
        (self.folder / "environment.conf").write_text("")
        (self.folder / "plugins").write_text("[rabbitmq_management].")
        return state

    def launch(self, output: Any) -> subprocess.Popen[bytes]:
        """Start the port mapper, unless it runs, and the broker."""
        found = program()
        if found is None:
            raise ServerError("RabbitMQ is not installed")
        options: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": output,
            "stderr": output,
            "cwd": self.folder,
            "env": self._environment(),
            "start_new_session": True,
            **processes.run_as(self.account),
        }
        if not processes.is_running(self.state.get("epmd_process")):
            mapper = subprocess.Popen(["epmd"], **options)  # noqa: S607
            self._write({**self.state, "epmd_process": processes.identify(mapper.pid)})
        return subprocess.Popen([str(found), "-noinput"], **options)  # noqa: S603

    def answers(self) -> bool:
        """Tell whether it has finished starting: its log says so last of all."""
        logs = (self.folder / "log").glob("*.log")
        return any("Server startup complete" in log.read_text(errors="replace") for log in logs)

    def kill(self) -> None:
        """End the broker and its port mapper as a power cut would."""
        super().kill()
        processes.kill(self.state.get("epmd_process"))

    def wipe(self) -> None:
        """End the broker, delete all that it kept, and start it anew on the same ports."""
        self.kill()
        shutil.rmtree(self.folder / "mnesia", ignore_errors=True)
        self.start()

    def start(self) -> None:
        """Start the broker and wait until it takes work."""
        if not self.is_running:
            shutil.rmtree(self.folder / "log", ignore_errors=True)
        super().start()

    def _environment(self) -> dict[str, str]:
        state, folder = self.state, self.folder
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(state["epmd"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_ALLOW_INPUT": "1",  # the shell becomes the broker: one process to signal
            "RABBITMQ_CONF_ENV_FILE": str(folder / "environment.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_NODENAME": f"parvis{state['amqp']}@localhost",
            "RABBITMQ_DIST_PORT": str(state["distribution"]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
        }


class NamedRabbitMQ:
    """A broker that the environment named: virtual hosts are made in it, nothing else."""

    def __init__(self, amqp_url: str, management_url: str | None = None) -> None:
        parts = urlsplit(amqp_url)
        default = f"http://{parts.hostname}:15672"
        self.url = amqp_url
        self.vhosts = Vhosts(amqp_url, management_url or default)
