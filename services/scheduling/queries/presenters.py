"""What the console shows of presenters: where they are credited, and when they are where."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    Commune,
    Edition,
    Organisation,
    Presenter,
    Session,
    SessionPresenter,
    Venue,
)
from shared.text import fold


def presenters(
    db: DbSession, words: str = "", organisations: frozenset[UUID] | None = None
) -> list[Any]:
    """Return the presenters whose name or organisation has these words, by name.

    With `organisations` those of these alone.
    """
    query = (
        sa.select(
            Presenter.id,
            Presenter.name,
            Organisation.name.label("organisation"),
            sa.func.count(ActivityPresenter.activity_id).label("activities"),
        )
        .outerjoin(Organisation, Organisation.id == Presenter.organisation_id)
        .outerjoin(ActivityPresenter, ActivityPresenter.presenter_id == Presenter.id)
        .group_by(Presenter.id, Organisation.name)
    )
    if organisations is not None:
        query = query.where(Presenter.organisation_id.in_(organisations))
    wanted = fold(words).split()
    found = [
        row
        for row in db.execute(query)
        if all(word in fold(f"{row.name} {row.organisation or ''}") for word in wanted)
    ]
    return sorted(found, key=lambda row: (fold(row.name), str(row.id)))


def sessions_crediting(db: DbSession, presenter_id: UUID) -> Sequence[Any]:
    """Return the sessions of the activities that credit a presenter, in order of time.

    Whether a session names others instead is told by `domain/casting.py`.
    """
    credited = sa.select(ActivityPresenter.activity_id).where(
        ActivityPresenter.presenter_id == presenter_id
    )
    return db.execute(
        sa.select(
            Session,
            Activity.title_fr,
            Activity.title_en,
            Edition.slug,
            sa.func.coalesce(Venue.time_zone, Edition.time_zone).label("time_zone"),
            Venue.name.label("venue"),
            Commune.name.label("commune"),
        )
        .join(Activity, Activity.id == Session.activity_id)
        .join(Edition, Edition.id == Session.edition_id)
        .join(Venue, Venue.id == Session.venue_id)
        .outerjoin(Commune, Commune.id == Venue.commune_id)
        .where(Session.activity_id.in_(credited), Session.status == "confirmed")
        .order_by(Session.starts_at, Session.id)
    ).all()


def cast_choices(db: DbSession, session: Session) -> tuple[Sequence[Any], set[UUID]]:
    """Return who is credited by a session's activity, and those of them whom the session names."""
    credited = db.execute(
        sa.select(Presenter.id, Presenter.name)
        .join(ActivityPresenter, ActivityPresenter.presenter_id == Presenter.id)
        .where(ActivityPresenter.activity_id == session.activity_id)
        .order_by(ActivityPresenter.position, Presenter.id)
    ).all()
    named = db.scalars(
        sa.select(SessionPresenter.presenter_id).where(SessionPresenter.session_id == session.id)
    )
    return credited, set(named)
