"""Installations that run: embedded, and distributed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.routes import SERVICES
from shared.testing.smtp import SmtpServer, new_smtp_server
from tests.system.installation import Distributed, Embedded, Installation


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    """Return a running embedded Parvis with the demo edition."""
    running = Embedded(tmp_path / "data").start()
    yield running
    running.close()


@pytest.fixture
def own_smtp_server() -> Iterator[SmtpServer]:
    """Start an SMTP server for this test alone."""
    from shared.testing import run_folder

    server = new_smtp_server(run_folder.current_run())
    yield server
    server.remove()


@pytest.fixture
def distributed(tmp_path: Path, postgresql_url_factory, amqp_url, own_smtp_server):
    """Return six running processes with the demo edition, on the run's servers."""
    databases = {service: postgresql_url_factory() for service in SERVICES}
    yield from _running(tmp_path, databases, amqp_url, own_smtp_server)


@pytest.fixture
def breakable(tmp_path: Path, postgresql_url_factory, private_rabbitmq, own_smtp_server):
    """Return the same with a RabbitMQ of its own, to be stopped and wiped."""
    databases = {service: postgresql_url_factory() for service in SERVICES}
    yield from _running(tmp_path, databases, private_rabbitmq.url, own_smtp_server)


def _running(folder, databases, amqp_url, smtp) -> Iterator[Distributed]:
    running = Distributed(folder, databases, amqp_url, smtp)
    try:
        running.start()
        loaded = running.command("demo")
        assert loaded.returncode == 0, loaded.stderr
        yield running
    finally:
        running.close()


@pytest.fixture(params=["embedded", "distributed"])
def installation(request: pytest.FixtureRequest) -> Installation:
    """Return a running Parvis of either kind."""
    found: Installation = request.getfixturevalue(request.param)
    return found
