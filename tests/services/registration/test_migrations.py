"""A database of the first version, with people in it, becomes one of the present version."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command

from services.registration.domain.counting import count_seats
from services.registration.models import Booking, Registration, RegistrationNote, SessionSeats
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


def _insert(connection, table, values):
    """Store a row of a table that was reflected: SQLite has ids as text there."""
    sqlite = connection.dialect.name == "sqlite"
    row = {
        name: value.hex if isinstance(value, UUID) and sqlite else value
        for name, value in values.items()
    }
    connection.execute(sa.insert(table).values(row))


def _fill(connection, tables, session):
    def insert(table, **values):
        _insert(connection, tables[table], values)

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


def test_what_the_staff_sent_becomes_history_and_what_they_wrote_stays_a_note(database_url):
    database = Database(database_url)
    with database.engine.begin() as connection:
        command.upgrade(configuration("registration", connection), "0004")
        connection.execute(
            sa.insert(INSTALLATION), {"service": "registration", "installed_at": NOW}
        )
    tables = sa.MetaData()
    tables.reflect(database.engine)
    with database.engine.begin() as connection:
        for name, email in (("Ana", "ana@example.org"), ("Zoé", None)):
            registration = new_id()
            _insert(
                connection,
                tables.tables["registrations"],
                {
                    "id": registration,
                    "token": name,
                    "code": name,
                    "ticket": "P1.",
                    "email": email,
                    "name": name,
                    "locale": "fr",
                    "status": "active",
                    "version": 1,
                    "registered_at": NOW,
                },
            )
            for text in (
                "Vient à vélo.",
                "Message envoyé\u00a0: Bottes\n\nIl a plu.",
                "Another session proposed: Saturday",
                "Lien renvoyé par courriel",
            ):
                _insert(
                    connection,
                    tables.tables["registration_notes"],
                    {
                        "id": new_id(),
                        "registration_id": registration,
                        "text": text,
                        "written_at": NOW,
                        "account_id": new_id(),
                        "account_name": "Nour",
                    },
                )
    database.dispose()
    context = make_context("registration", database_url)
    try:
        with context.database.read() as db:
            rows = db.execute(
                sa.select(Registration.name, RegistrationNote.kind, RegistrationNote.text)
                .join(Registration, Registration.id == RegistrationNote.registration_id)
                .order_by(RegistrationNote.id)
            ).all()
    finally:
        context.database.dispose()
    assert [tuple(row) for row in rows] == [
        ("Ana", "note", "Vient à vélo."),
        ("Ana", "message_mailed", "Bottes\n\nIl a plu."),
        ("Ana", "move_mailed", "Saturday"),
        ("Ana", "link_mailed", ""),
        ("Zoé", "note", "Vient à vélo."),
        ("Zoé", "message_to_call", "Bottes\n\nIl a plu."),
        ("Zoé", "move_to_call", "Saturday"),
        ("Zoé", "link_mailed", ""),
    ]
