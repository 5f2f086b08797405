"""Crediting: the names that an activity prints become the people who are there.

One name of one organisation is one person; a name without an organisation is one person too. Two
who are the same can be merged by hand. What has no letter, or is an e-mail address, is nobody.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.people import is_somebody
from services.scheduling.models import Activity, ActivityPresenter, Presenter
from shared.identifiers import new_id
from shared.text import fold

#: How a person is found again: the folded name, and the organisation.
Known = dict[tuple[str, UUID | None], UUID]


def credit(
    db: DbSession, activities: Collection[UUID], *, account_id: UUID | None, now: datetime
) -> None:
    """Make the presenters of these activities those whom they name, and make whoever is new.

    Whoever an activity had already under that name stays, whatever their organisation.
    """
    db.flush()
    rows = db.execute(
        sa.select(Activity.id, Activity.organisation_id, Activity.presenters).where(
            Activity.id.in_(activities)
        )
    ).all()
    linked = _linked(db, activities)
    known = _known(db, {row.organisation_id for row in rows})
    people: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    stale: list[UUID] = []
    for row in rows:
        own = linked.get(row.id, {})
        wanted: dict[UUID, int] = {}
        for name in filter(is_somebody, row.presenters):
            key = (fold(name), row.organisation_id)
            presenter_id = own.get(key[0]) or known.get(key)
            if presenter_id is None:
                presenter_id = known[key] = new_id()
                people.append(
                    {
                        "id": presenter_id,
                        "name": name,
                        "organisation_id": row.organisation_id,
                        "edited_at": now,
                        "edited_by_id": account_id,
                    }
                )
            wanted.setdefault(presenter_id, len(wanted))
        if list(own.values()) != list(wanted):
            stale.append(row.id)
            links += [
                {"activity_id": row.id, "presenter_id": presenter_id, "position": position}
                for presenter_id, position in wanted.items()
            ]
    if people:
        db.execute(sa.insert(Presenter), people)
    if stale:
        db.execute(sa.delete(ActivityPresenter).where(ActivityPresenter.activity_id.in_(stale)))
    if links:
        db.execute(sa.insert(ActivityPresenter), links)


def _linked(db: DbSession, activities: Collection[UUID]) -> Mapping[UUID, dict[str, UUID]]:
    linked: dict[UUID, dict[str, UUID]] = {}
    rows = db.execute(
        sa.select(ActivityPresenter.activity_id, Presenter.id, Presenter.name)
        .join(Presenter, Presenter.id == ActivityPresenter.presenter_id)
        .where(ActivityPresenter.activity_id.in_(activities))
        .order_by(ActivityPresenter.position)
    )
    for activity_id, presenter_id, name in rows:
        linked.setdefault(activity_id, {})[fold(name)] = presenter_id
    return linked


def _known(db: DbSession, organisations: Collection[UUID | None]) -> Known:
    among = sa.or_(
        Presenter.organisation_id.in_([one for one in organisations if one is not None]),
        Presenter.organisation_id.is_(None) if None in organisations else sa.false(),
    )
    rows = db.execute(
        sa.select(Presenter.id, Presenter.name, Presenter.organisation_id)
        .where(among)
        .order_by(Presenter.id.desc())
    )
    return {(fold(row.name), row.organisation_id): row.id for row in rows}
