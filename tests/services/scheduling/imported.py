"""What tests of imports share: a programme of records, and what is stored afterwards."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.scheduling.domain.importing import (
    Report,
)
from services.scheduling.domain.programme import (
    ActivityRecord,
    EditionRecord,
    OrganisationRecord,
    Programme,
    SessionRecord,
    SpaceRecord,
    VenueRecord,
)
from services.scheduling.models import (
    Base,
    PublishedSession,
    Session,
)
from shared.context import ServiceContext
from shared.messaging.tables import OUTBOX


def counts_of(report: Report) -> dict[str, tuple[int, int, int]]:
    """Return a report's counts as (created, changed, unchanged), without nouns that have none."""
    counts = {
        noun: (count.created, count.changed, count.unchanged)
        for noun, count in report.counts.items()
    }
    return {noun: count for noun, count in counts.items() if any(count)}


def sessions_of(context: ServiceContext) -> dict[str, Session]:
    """Return the stored sessions by their name in the source."""
    with context.database.read() as db:
        return {session.source_id or "": session for session in db.scalars(sa.select(Session))}


def published_of(context: ServiceContext) -> dict[str, PublishedSession]:
    """Return the released sessions by their name in the source."""
    with context.database.read() as db:
        rows = db.execute(
            sa.select(Session.source_id, PublishedSession).join(
                PublishedSession, PublishedSession.id == Session.id
            )
        )
        return {source_id or "": published for source_id, published in rows}


def events_of(context: ServiceContext) -> list[Any]:
    """Return the recorded events, in order."""
    with context.database.read() as db:
        return list(db.execute(sa.select(OUTBOX).order_by(OUTBOX.c.row)))


def row_counts(context: ServiceContext) -> dict[str, int]:
    """Return how many rows each table has."""
    with context.database.read() as db:
        return {
            table.name: db.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def programme(**changes: Any) -> Programme:
    """Return a programme of every kind of record, as a source that states everything has it."""
    starts_at = datetime(2026, 10, 2, 8, 0, tzinfo=UTC)
    session = SessionRecord(
        "s1",
        activity="a1",
        venue="v1",
        space="p1",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        registration="here",
        capacity=12,
        seat_categories=("children",),
        status="confirmed",
    )
    values: dict[str, Any] = {
        "source": "test",
        "edition": EditionRecord(
            slug="fds-2026",
            festival_slug="fds",
            festival_name_fr="Fête de la science",
            name_fr="Fête de la science 2026",
            starts_on=date(2026, 10, 2),
            ends_on=date(2026, 10, 12),
            time_zone="Europe/Paris",
        ),
        "organisations": (OrganisationRecord("o1", "Muséum", "bonjour@museum.example"),),
        "venues": (
            VenueRecord(
                "v1",
                "Muséum",
                address="1 rue Dolomieu",
                postcode="38000",
                commune_code="38185",
                commune_name="Grenoble",
                commune_latitude=45.18,
                commune_longitude=5.72,
            ),
        ),
        "spaces": (SpaceRecord("p1", "v1", "Auditorium", 80),),
        "activities": (ActivityRecord("a1", "Voir un muon", organisation="o1", age_min=8),),
        "sessions": (session,),
        **changes,
    }
    return Programme(**values)
