"""Connections: one SELECT costs no transaction, and one that died in the pool is replaced."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

from shared import database as module
from shared.database import Database, UtcDateTime

PID: sa.Select[*tuple[Any, ...]] = sa.select(sa.func.pg_backend_pid().label("pid"))


def glanced(database: Database, statement: sa.Select[*tuple[Any, ...]], **parameters: Any) -> Any:
    """Return the row of a glance, which is there."""
    row = database.glance(statement, parameters)
    assert row is not None
    return row


def test_a_glance_gives_the_first_row(database_url: str) -> None:
    database = Database(database_url)
    n = sa.bindparam("n", type_=sa.Integer)
    statement = sa.select((n + 1).label("more"), sa.cast("2026", sa.String).label("year"))
    row = glanced(database, statement, n=41)
    assert (tuple(row), row.more, row.year) == ((42, "2026"), 42, "2026")
    assert database.glance(statement.where(sa.false()), {"n": 41}) is None
    with database.write() as db:
        db.execute(sa.text("CREATE TABLE things (name TEXT)"))
    with database.write() as db:  # transactions are as before
        db.execute(sa.text("INSERT INTO things VALUES ('one')"))
        db.rollback()
    counted = sa.select(sa.func.count().label("things")).select_from(sa.table("things"))
    assert database.glance(counted) == (0,)
    database.dispose()


def test_a_connection_that_died_in_the_pool_is_replaced(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRUSTED_FOR", 0.0)
    database, other = Database(postgresql_url), Database(postgresql_url)
    first = glanced(database, PID).pid
    with other.read() as db:
        db.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    assert glanced(database, PID).pid != first
    database.dispose()
    other.dispose()


def test_a_connection_used_a_moment_ago_is_not_asked_whether_it_lives(
    postgresql_url: str,
) -> None:
    database = Database(postgresql_url)
    assert len({glanced(database, PID).pid for _ in range(3)}) == 1
    with database.read() as db:
        first = db.scalar(PID)
    with database.read() as db:
        assert db.scalar(PID) == first
    database.dispose()


def test_a_connection_that_dies_while_it_is_trusted_is_replaced_for_a_glance(
    postgresql_url: str,
) -> None:
    database, other = Database(postgresql_url), Database(postgresql_url)
    first = glanced(database, PID).pid
    with other.read() as db:
        db.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
        gone = sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
        while db.scalar(gone, {"pid": first}):
            db.execute(sa.text("SELECT pg_stat_clear_snapshot()"))
    assert glanced(database, PID).pid != first
    database.dispose()
    other.dispose()


def test_a_glance_tells_times_in_utc_whatever_the_servers_zone(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    with database.read() as db:
        db.execute(sa.text(f"ALTER DATABASE {database.url.database} SET timezone = 'Asia/Tokyo'"))
        db.commit()
    noon = sa.cast("2026-10-02T12:00:00+02:00", sa.DateTime(timezone=True))
    seen = glanced(database, sa.select(sa.type_coerce(noon, UtcDateTime()).label("noon"))).noon
    assert (seen, seen.tzinfo) == (datetime(2026, 10, 2, 10, tzinfo=UTC), UTC)
    database.dispose()


def test_a_glance_begins_no_transaction_and_what_it_cannot_do_is_sqlalchemys_error(
    postgresql_url: str,
) -> None:
    database, other = Database(postgresql_url), Database(postgresql_url)
    pid = glanced(database, PID).pid
    with other.read() as db:
        state = sa.text("SELECT state FROM pg_stat_activity WHERE pid = :pid")
        assert db.scalar(state, {"pid": pid}) == "idle"
    nowhere: sa.Select[*tuple[Any, ...]] = sa.select(sa.column("x")).select_from(
        sa.table("nowhere")
    )
    with pytest.raises(ProgrammingError, match="nowhere"):
        database.glance(nowhere)
    database.dispose()
    other.dispose()


def test_a_glance_at_a_server_that_is_away_is_sqlalchemys_error(postgresql_url: str) -> None:
    url = sa.make_url(postgresql_url).set(port=1)
    database = Database(url.render_as_string(hide_password=False))
    with pytest.raises(OperationalError):
        database.glance(PID)
    database.dispose()


def test_connections_are_kept_however_many_were_in_use(postgresql_url: str) -> None:
    database = Database(postgresql_url)

    def used_together() -> set[int]:
        with ExitStack() as stack:
            sessions = [stack.enter_context(database.read()) for _ in range(16)]
            return {db.scalar(sa.text("SELECT pg_backend_pid()")) or 0 for db in sessions}

    first = used_together()
    assert (len(first), used_together()) == (16, first)
    database.dispose()
