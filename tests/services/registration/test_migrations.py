"""A database of the first version, with people in it, becomes one of the present version."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command

from services.registration.domain.counting import count_seats
from services.registration.models import Booking, Registration, SessionSeats
from shared.database import Database
from shared.identifiers import new_id
from shared.messaging.tables import INSTALLATION
from shared.migrations import configuration
from shared.testing.contexts import NOW, make_context
from tests.services.registration.factories import recorded, session_data

CAPACITY = 4


@pytest.fixture
def first_version(database_url):
    """Return a database as the first migration made it, with four bookings, and its session."""
    database = Database(database_url)
    with database.engine.begin() as connection:
        command.upgrade(configuration("registration", connection), "0001")
        connection.execute(
            sa.insert(INSTALLATION), {"service": "registration", "installed_at": NOW}
        )
    tables = sa.MetaData()
    tables.reflect(database.engine)
    session = new_id()
    with database.engine.begin() as connection:
        _fill(connection, tables.tables, session)
    database.dispose()
    return database_url, session


def _fill(connection, tables, session):
    sqlite = connection.dialect.name == "sqlite"

    def plain(value):
        if isinstance(value, UUID) and sqlite:
            return value.hex
        return value

    def insert(table, **values):
        row = {name: plain(value) for name, value in values.items()}
        connection.execute(sa.insert(tables[table]).values(row))

    details = session_data(id=str(session), capacity=CAPACITY)
    insert(
        "session_copies",
        id=session,
        version=7,
        edition_id=new_id(),
        status="confirmed",
        registration="here",
        starts_at=NOW,
        ends_at=NOW,
        details=details,
    )
    insert(
        "session_seats",
        session_id=session,
        capacity=CAPACITY,
        ceiling=CAPACITY,
        taken=3,
        waiting=1,
        bookable=True,
        seat_categories=["adults"],
        closes_at=NOW,
        version=9,
        counted_version=9,
    )
    for number, status in enumerate(("confirmed", "confirmed", "waitlisted", "cancelled")):
        registration = new_id()
        insert(
            "registrations",
            id=registration,
            token=f"token{number}",
            code=f"code{number}",
            ticket="P1.",
            email="Camille@Example.org",
            name="Camille",
            locale="fr",
            status="active",
            version=1,
            registered_at=NOW,
        )
        insert(
            "bookings",
            id=new_id(),
            registration_id=registration,
            session_id=session,
            party={"adults": 1 + number % 2},
            seats=1 + number % 2,
            status=status,
            revision=0,
            changed_at=NOW,
        )


def test_bookings_are_counted_and_told_and_sessions_keep_their_versions(first_version):
    url, session = first_version
    context = make_context("registration", url)
    try:
        with context.database.read() as db:
            row = db.get_one(SessionSeats, session)
            ended = db.scalars(sa.select(Booking.ended_for).order_by(Booking.id)).all()
            addresses = set(db.scalars(sa.select(Registration.email)))
        assert addresses == {"camille@example.org"}
        assert (row.bookings, row.taken, row.waiting, row.session_version) == (2, 3, 1, 7)
        assert row.categories == ["adults", "children", "pupils", "accompanying"]
        assert ended == [None, None, None, "contact"]
        with context.database.write() as db:
            assert count_seats(db, now=context.clock()) == 1
        [(_, version, counted)] = recorded(context)
        assert version == 10
        assert (counted["bookings"], counted["seats_taken"], counted["waiting"]) == (2, 3, 1)
    finally:
        context.database.dispose()
