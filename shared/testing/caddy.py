"""A Caddy that serves with a Caddyfile, its certificates and state in a folder of its own."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from shared.testing import packages, processes
from shared.testing.private_server import PrivateServer
from shared.testing.processes import ServerError


def program() -> str:
    """Return the path of Caddy, installed if it can be; raises `ServerError`."""
    if packages.missing(["caddy"]):
        if not packages.can_install():
            raise ServerError("Caddy is missing: install it, or run as root on Debian or Ubuntu.")
        packages.install(["caddy"])
    return shutil.which("caddy") or "caddy"


def adapt(caddyfile: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Return what Caddy makes of a Caddyfile: its JSON, or on standard error what is wrong."""
    return subprocess.run(  # noqa: S603
        [program(), "adapt", "--config", str(caddyfile), "--adapter", "caddyfile", "--validate"],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environ},
        capture_output=True,
        text=True,
        check=False,
    )


class Caddy(PrivateServer):
    """A Caddy on two ports of loopback: `port` for the site, `health` for its own health.

    `caddyfile` and the environment it reads are given before the first start.
    """

    caddyfile: Path
    environ: dict[str, str]

    @property
    def port(self) -> int:
        """Return the site's port on 127.0.0.1."""
        port: int = self.state["port"]
        return port

    @property
    def health(self) -> int:
        """Return the port that answers `/healthz`."""
        health: int = self.state["health"]
        return health

    def prepare(self) -> dict[str, Any]:
        """Choose the ports."""
        return {"port": processes.free_port(), "health": processes.free_port()}

    def launch(self, output: Any) -> subprocess.Popen[bytes]:
        """Start it as its image does."""
        command = ["run", "--config", str(self.caddyfile), "--adapter", "caddyfile"]
        return subprocess.Popen(  # noqa: S603
            [program(), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "XDG_DATA_HOME": str(self.folder / "data"),
                "XDG_CONFIG_HOME": str(self.folder / "config"),
                **self.environ,
            },
            start_new_session=True,
        )

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        return processes.is_listening(self.health)

    def said(self) -> str:
        """Return all that it has logged."""
        return (self.folder / "output.log").read_text(errors="replace")
