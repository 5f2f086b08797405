"""Who presents which session: everybody whom its activity credits, unless it names some of them."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.session_parts import Cast
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    Presenter,
    Session,
    SessionPresenter,
)

#: Up to so many sessions are named in a statement; beyond, their editions are read whole.
NAMED = 500


def casts_of(db: DbSession, sessions: Collection[Session]) -> dict[UUID, Cast]:
    """Return the cast of each of these sessions by its id, in the order its activity credits it."""
    if not sessions:
        return {}
    credited: dict[UUID, list[UUID]] = defaultdict(list)
    for activity_id, presenter_id in db.execute(_credited(sessions)):
        credited[activity_id].append(presenter_id)
    narrowed: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for session_id, presenter_id, name in db.execute(_narrowed(sessions)):
        narrowed[session_id][presenter_id] = name
    return {
        session.id: _cast(credited.get(session.activity_id, []), narrowed.get(session.id, {}))
        for session in sessions
    }


def _credited(sessions: Collection[Session]) -> sa.Select[UUID, UUID]:
    query = sa.select(ActivityPresenter.activity_id, ActivityPresenter.presenter_id)
    query = query.order_by(ActivityPresenter.position, ActivityPresenter.presenter_id)
    if len(sessions) <= NAMED:
        ids = {session.activity_id for session in sessions}
        return query.where(ActivityPresenter.activity_id.in_(ids))
    editions = {session.edition_id for session in sessions}
    return query.join(Activity, Activity.id == ActivityPresenter.activity_id).where(
        Activity.edition_id.in_(editions)
    )


def _narrowed(sessions: Collection[Session]) -> sa.Select[UUID, UUID, str]:
    query = sa.select(SessionPresenter.session_id, Presenter.id, Presenter.name).join(
        Presenter, Presenter.id == SessionPresenter.presenter_id
    )
    if len(sessions) <= NAMED:
        return query.where(SessionPresenter.session_id.in_([session.id for session in sessions]))
    editions = {session.edition_id for session in sessions}
    return query.join(Session, Session.id == SessionPresenter.session_id).where(
        Session.edition_id.in_(editions)
    )


def _cast(credited: list[UUID], narrowed: dict[UUID, str]) -> Cast:
    present = tuple(identifier for identifier in credited if identifier in narrowed)
    if not present:  # nobody is named, or none of them is credited any more
        return Cast(tuple(credited))
    return Cast(present, tuple(narrowed[identifier] for identifier in present))
