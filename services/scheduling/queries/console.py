"""What the console's first page reads: the editions, and how much is in each."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Edition, Session


def editions_at_a_glance(db: DbSession) -> Sequence[sa.Row[Any]]:
    """Return every edition, the latest first, with counts of its programme."""

    def count(column: Any) -> Any:
        return sa.func.count(sa.distinct(column))

    return db.execute(
        sa.select(
            Edition.id,
            Edition.slug,
            Edition.name_fr,
            Edition.name_en,
            Edition.starts_on,
            Edition.ends_on,
            sa.func.count(Session.id).label("sessions"),
            sa.func.count(Session.id).filter(Session.status == "cancelled").label("cancelled"),
            count(Session.activity_id).label("activities"),
            count(Session.venue_id).label("venues"),
        )
        .outerjoin(Session, Session.edition_id == Edition.id)
        .group_by(Edition.id)
        .order_by(Edition.starts_on.desc(), Edition.id)
    ).all()
