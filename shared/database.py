"""Engines, the write gate, column types and constraint names, for SQLite and PostgreSQL alike."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from shared.at_once import PATIENCE, run_at_once
from shared.deadlines import Breaker, seconds_left
from shared.glancing import GlancedRow, Glancer
from shared.prompt_connection import PromptPool, connect

#: How constraints are named, so that a migration can name the one it changes.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Seconds for which a writer waits for another process to let go of an SQLite file.
GATE_PATIENCE = 30.0


#: The most connections that one process has to its database, and keeps for the next request; and
#: those of them that only glance: a glance is over so soon that many threads can share a few.
MOST_CONNECTIONS = 20
GLANCING = 4

#: Seconds for which a pooled connection to PostgreSQL is used again without asking if it lives.
TRUSTED_FOR = 1.0

_USED_AT = "parvis_used_at"


#: Seconds, but for `tcp_user_timeout` (milliseconds): a server that has vanished is noticed within
#: them, and the server notices a client that has, so that its locks do not outlive it by hours.
_POSTGRESQL_DEADLINES = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant, kept in UTC; a naive value is refused with `ValueError`."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


#: JSON that PostgreSQL keeps as `jsonb`.
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

#: A row number that counts up by itself on both databases.
Counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class GateTimeout(Exception):
    """Another process kept the SQLite file locked for longer than `GATE_PATIENCE` seconds, or than
    whoever waits for the answer was to wait (`shared/deadlines.py`).
    """


class Database:
    """One service's own database: `read()` to look, `write()` to change.

    Each gives a SQLAlchemy session that is committed when the block ends and rolled back when it
    raises. On SQLite a writer takes the file's only write lock when it begins (`BEGIN IMMEDIATE`);
    it never waits inside the driver, which would stall every greenthread of the process.
    """

    def __init__(
        self, url: str, *, pool_size: int = MOST_CONNECTIONS - GLANCING, echo: bool = False
    ) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._breaker = Breaker()
        self.engine = _engine(self.url, pool_size, echo, self._breaker)
        self._reader = self.engine
        self._writer = self.engine.execution_options(parvis_write=True)
        self._glancer = (
            None if self.is_sqlite else Glancer(_glancing_engine(self.url, echo, self._breaker))
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that only reads."""
        self._breaker.check()
        with Session(self._reader, expire_on_commit=False) as db:
            yield db

    def glance(
        self, statement: sa.Select[*tuple[Any, ...]], parameters: Mapping[str, Any] | None = None
    ) -> GlancedRow | None:
        """Return the first row of one SELECT, outside any transaction: one round trip, no session.

        For what is asked very often and changes nothing, such as whether a feed is as it was. The
        statement is one that is made once, not for each call.
        """
        self._breaker.check()
        if self._glancer is not None:
            return self._glancer.first(statement, parameters or {})
        with self.engine.connect() as connection:
            return connection.execute(statement, parameters).first()

    def at_once(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        """Run one statement that is a transaction of its own, for PostgreSQL; return its first row.

        It is in the driver's words, and its first `%s` the instant until which the server may
        begin. Raises `shared.at_once.Undone` where it was not done, or nobody can tell.
        """
        if self._glancer is None:
            raise TypeError("a statement of its own is for PostgreSQL")
        self._breaker.check()
        return run_at_once(self._glancer.engine, statement, values)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose changes are committed together when the block ends."""
        self._breaker.check()
        with Session(self._writer, expire_on_commit=False) as db:
            self._enter_gate(db)
            try:
                yield db
            except BaseException:
                db.rollback()
                raise
            db.commit()

    def _enter_gate(self, db: Session) -> None:
        if not self.is_sqlite:
            return
        deadline = time.monotonic() + _gate_patience()
        pause = 0.001
        while True:
            try:
                db.connection()
                return
            except OperationalError as error:
                db.rollback()
                if "locked" not in str(error.orig):
                    raise
                if time.monotonic() > deadline:
                    raise GateTimeout(str(self.url.database)) from error
            time.sleep(pause)
            pause = min(pause * 2, 0.05)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        if self._glancer is not None:
            self._glancer.engine.dispose()


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _options(pool_size: int, echo: bool) -> dict[str, Any]:
    return {
        "json_serializer": _dumps,
        "echo": echo,
        "pool_size": pool_size,
        "hide_parameters": True,  # an error's text is logged, and parameters hold names
    }


def _engine(url: sa.URL, pool_size: int, echo: bool, breaker: Breaker) -> Engine:
    options = _options(pool_size, echo)
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(
            url,
            max_overflow=-1,
            connect_args={"timeout": 0, "check_same_thread": False},
            **options,
        )
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return _postgresql_engine(url, breaker, **options)


def _glancing_engine(url: sa.URL, echo: bool, breaker: Breaker) -> Engine:
    """Return an engine whose connections never begin a transaction, and so need no end of one.

    The server gives up a statement that takes longer than `shared.at_once.PATIENCE`.
    """
    return _postgresql_engine(
        url,
        breaker,
        server_options=f"-c statement_timeout={PATIENCE:.0f}s",
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        **_options(GLANCING, echo),
    )


def _postgresql_engine(
    url: sa.URL, breaker: Breaker, *, server_options: str = "", **options: Any
) -> Engine:
    deadlines = dict(_POSTGRESQL_DEADLINES)
    deadlines["options"] = f"{deadlines['options']} {server_options}"
    url = url.set(drivername="postgresql+psycopg")
    # Every connection is kept. With SQLAlchemy's overflow those beyond its pool are closed and made
    # again under load, which costs the server more than most statements do. The one that was used
    # last is used first, so that what a quiet hour does not need lies idle.
    engine = sa.create_engine(
        url,
        poolclass=PromptPool,
        max_overflow=0,
        pool_use_lifo=True,
        connect_args=deadlines,
        **options,
    )

    @event.listens_for(engine, "do_connect")
    def connect_promptly(_dialect: Any, _record: Any, arguments: Any, parameters: Any) -> Any:
        return connect(breaker, tuple(arguments), parameters)

    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_if_idle)
    return engine


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_USED_AT] = time.monotonic()


def _ping_if_idle(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Replace a connection that died while it lay in the pool.

    SQLAlchemy's `pool_pre_ping` asks before every use, which is a round trip for each transaction.
    """
    used_at = record.info.get(_USED_AT)
    if used_at is None or time.monotonic() - used_at < TRUSTED_FOR:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError("the pooled connection is gone") from error


def _open_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says, see below
    cursor = connection.cursor()
    # The first read takes the lock that a WAL connection keeps: no later read finds the file
    # locked, not even while another process makes it or is the last to close it.
    for statement in (
        "PRAGMA foreign_keys = ON",
        "PRAGMA synchronous = FULL",
        "PRAGMA journal_mode = WAL",
        "SELECT 1 FROM sqlite_schema LIMIT 1",
    ):
        _execute_patiently(cursor, statement)
    cursor.close()


def _execute_patiently(cursor: Any, statement: str) -> None:
    deadline = time.monotonic() + _gate_patience()
    while True:
        try:
            cursor.execute(statement).fetchall()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _gate_patience() -> float:
    left = seconds_left(at_most=GATE_PATIENCE)
    return GATE_PATIENCE if left is None else left


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("parvis_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def insert_ignoring(db: Session, table: sa.Table) -> Any:
    """Return an INSERT for `table` that leaves rows alone which exist already (both databases).

    Its result's `rowcount` tells how many were inserted; SQLAlchemy forgets it unless told not to.
    """
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
