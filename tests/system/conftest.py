"""Installations that run: embedded, and distributed.

`embedded` and `distributed` start once for many tests, which use addresses of their own and leave
both running; `breakable` is one test's alone.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.routes import SERVICES
from shared.testing import run_folder, servers
from shared.testing.smtp import SmtpServer, new_smtp_server
from tests.system.distributed import Distributed
from tests.system.installation import Embedded, Installation


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Return a running embedded Parvis with the demo edition."""
    running = Embedded(tmp_path_factory.mktemp("embedded") / "data").start()
    yield running
    running.close()


@pytest.fixture(scope="session")
def distributed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Distributed]:
    """Return six running processes with the demo edition, on the run's servers."""
    yield from running_distributed(tmp_path_factory.mktemp("distributed"))


@pytest.fixture
def breakable(tmp_path: Path, private_rabbitmq: Any) -> Iterator[Distributed]:
    """Return the same with a RabbitMQ of its own, to be stopped, wiped and frozen."""
    yield from _running(tmp_path, private_rabbitmq.url)


@pytest.fixture(params=["embedded", "distributed"])
def installation(request: pytest.FixtureRequest) -> Installation:
    """Return a running Parvis of either kind."""
    found: Installation = request.getfixturevalue(request.param)
    return found


def running_distributed(folder: Path) -> Iterator[Distributed]:
    """Start six processes with the demo edition, on the run's servers; end them afterwards."""
    vhosts = servers.shared_rabbitmq().vhosts
    amqp_url = vhosts.create()
    yield from _running(folder, amqp_url)
    vhosts.delete(amqp_url)


def _running(folder: Path, amqp_url: str) -> Iterator[Distributed]:
    postgresql = servers.shared_postgresql()
    databases = {service: postgresql.create_database() for service in SERVICES}
    smtp: SmtpServer = new_smtp_server(run_folder.current_run())
    settings = {f"{name.upper()}_DATABASE_URL": url for name, url in databases.items()}
    settings["AMQP_URL"] = amqp_url
    running = Distributed(folder, smtp, elsewhere={}, settings=settings)
    try:
        running.start()
        loaded = running.command("demo")
        assert loaded.returncode == 0, loaded.stderr
        yield running
    finally:
        running.close()
        smtp.remove()
        for url in databases.values():
            postgresql.drop_database(url)
