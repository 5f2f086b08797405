"""What the map shows: where sessions are, counted by venue."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import PublishedSession
from services.scheduling.queries.programme import ProgrammeFilter, in_edition
from services.scheduling.queries.released import PublicEdition


def venues_on_map(db: DbSession, edition: PublicEdition, wanted: ProgrammeFilter) -> Sequence[Any]:
    """Return the venues of the sessions that match, by commune and name, with their numbers.

    A venue without a position has none (`latitude` is null); it belongs in the list all the same.
    """
    name = sa.func.max(PublishedSession.venue_name).label("name")
    commune = sa.func.max(PublishedSession.commune_name).label("commune")
    return db.execute(
        sa.select(
            PublishedSession.venue_id,
            name,
            commune,
            sa.func.max(PublishedSession.insee_code).label("insee_code"),
            sa.func.max(PublishedSession.latitude).label("latitude"),
            sa.func.max(PublishedSession.longitude).label("longitude"),
            sa.func.count().label("sessions"),
            sa.func.max(PublishedSession.time_zone).label("time_zone"),
            sa.func.min(PublishedSession.starts_at).label("first"),
        )
        .where(*in_edition(edition, wanted))
        .group_by(PublishedSession.venue_id)
        .order_by(commune, name, PublishedSession.venue_id)
    ).all()


def sessions_to_print(
    db: DbSession, edition: PublicEdition, wanted: ProgrammeFilter, limit: int
) -> Sequence[Any]:
    """Return up to `limit` + 1 sessions that match, by commune, then in order of time."""
    return db.execute(
        sa.select(
            *(
                getattr(PublishedSession, name)
                for name in (
                    *("id", "starts_at", "ends_at", "time_zone", "kind", "status", "weekly_hours"),
                    *("title_fr", "title_en", "audience", "age_min", "age_max", "registration"),
                    *("registration_link", "registration_telephone", "registration_email"),
                    *("registration_full", "seats_left", "commune_name", "venue_name"),
                    *("space_name", "organisation_name", "format", "registration_opens_at"),
                    "registration_closes_at",
                )
            )
        )
        .where(*in_edition(edition, wanted))
        .order_by(
            PublishedSession.commune_name.is_(None),
            PublishedSession.commune_name,
            PublishedSession.starts_at,
            PublishedSession.id,
        )
        .limit(limit + 1)
    ).all()
