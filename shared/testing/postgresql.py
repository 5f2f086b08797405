"""A private PostgreSQL for tests and benchmarks."""

import os
import secrets
import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from shared.testing import processes
from shared.testing.memory_folder import link_to_memory
from shared.testing.private_server import PrivateServer
from shared.testing.processes import ServerError

#: Where Debian and Ubuntu keep PostgreSQL's programs, which are not on the PATH.
_PROGRAMS = "/usr/lib/postgresql/*/bin"


def programs() -> Path | None:
    """Return the folder of the newest installed PostgreSQL's programs, or `None`."""
    found = [path for path in Path("/").glob(_PROGRAMS[1:]) if (path / "initdb").exists()]
    return max(found, key=lambda path: float(path.parent.name), default=None)


class PostgreSQL(PrivateServer):
    """A cluster of its own, reached by password on loopback.

    `durable` makes it write through to the disk, which faults and benchmarks need and most tests
    do not.
    """

    account = "postgres"
    stop_signal = signal.SIGINT

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._durable = durable
        super().__init__(folder)

    def prepare(self) -> dict[str, Any]:
        """Make the cluster."""
        password = secrets.token_hex(16)
        (self.folder / "password").write_text(password)
        processes.give(self.folder, self.account)
        if not self._durable:  # making a database takes a tenth of the time in memory
            link_to_memory(self.folder / "data", self.account)
        done = subprocess.run(  # noqa: S603
            [
                str(_programs() / "initdb"),
                f"--pgdata={self.folder / 'data'}",
                "--username=parvis",
                f"--pwfile={self.folder / 'password'}",
                "--auth=password",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
            **processes.run_as(self.account),
        )
        if done.returncode:
            raise ServerError(f"PostgreSQL's initdb failed:\n{done.stderr[-2000:]}")
        return {"port": processes.free_port(), "password": password, "durable": self._durable}

    def launch(self, output: Any) -> subprocess.Popen[bytes]:
        """Start the server."""
        state = self.state
        options = {
            "listen_addresses": "127.0.0.1",
            "port": state["port"],
            "unix_socket_directories": "",
            "max_connections": 600,  # several installations at once, of six processes each
            "log_min_messages": "warning",
        }
        if not state["durable"]:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(_programs() / "postgres"), "-D", str(self.folder / "data")]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=self.folder,
            start_new_session=True,
            **processes.run_as(self.account),
        )

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str | None = None) -> str:
        """Create an empty database, of a new name unless given, and return its URL."""
        name = name or f"parvis_{secrets.token_hex(6)}"
        create_database(self._url("postgres"), name)
        return self._url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        drop_database(self._url("postgres"), url)

    def run_script(self, script: Path, environ: dict[str, str]) -> None:
        """Run a shell script as the server's image does when it is new; raises `ServerError`."""
        state = self.state
        done = subprocess.run(  # noqa: S603
            [str(script)],
            env={
                "PATH": f"{_programs()}:{os.defpath}",
                "PGHOST": "127.0.0.1",
                "PGPORT": str(state["port"]),
                "PGPASSWORD": state["password"],
                "POSTGRES_USER": "parvis",
                **environ,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerError(f"{script.name} failed:\n{done.stderr[-2000:]}")

    def _url(self, database: str) -> str:
        state = self.state
        return f"postgresql://parvis:{state['password']}@127.0.0.1:{state['port']}/{database}"


class NamedPostgreSQL:
    """A server that the environment named: databases are made in it, nothing else is touched."""

    def __init__(self, url: str) -> None:
        self._admin = url.replace("postgresql+psycopg://", "postgresql://")

    def create_database(self, name: str | None = None) -> str:
        """Create an empty database, of a new name unless given, and return its URL."""
        name = name or f"parvis_test_{secrets.token_hex(6)}"
        create_database(self._admin, name)
        url = sa.make_url(self._admin).set(database=name)
        return url.render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        drop_database(self._admin, url)


def create_database(admin_url: str, name: str) -> None:
    """Create an empty database through a connection to another one."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        )


def drop_database(admin_url: str, url: str) -> None:
    """Drop the database of a URL through a connection to another one."""
    name = sa.make_url(url).database or ""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def _programs() -> Path:
    found = programs()
    if found is None:
        raise ServerError("PostgreSQL is not installed")
    return found
