"""One statement of its own: done whole, or known not to be done, however the server fares."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from shared.at_once import MARGIN, Undone
from shared.bulk import Given, Rows, store_at_once
from shared.database import Database
from shared.deadlines import answer_within

_metadata = sa.MetaData()
BOXES = sa.Table(
    "boxes",
    _metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("room", sa.Integer, sa.CheckConstraint("room >= 0"), nullable=False),
)
LABELS = sa.Table("labels", _metadata, sa.Column("text", sa.String, primary_key=True))

_AS_SEEN = (
    "SELECT 1 FROM boxes JOIN jsonb_to_recordset(%s::jsonb) AS seen (box text, had integer) "
    "ON name = box WHERE room = had ORDER BY name FOR UPDATE OF boxes"
)


@pytest.fixture
def database(postgresql_url: str) -> Iterator[Database]:
    made = Database(postgresql_url)
    _metadata.create_all(made.engine)
    yield made
    made.dispose()


def box(name: str, room: int) -> dict[str, str | int]:
    return {"name": name, "room": room}


def seen(**rooms: int) -> Given:
    return Given(_AS_SEEN, [{"box": name, "had": room} for name, room in rooms.items()])


def stored(database: Database) -> list[tuple[str, str | int]]:
    with database.read() as db:
        boxes = [(row.name, row.room) for row in db.execute(sa.select(BOXES).order_by("name"))]
        return boxes + [("label", text) for text in db.scalars(sa.select(LABELS.c.text))]


def pid_of(database: Database) -> int:
    row = database.at_once("SELECT pg_backend_pid() WHERE statement_timestamp() < %s", ())
    assert row is not None
    return int(row[0])


def test_what_is_given_is_stored_with_all_its_parts_or_not_at_all(database: Database) -> None:
    label = Rows(LABELS, [{"text": "fragile"}])
    assert store_at_once(database, seen(), Rows(BOXES, [box("a", 1), box("b", 2)]))
    assert not store_at_once(database, seen(a=1, b=3), Rows(BOXES, [box("c", 0)]), label)
    assert not store_at_once(database, seen(a=1, z=1), Rows(BOXES, [box("c", 0)]), label)
    assert not store_at_once(database, seen(a=1), Rows(BOXES, [box("c", -1)]), label)
    assert not store_at_once(database, seen(a=1), label, Rows(BOXES, [box("b", 5)]))
    assert stored(database) == [("a", 1), ("b", 2)]
    assert store_at_once(database, seen(b=2, a=1), Rows(BOXES, [box("c", 0)]), label)
    assert stored(database) == [("a", 1), ("b", 2), ("c", 0), ("label", "fragile")]


def test_a_refusal_keeps_the_connection_and_what_the_server_gave_up_does_not(
    database: Database,
) -> None:
    before = pid_of(database)
    with pytest.raises(Undone):
        database.at_once("INSERT INTO boxes SELECT 'a', -1 WHERE now() < %s", ())
    assert pid_of(database) == before
    with pytest.raises(Undone):
        database.at_once("SELECT pg_terminate_backend(pg_backend_pid()) WHERE now() < %s", ())
    assert pid_of(database) != before


def test_what_waits_for_a_lock_too_long_is_never_done(database: Database) -> None:
    store_at_once(database, seen(), Rows(BOXES, [box("a", 1)]))
    with database.write() as holder:
        holder.execute(sa.select(BOXES).with_for_update())
        assert not store_at_once(database, seen(a=1), Rows(BOXES, [box("b", 1)]))
    assert stored(database) == [("a", 1)]
    assert store_at_once(database, seen(a=1), Rows(BOXES, [box("b", 1)]))


def test_whoever_has_no_time_left_to_know_does_not_begin(database: Database) -> None:
    with answer_within(MARGIN / 2):
        assert not store_at_once(database, seen(), Rows(BOXES, [box("a", 1)]))
    assert stored(database) == []
    with answer_within(MARGIN * 40):
        assert store_at_once(database, seen(), Rows(BOXES, [box("a", 1)]))


def test_a_server_that_is_away_did_nothing(database: Database) -> None:
    nowhere = Database(database.url.set(port=1).render_as_string(hide_password=False))
    with pytest.raises(Undone):
        nowhere.at_once("SELECT 1", ())
    nowhere.dispose()


def test_a_file_knows_no_such_statement(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(TypeError, match="PostgreSQL"):
        database.at_once("SELECT 1", ())
    database.dispose()
