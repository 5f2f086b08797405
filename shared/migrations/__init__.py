"""Migrations: every service has its own history, and one way to bring its database up to it."""

import functools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, RootTransaction
from sqlalchemy.exc import OperationalError

from shared.clock import Clock, system_clock
from shared.database import Database
from shared.messaging.tables import INSTALLATION

#: PostgreSQL's advisory lock that is held while a database is migrated ("Parvis", in ASCII).
ADVISORY_LOCK = 0x506172766973

#: Seconds between two tries to take an SQLite file that another process is migrating.
PAUSE = 0.05

_ROOT = Path(__file__).resolve().parents[2]


class UnknownRevision(Exception):
    """The database was migrated by a newer Parvis than this one."""


class BrokenReferences(Exception):
    """A migration left rows that refer to rows which do not exist: nothing was changed."""


def migrate(database_url: str, service: str, *, clock: Clock = system_clock) -> bool:
    """Bring a service's database to its newest revision; tell whether anything was done.

    One process migrates at a time and the others wait for it. Everything is done in one
    transaction, so a process that is killed leaves the database as it was. The first migration
    writes the service's row of `installation`. Raises `UnknownRevision` when the database is newer
    than the code.
    """
    _make_folder(database_url)
    database = Database(database_url, pool_size=2)
    try:
        if is_migrated(database, service):
            return False
        with _alone(database) as connection:
            revision = _revision(connection)
            if revision == newest_revision(service):
                return False
            _check_known(service, revision)
            command.upgrade(configuration(service, connection), "head")
            if connection.scalar(sa.select(sa.func.count()).select_from(INSTALLATION)) == 0:
                row = {"service": service, "installed_at": clock()}
                connection.execute(sa.insert(INSTALLATION), row)
        return True
    finally:
        database.dispose()


def is_migrated(database: Database, service: str) -> bool:
    """Tell whether a database is at the service's newest revision.

    Raises SQLAlchemy's `OperationalError` when the database does not answer.
    """
    with database.engine.connect() as connection:
        return _revision(connection) == newest_revision(service)


@functools.cache
def newest_revision(service: str) -> str | None:
    """Return the newest revision of a service's history, read once from its folder."""
    return ScriptDirectory.from_config(configuration(service)).get_current_head()


def configuration(service: str, connection: Connection | None = None) -> Config:
    """Return alembic's configuration for a service; its commands need an open connection."""
    config = Config()
    config.set_main_option("script_location", _escaped(Path(__file__).parent))
    config.set_main_option("version_locations", _escaped(revisions_folder(service)))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(service=service, connection=connection)
    return config


def revisions_folder(service: str) -> Path:
    """Return the folder of a service's revisions."""
    return _ROOT / "services" / service / "migrations"


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _make_folder(database_url: str) -> None:
    url = sa.make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_known(service: str, revision: str | None) -> None:
    history = ScriptDirectory.from_config(configuration(service)).walk_revisions()
    if revision and revision not in {script.revision for script in history}:
        raise UnknownRevision(
            f"the database of {service} is at revision {revision}, which this Parvis does not "
            "know: use the newer Parvis that migrated it"
        )


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """Give a connection in a transaction that no other migration can be in."""
    with database.engine.connect() as plain:
        connection = plain.execution_options(parvis_write=True)
        if not database.is_sqlite:
            with connection.begin():
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
                yield connection
            return
        # Changing a table on SQLite means rebuilding it, while other rows refer to its rows.
        connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with _begin_patiently(connection):
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise BrokenReferences(f"the migration leaves rows that refer to none: {broken}")


def _begin_patiently(connection: Connection) -> RootTransaction:
    while True:
        try:
            return connection.begin()
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise
        time.sleep(PAUSE)
