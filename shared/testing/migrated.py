"""Migrated databases for tests: each service's is made once for a process, then copied.

Migrating takes longer than most tests; a copy is the same database, of which nothing is left out.
"""

import atexit
import shutil
from functools import cache
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from shared.clock import Clock
from shared.database import Database
from shared.identifiers import new_token
from shared.messaging.tables import INSTALLATION
from shared.migrations import migrate
from shared.testing.run_folder import current_run


def migrate_quickly(database_url: str, service: str, *, clock: Clock) -> None:
    """Do what `migrate` does; an empty database becomes a copy of one that was migrated before."""
    url = sa.make_url(database_url)
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        if not path.exists():
            shutil.copyfile(_sqlite_template(service), path)
            _date(database_url, clock)
    elif _is_empty(url):
        _copy_postgresql(url, service)
        _date(database_url, clock)
    migrate(database_url, service, clock=clock)


@cache
def _sqlite_template(service: str) -> Path:
    path = current_run() / f"template-{service}-{new_token()}.sqlite"
    migrate(f"sqlite:///{path}", service)
    return path


def _copy_postgresql(url: sa.URL, service: str) -> None:
    template = _postgresql_template(_admin(url), service)
    with psycopg.connect(_admin(url), autocommit=True) as connection:
        name = sql.Identifier(str(url.database))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(template))
        )


@cache
def _postgresql_template(admin: str, service: str) -> str:
    name = f"parvis_template_{service}_{new_token().lower().replace('-', '_')}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        )
    atexit.register(_drop, admin, name)
    url = sa.make_url(admin).set(database=name)
    migrate(url.render_as_string(hide_password=False), service)
    return name


def _drop(admin: str, name: str) -> None:
    try:
        with psycopg.connect(admin, autocommit=True, connect_timeout=2) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
    except psycopg.OperationalError:
        return  # the whole server is gone already


def _admin(url: sa.URL) -> str:
    plain = url.set(drivername="postgresql", database="postgres")
    return plain.render_as_string(hide_password=False)


def _is_empty(url: sa.URL) -> bool:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        row = connection.execute("SELECT to_regclass('alembic_version') IS NULL").fetchone()
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    return bool(row and row[0]) and bool(others and not others[0])


def _date(database_url: str, clock: Clock) -> None:
    """Let a copy's service be installed now."""
    database = Database(database_url, pool_size=2)
    with database.engine.begin() as connection:
        connection.execute(sa.update(INSTALLATION).values(installed_at=clock()))
    database.dispose()
