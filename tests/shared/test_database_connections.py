"""Connections: one SELECT costs no transaction, and one that died in the pool is replaced."""

import pytest
import sqlalchemy as sa

from shared import database as module
from shared.database import Database

PID = sa.text("SELECT pg_backend_pid()")


def test_a_glance_gives_the_first_row(database_url: str) -> None:
    database = Database(database_url)
    statement = sa.select(sa.bindparam("n", type_=sa.Integer) + 1)
    assert tuple(database.glance(statement, {"n": 41}) or ()) == (42,)
    assert database.glance(sa.text("SELECT 1 WHERE 1 = 0")) is None
    with database.write() as db:
        db.execute(sa.text("CREATE TABLE things (name TEXT)"))
    with database.write() as db:  # transactions are as before
        db.execute(sa.text("INSERT INTO things VALUES ('one')"))
        db.rollback()
    assert database.glance(sa.text("SELECT count(*) FROM things")) == (0,)
    database.dispose()


def test_a_connection_that_died_in_the_pool_is_replaced(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TRUSTED_FOR", 0.0)
    database, other = Database(postgresql_url), Database(postgresql_url)
    with database.read() as db:
        first = db.scalar(PID)
    with other.read() as db:
        db.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    row = database.glance(PID)
    assert row is not None
    assert row[0] != first
    database.dispose()
    other.dispose()


def test_a_connection_used_a_moment_ago_is_not_asked_whether_it_lives(
    postgresql_url: str,
) -> None:
    database = Database(postgresql_url)
    pids = {(database.glance(PID) or [None])[0] for _ in range(3)}
    with database.read() as db:
        pids.add(db.scalar(PID))
    assert len(pids) == 1
    database.dispose()
