"""Which PostgreSQL and RabbitMQ a test run uses.

Those that the environment names; else a Docker engine's; else the programs that the machine has,
or that its distribution gives root. Never a server that happens to listen: it may hold real data.
"""

import contextlib
import functools
import os
import secrets
from pathlib import Path

from shared.testing import packages
from shared.testing.docker import DockerPostgreSQL, DockerRabbitMQ, has_docker
from shared.testing.postgresql import NamedPostgreSQL, PostgreSQL
from shared.testing.processes import ServerError
from shared.testing.rabbitmq import NamedRabbitMQ, RabbitMQ
from shared.testing.run_folder import current_run, locked

#: A URL of a PostgreSQL in which tests may create databases.
POSTGRESQL_VARIABLE = "PARVIS_TEST_POSTGRESQL_URL"

#: A URL of a RabbitMQ in which tests may create virtual hosts, and of its management interface.
AMQP_VARIABLE = "PARVIS_TEST_AMQP_URL"
MANAGEMENT_VARIABLE = "PARVIS_TEST_RABBITMQ_MANAGEMENT_URL"

_ADVICE = (
    "Tests need PostgreSQL and RabbitMQ. Name servers in PARVIS_TEST_POSTGRESQL_URL and "
    "PARVIS_TEST_AMQP_URL, or start a Docker engine, or run as root on Debian or Ubuntu, or "
    "install postgresql and rabbitmq-server."
)


def prepare() -> None:
    """Install what is missing here, before anything needs it; what cannot be had is told later."""
    if os.environ.get(POSTGRESQL_VARIABLE) and os.environ.get(AMQP_VARIABLE):
        return
    with contextlib.suppress(ServerError):
        _uses_docker()


def shared_postgresql() -> PostgreSQL | DockerPostgreSQL | NamedPostgreSQL:
    """Return the PostgreSQL that the whole run shares, started; raises `ServerError`."""
    named = os.environ.get(POSTGRESQL_VARIABLE)
    return NamedPostgreSQL(named) if named else _started_postgresql(current_run() / "postgresql")


def shared_rabbitmq() -> RabbitMQ | DockerRabbitMQ | NamedRabbitMQ:
    """Return the RabbitMQ that the whole run shares, started; raises `ServerError`."""
    named = os.environ.get(AMQP_VARIABLE)
    if named:
        return NamedRabbitMQ(named, os.environ.get(MANAGEMENT_VARIABLE))
    return _started_rabbitmq(current_run() / "rabbitmq")


def private_postgresql(*, durable: bool = True) -> PostgreSQL | DockerPostgreSQL:
    """Start a PostgreSQL of the caller's own, for faults and benchmarks; `remove()` it."""
    return _started_postgresql(_own_folder("postgresql"), durable=durable)


def private_rabbitmq() -> RabbitMQ | DockerRabbitMQ:
    """Start a RabbitMQ of the caller's own, for faults and benchmarks; `remove()` it."""
    return _started_rabbitmq(_own_folder("rabbitmq"))


def _started_postgresql(folder: Path, *, durable: bool = False) -> PostgreSQL | DockerPostgreSQL:
    with locked(current_run(), folder.name):
        server: PostgreSQL | DockerPostgreSQL
        if _uses_docker():
            server = DockerPostgreSQL(folder, durable=durable)
        else:
            server = PostgreSQL(folder, durable=durable)
        server.start()
    return server


def _started_rabbitmq(folder: Path) -> RabbitMQ | DockerRabbitMQ:
    with locked(current_run(), folder.name):
        server = DockerRabbitMQ(folder) if _uses_docker() else RabbitMQ(folder)
        server.start()
    return server


def _own_folder(kind: str) -> Path:
    return current_run() / f"{kind}-{secrets.token_hex(4)}"


@functools.cache
def _uses_docker() -> bool:
    if has_docker():
        return True
    with locked(current_run(), "packages"):
        missing = packages.missing(packages.SERVERS)
        if missing and not packages.can_install():
            raise ServerError(f"{_ADVICE} Missing here: {', '.join(missing)}.")
        packages.install(missing)
    return False
