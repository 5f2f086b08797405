"""What the console's first page reads: the editions, and how much is in each."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Edition, PublishedSession, Session
from services.scheduling.queries.released import EDITION_SLUG


def editions_at_a_glance(db: DbSession) -> Sequence[sa.Row[Any]]:
    """Return every edition, the latest first, with counts of its programme.

    The names, dates and `sessions`, `activities`, `venues` are those being worked on; `released`
    counts the sessions that the public is shown, `cancelled` those of them that are cancelled.
    `public_slug` is null until the edition's first release.
    """
    working = (
        sa.select(
            Session.edition_id,
            sa.func.count().label("sessions"),
            sa.func.count(sa.distinct(Session.activity_id)).label("activities"),
            sa.func.count(sa.distinct(Session.venue_id)).label("venues"),
        )
        .group_by(Session.edition_id)
        .subquery("working")
    )
    cancelled = sa.func.count().filter(PublishedSession.status == "cancelled")
    released = (
        sa.select(
            PublishedSession.edition_id,
            sa.func.count().label("released"),
            cancelled.label("cancelled"),
        )
        .group_by(PublishedSession.edition_id)
        .subquery("released")
    )
    counts = (*list(working.c)[1:], *list(released.c)[1:])
    return db.execute(
        sa.select(
            Edition.id,
            Edition.slug,
            Edition.name_fr,
            Edition.name_en,
            Edition.starts_on,
            Edition.ends_on,
            EDITION_SLUG.label("public_slug"),
            *(sa.func.coalesce(count, 0).label(count.name) for count in counts),
        )
        .outerjoin(working, working.c.edition_id == Edition.id)
        .outerjoin(released, released.c.edition_id == Edition.id)
        .order_by(Edition.starts_on.desc(), Edition.id)
    ).all()
