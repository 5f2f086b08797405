"""Presenters: the people who are there, known to activities by the names that these credit."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.fields import (
    email,
    line,
    paragraphs,
    reference,
    telephone,
)
from services.scheduling.domain.editing.references import InUse, check_reference, count
from services.scheduling.domain.editing.revisions import change, take, touch
from services.scheduling.domain.editing.searchable import refresh_searchable_of
from services.scheduling.models import (
    Activity,
    ActivityPresenter,
    FeedToken,
    Organisation,
    Presenter,
    PublishedPresenter,
    Session,
    SessionPresenter,
    Unavailability,
)
from shared.i18n import lazy_gettext as _
from shared.identifiers import new_id
from shared.text import fold

FIELDS = {
    "name": line(120, required=True),
    "organisation_id": reference(),
    "email": email(),
    "telephone": telephone(),
    "note": paragraphs(2000),
}


def create_presenter(
    db: DbSession,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
    row_id: UUID | None = None,
) -> Presenter:
    """Make a presenter, whom activities may credit by name. Raises `Invalid`."""
    draft = Draft(FIELDS, values)
    check_reference(db, draft, "organisation_id", Organisation)
    presenter = Presenter(
        id=row_id or new_id(), edited_at=now, edited_by_id=account_id, **draft.values()
    )
    db.add(presenter)
    db.flush()
    return presenter


def save_presenter(
    db: DbSession,
    presenter_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Presenter:
    """Change a presenter; activities that credit them follow a new name.

    Raises `Unknown`, `Conflict` or `Invalid`.
    """
    presenter = take(db, Presenter, presenter_id, revision)
    draft = Draft(FIELDS, values, presenter)
    check_reference(db, draft, "organisation_id", Organisation)
    old_name = presenter.name
    if change(presenter, draft.values(), account_id=account_id, now=now):
        db.flush()
        if presenter.name != old_name:
            recredit(db, presenter.id, old_name, presenter.name, account_id=account_id, now=now)
    return presenter


def delete_presenter(db: DbSession, presenter_id: UUID, revision: int | None) -> None:
    """Delete a presenter whom no activity credits. Raises `Unknown`, `Conflict` or `InUse`."""
    presenter = take(db, Presenter, presenter_id, revision, to_delete=True)
    if count(db, ActivityPresenter.presenter_id, presenter.id):
        raise InUse(_("Des animations citent cette personne : retirez-la d’abord."))
    if count(db, PublishedPresenter.presenter_id, presenter.id):
        raise InUse(_("Des séances l’annoncent encore : publiez d’abord leurs changements."))
    for model in (SessionPresenter, Unavailability, FeedToken):
        db.execute(sa.delete(model).where(model.presenter_id == presenter.id))
    db.delete(presenter)
    db.flush()


def recredit(
    db: DbSession,
    presenter_id: UUID,
    old_name: str,
    new_name: str,
    *,
    account_id: UUID | None,
    now: datetime,
) -> None:
    """Let the activities that credit somebody under one name credit them under another."""
    credited = sa.select(ActivityPresenter.activity_id).where(
        ActivityPresenter.presenter_id == presenter_id
    )
    activities = db.scalars(
        sa.select(Activity)
        .where(Activity.id.in_(credited))
        .order_by(Activity.id)
        .with_for_update(of=Activity)
    ).all()
    wanted = fold(old_name)
    for activity in activities:
        names = [new_name if fold(name) == wanted else name for name in activity.presenters]
        activity.presenters = list(dict.fromkeys(names))
        touch(activity, account_id=account_id, now=now)
    refresh_searchable_of(db, Session.activity_id.in_([activity.id for activity in activities]))


def narrow_session(
    db: DbSession,
    session_id: UUID,
    presenters: set[UUID],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Session:
    """Say who of its activity's presenters is at a session; all of them where none is named.

    Whom the activity does not credit is left out. Raises `Unknown`.
    """
    session = take(db, Session, session_id, None)
    credited = set(
        db.scalars(
            sa.select(ActivityPresenter.presenter_id).where(
                ActivityPresenter.activity_id == session.activity_id
            )
        )
    )
    wanted = presenters & credited
    wanted = set() if wanted == credited else wanted
    stored = set(
        db.scalars(
            sa.select(SessionPresenter.presenter_id).where(
                SessionPresenter.session_id == session_id
            )
        )
    )
    if wanted == stored:
        return session
    db.execute(sa.delete(SessionPresenter).where(SessionPresenter.session_id == session_id))
    if wanted:
        rows = [{"session_id": session_id, "presenter_id": one} for one in sorted(wanted)]
        db.execute(sa.insert(SessionPresenter), rows)
    touch(session, account_id=account_id, now=now)
    db.flush()
    return session
