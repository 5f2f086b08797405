"""Storing many rows at once gives the same on both databases."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from shared.bulk import Rows, Update, store_together
from shared.database import Database, Json, UtcDateTime
from shared.identifiers import new_id

METADATA = sa.MetaData()
PLACES = sa.Table(
    "places",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.String(20), nullable=False),
    sa.Column("tags", Json),
    sa.Column("opened_at", UtcDateTime),
)
VISITS = sa.Table("visits", METADATA, sa.Column("place", sa.Text), sa.Column("number", sa.Integer))
ADD = Update(
    sa.update(VISITS)
    .where(VISITS.c.place == sa.bindparam("of_place"))
    .values(number=VISITS.c.number + sa.bindparam("more")),
    "UPDATE visits SET number = number + more FROM jsonb_to_recordset(%s::jsonb) "
    "AS change (of_place text, more integer) WHERE place = of_place",
    [{"of_place": "casemate", "more": 3}],
)
NOON = datetime(2026, 10, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url):
    made = Database(database_url)
    METADATA.create_all(made.engine)
    yield made
    made.dispose()


def place(name, **values):
    return {"id": new_id(), "name": name, "tags": ["é", None], "opened_at": NOON, **values}


def test_rows_of_several_tables_and_an_update_are_stored_and_counted(database):
    rows = [place("casemate"), place("muséum")]
    with database.write() as db:
        assert store_together(db, Rows(VISITS, [{"place": "casemate", "number": 1}])) == [1]
    with database.write() as db:
        assert store_together(db, Rows(PLACES, rows), Rows(VISITS, []), ADD) == [2, 0, 1]
    with database.read() as db:
        stored = db.execute(sa.select(PLACES).order_by(PLACES.c.id)).mappings().all()
        assert [dict(row) for row in stored] == rows
        assert db.scalars(sa.select(VISITS.c.number)).all() == [4]


def test_rows_that_exist_are_left_alone_when_asked_for(database):
    first = place("casemate")
    with database.write() as db:
        store_together(db, Rows(PLACES, [first]))
    again = [{**first, "name": "another"}, place("muséum")]
    with database.write() as db:
        assert store_together(db, Rows(PLACES, again, ignoring=True)) == [1]
    with database.read() as db:
        assert set(db.scalars(sa.select(PLACES.c.name))) == {"casemate", "muséum"}


def test_a_part_that_fails_takes_the_others_with_it(database):
    good, bad = place("casemate"), place(None)
    with pytest.raises(sa.exc.IntegrityError), database.write() as db:
        store_together(db, Rows(VISITS, [{"place": "x", "number": 1}]), Rows(PLACES, [good, bad]))
    with database.read() as db:
        assert db.execute(sa.select(VISITS)).all() == []


def test_nothing_is_asked_of_the_database_for_no_rows(database):
    with database.write() as db:
        assert store_together(db, Rows(PLACES, []), Rows(VISITS, [])) == [0, 0]


def test_a_row_that_was_read_can_be_stored_again_within_another(database):
    with database.write() as db:
        store_together(db, Rows(PLACES, [place("casemate")]))
    with database.write() as db:
        read = db.execute(sa.select(PLACES.c.name, PLACES.c.tags)).one()
        store_together(db, Rows(PLACES, [place("muséum", tags=dict(read._mapping))]))
    with database.read() as db:
        tags = db.scalar(sa.select(PLACES.c.tags).where(PLACES.c.name == "muséum"))
    assert tags == {"name": "casemate", "tags": ["é", None]}


@pytest.mark.parametrize("value", [datetime(2026, 10, 10), object(), {1, 2}])
def test_what_has_no_text_of_its_own_is_refused(database, value):
    with pytest.raises((TypeError, sa.exc.StatementError)), database.write() as db:
        store_together(db, Rows(PLACES, [place("casemate", tags=value)]))
    with database.read() as db:
        assert db.execute(sa.select(PLACES)).all() == []
