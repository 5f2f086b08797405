"""The fixtures of every test: databases, brokers, a mail server, a browser.

Both databases and both brokers are real, and nothing is skipped: a server that cannot be had is an
error that says what to do.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from deploy.browser_libraries import put_browser_libraries
from shared.i18n.translator import DEFAULT_LOCALE, SHARED_PACKAGE, speaking, translator
from shared.testing import loopback, published, run_folder
from shared.testing.smtp import SmtpServer, new_smtp_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from shared.testing.docker import DockerPostgreSQL, DockerRabbitMQ
    from shared.testing.postgresql import NamedPostgreSQL, PostgreSQL
    from shared.testing.rabbitmq import NamedRabbitMQ, RabbitMQ

#: Gives the URL of a new empty database at each call; all are dropped when the test ends.
UrlFactory = Callable[[], str]

_run = pytest.StashKey[Path]()

# However slow or busy the machine is, a property is no quicker; and a test says the same in every
# run, so that none fails by chance that has nothing to do with what was changed. Rare cases are
# looked for with --hypothesis-profile=searching.
settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "searching",
    settings.get_profile("repeatable"),
    derandomize=False,
    max_examples=2000,
)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """Open the run's folder, once for all of its processes."""
    if not hasattr(config, "workerinput"):
        put_browser_libraries()
        config.stash[_run] = run_folder.open_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End every server of the run."""
    if _run in config.stash:
        run_folder.close_run(config.stash[_run])


def pytest_report_header() -> str | None:
    """Say which tests are left out, and how they are not."""
    if published.published_folder():
        return None
    return f"published programmes: none here, their tests are left out ({published.VARIABLE})"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest; leave out the tests of published files where there are none."""
    # A system test that came last would keep one core busy while the other has nothing to do.
    items.sort(key=lambda item: "system" not in item.path.parts)
    if published.published_folder():
        return
    left_out = [item for item in items if item.get_closest_marker("published")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def _in_french() -> Iterator[None]:
    """Begin every test in French: a request of the one before may have been answered in English."""
    with speaking(translator(SHARED_PACKAGE, DEFAULT_LOCALE)):
        yield


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse every connection that would leave the machine."""
    from shared.testing import servers

    servers.prepare()  # may install packages, which does
    loopback.allow_only_loopback()
    yield
    loopback.allow_only_loopback(False)


@pytest.fixture(scope="session")
def postgresql() -> "PostgreSQL | DockerPostgreSQL | NamedPostgreSQL":
    """Return the run's PostgreSQL."""
    from shared.testing import servers

    return servers.shared_postgresql()


@pytest.fixture(scope="session")
def rabbitmq() -> "RabbitMQ | DockerRabbitMQ | NamedRabbitMQ":
    """Return the run's RabbitMQ. Other tests use it too: do not stop it."""
    from shared.testing import servers

    return servers.shared_rabbitmq()


@pytest.fixture
def private_rabbitmq() -> "Iterator[RabbitMQ | DockerRabbitMQ]":
    """Start a RabbitMQ for this test alone, to be stopped, frozen and wiped."""
    from shared.testing import servers

    server = servers.private_rabbitmq()
    yield server
    server.remove()


@pytest.fixture
def private_postgresql() -> "Iterator[PostgreSQL | DockerPostgreSQL]":
    """Start a PostgreSQL for this test alone, which writes through to the disk."""
    from shared.testing import servers

    server = servers.private_postgresql()
    yield server
    server.remove()


@pytest.fixture
def sqlite_url_factory(tmp_path: Path) -> UrlFactory:
    """Return what names a new SQLite file at each call."""
    count = iter(range(10_000))
    return lambda: f"sqlite:///{tmp_path / f'database-{next(count)}.sqlite'}"


@pytest.fixture
def postgresql_url_factory(request: pytest.FixtureRequest) -> Iterator[UrlFactory]:
    """Return what makes a new PostgreSQL database at each call."""
    urls: list[str] = []

    def create() -> str:
        urls.append(request.getfixturevalue("postgresql").create_database())
        return urls[-1]

    yield create
    for url in urls:
        request.getfixturevalue("postgresql").drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url_factory(request: pytest.FixtureRequest) -> UrlFactory:
    """Return what makes a new database at each call, on either kind."""
    factory: UrlFactory = request.getfixturevalue(f"{request.param}_url_factory")
    return factory


@pytest.fixture
def sqlite_url(sqlite_url_factory: UrlFactory) -> str:
    """Return the URL of a new SQLite file."""
    return sqlite_url_factory()


@pytest.fixture
def postgresql_url(postgresql_url_factory: UrlFactory) -> str:
    """Return the URL of a new, empty PostgreSQL database."""
    return postgresql_url_factory()


@pytest.fixture
def database_url(database_url_factory: UrlFactory) -> str:
    """Return the URL of a new, empty database of either kind."""
    return database_url_factory()


@pytest.fixture
def memory_url() -> Iterator[str]:
    """Return the URL of kombu's in-memory broker, empty."""
    from shared.testing.memory_broker import clear_memory_broker

    clear_memory_broker()
    yield "memory://"
    clear_memory_broker()


@pytest.fixture
def amqp_url(rabbitmq: "RabbitMQ | DockerRabbitMQ | NamedRabbitMQ") -> Iterator[str]:
    """Return the URL of a new virtual host in the run's RabbitMQ."""
    url = rabbitmq.vhosts.create()
    yield url
    rabbitmq.vhosts.delete(url)


@pytest.fixture(params=["memory", "rabbitmq"])
def broker_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty broker of either kind."""
    name = {"memory": "memory_url", "rabbitmq": "amqp_url"}[request.param]
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture(scope="session")
def _smtp_process() -> Iterator[SmtpServer]:
    server = new_smtp_server(run_folder.current_run())
    yield server
    server.remove()


@pytest.fixture
def smtp_server(_smtp_process: SmtpServer) -> Iterator[SmtpServer]:
    """Return an SMTP server that runs and has kept nothing yet."""
    _smtp_process.start()
    _smtp_process.clear()
    yield _smtp_process
    _smtp_process.thaw()


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Return a headless Chromium."""
    from shared.testing.browser import open_browser

    with open_browser() as opened:
        yield opened


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """Return an empty page in a browser profile of its own, in French."""
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    yield context.new_page()
    context.close()
