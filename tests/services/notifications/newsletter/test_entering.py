"""An installation that knew a programme before there was a letter: it is entered, and no news."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import command

from services.notifications.domain.newsletter.news import list_programme
from services.notifications.domain.newsletter.programme import keep_entry
from shared.database import Database
from shared.migrations import configuration, migrate
from shared.testing.contexts import NOW
from tests.services.notifications.events import session_published


def test_what_was_known_is_entered_as_its_events_would(database_url):
    event = session_published()
    database = Database(database_url)
    with database.engine.connect() as connection:
        command.upgrade(configuration("notifications", connection), "0004")
        connection.commit()
    with database.engine.begin() as connection:
        copies = sa.table(
            "session_copies",
            sa.column("id", sa.Uuid()),
            sa.column("version"),
            sa.column("details", sa.JSON()),
        )
        row = {"id": event.aggregate_id, "version": 1, "details": event.data}
        connection.execute(sa.insert(copies), row)
    migrate(database_url, "notifications")

    with database.read() as db:
        [entered] = list_programme(db, now=NOW)
    with database.write() as db:
        db.execute(sa.text("DELETE FROM programme_entries"))
        keep_entry(db, event, now=datetime(2026, 9, 1, 8, tzinfo=UTC))
    with database.read() as db:
        [kept] = list_programme(db, now=NOW)
    database.dispose()

    assert entered.noticed_at == datetime(2026, 9, 1, 8, tzinfo=UTC)
    names = set(vars(kept)) - {"noticed_at"}
    assert {name: getattr(entered, name) for name in names} == {
        name: getattr(kept, name) for name in names
    }
