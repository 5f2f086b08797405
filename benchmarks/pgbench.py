"""The yardstick of registrations: pgbench's TPC-B-like transactions on the same PostgreSQL.

Scale 100, 64 clients, simple protocol, two threads: the same clients, the same disk, one
connection and one transaction each, and no HTTP, validation or outbox in between.
"""

import os
import re
import subprocess

import sqlalchemy as sa

from benchmarks.wrk import CLIENTS
from shared.testing.postgresql import PostgreSQL, programs
from shared.testing.processes import ServerError

SCALE = 100


class Pgbench:
    """pgbench's own database in a server, filled when it is made."""

    def __init__(self, server: PostgreSQL) -> None:
        self._url = sa.make_url(server.create_database())
        self._run("-i", "-q", "-s", str(SCALE))

    def transactions_per_second(self, seconds: int) -> float:
        """Run for `seconds` and return what pgbench says."""
        said = self._run("-n", "-c", str(CLIENTS), "-j", "2", "-M", "simple", "-T", str(seconds))
        found = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
        if not found:
            raise ServerError(f"pgbench said nothing of tps:\n{said}")
        return float(found[1])

    def _run(self, *options: str) -> str:
        folder = programs()
        url = self._url
        done = subprocess.run(
            [
                str(folder / "pgbench") if folder else "pgbench",
                *options,
                f"--host={url.host}",
                f"--port={url.port}",
                f"--username={url.username}",
                str(url.database),
            ],
            env={**os.environ, "PGPASSWORD": url.password or ""},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerError(f"pgbench failed:\n{done.stderr[-2000:]}")
        return done.stdout
