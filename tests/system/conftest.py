"""Installations that run: embedded, and distributed.

`embedded` and `distributed` start once for many tests, which use addresses of their own and leave
both running; `breakable` is one test's alone. Tests of one installation stay together in a test
process, so that it starts once; the two installations may be tested side by side. They end with the
tests of this package: idle, each would slow down all that come after.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deploy.routes import SERVICES
from shared.testing import run_folder, servers
from shared.testing.looks import DESK
from shared.testing.smtp import SmtpServer, new_smtp_server
from tests.system.distributed import Distributed
from tests.system.installation import Embedded, Installation
from tests.system.person import Enter, Person
from tests.system.staff import Staff

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

#: What starts once, for all tests that use it.
_STARTED_ONCE = ("embedded", "distributed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one installation together, those with a group of their own aside."""
    for item in items:
        if not isinstance(item, pytest.Function) or item.get_closest_marker("xdist_group"):
            continue
        called = getattr(item, "callspec", None)
        used = [*item.fixturenames, *(called.params.values() if called else ())]
        for name in _STARTED_ONCE:
            if name in used:
                item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(scope="package")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Return a running embedded Parvis with the demo edition."""
    running = Embedded(tmp_path_factory.mktemp("embedded") / "data").start()
    yield running
    running.close()


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="session")
def signed_in() -> Callable[..., Staff]:
    """Return what gives somebody of the staff at an installation, signed in once."""
    return cache(Staff)


@pytest.fixture
def enter(
    installation: Installation, signed_in: Callable[..., Staff], browser: "Browser"
) -> Iterator[Enter]:
    """Return what opens a browser for somebody; without a name, for somebody of the public."""
    opened: list[BrowserContext] = []

    def open_for(name: str = "", *options: str, **look: Any) -> Person:
        chosen = {**DESK, **look}
        opened.append(browser.new_context(**chosen))
        if name:
            opened[-1].add_cookies(signed_in(installation, name, *options).cookies())
        return Person(installation, opened[-1])

    yield open_for
    for context in opened:
        context.close()


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
