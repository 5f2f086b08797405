"""A session on the grid and off it: placed where and when it will be, or put back into the tray.

It stays the same session, under the same id, with all that is known of it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.editing.drafting import Draft
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import Unknown, take
from services.scheduling.domain.editing.searchable import refresh_searchable
from services.scheduling.domain.editing.sessions import FIELDS, check_session
from services.scheduling.domain.editing.touring_ties import check_stop
from services.scheduling.domain.planning.kept import (
    KEPT,
    LAST_TIME,
    PRESENTERS,
    as_json,
    edited_values,
    from_json,
)
from services.scheduling.models import (
    Presenter,
    PublishedSession,
    ReleasedSession,
    Session,
    SessionPresenter,
    Stop,
    UnplacedSession,
)
from services.scheduling.models.base import Editable
from shared.i18n import lazy_gettext as _

#: What is said when a session is placed; the other fields are as they were in the tray.
PLACE = ("starts_at", "ends_at", "venue_id", "space_id")

#: What no given value is like, so that each is checked.
_UNSAID = object()
_NEVER = datetime.max.replace(tzinfo=UTC)


def place(
    db: DbSession,
    unplaced_id: UUID,
    revision: int | None,
    values: Mapping[str, Any],
    *,
    account_id: UUID | None,
    now: datetime,
) -> Session:
    """Give a session of the tray its time (aware instants) and its place, the fields of `PLACE`.

    Raises `Unknown`, `Conflict` or `Invalid`. A conflict with other sessions is no fault here: the
    working copy may hold it (`docs/decisions/the-planner-places-and-warns.md`).
    """
    unplaced = take(db, UnplacedSession, unplaced_id, revision, to_delete=True)
    draft = _placed(db, unplaced, values)
    kept = {name: value for name, value in from_json(unplaced.rest).items() if name in KEPT}
    columns = {"uid": f"{unplaced.id}@parvis", **kept, **draft.values()}
    if _is_elsewhere(db, columns):
        columns |= {"source": None, "source_id": None, "stated": None}
    session = Session(
        id=unplaced.id,
        edition_id=unplaced.edition_id,
        note=unplaced.note,
        revision=unplaced.revision + 1,
        edited_at=now,
        edited_by_id=account_id,
        **columns,
    )
    presenters = unplaced.rest.get(PRESENTERS, ())
    db.delete(unplaced)
    db.add(session)
    db.flush()
    _give_presenters(db, session.id, presenters)
    refresh_searchable(db, [session.id])
    return session


def check_place(
    db: DbSession, session_id: UUID, edition_id: UUID, values: Mapping[str, Any]
) -> None:
    """Refuse what `place`, or `save_session` with these fields of `PLACE`, would; change nothing.

    Raises `Invalid`, and `Unknown` where the edition has no such session.
    """
    row = db.get(Session, session_id) or db.get(UnplacedSession, session_id)
    if row is None or row.edition_id != edition_id:
        raise Unknown(str(session_id))
    if isinstance(row, UnplacedSession):
        draft = _placed(db, row, values)
    else:
        draft = Draft(FIELDS, values, row)
        check_session(db, draft, edition_id)
        check_stop(db, draft, row)
    draft.values()


def unplace(
    db: DbSession,
    session_id: UUID,
    revision: int | None,
    *,
    account_id: UUID | None,
    now: datetime,
) -> UnplacedSession:
    """Put a session that was never released back into the tray, where its place is a wish.

    Raises `Unknown`, `Conflict` or `InUse`.
    """
    session = take(db, Session, session_id, revision, to_delete=True)
    _check_free(db, session.id)
    of_session = SessionPresenter.session_id == session.id
    presenters = db.scalars(sa.select(SessionPresenter.presenter_id).where(of_session)).all()
    rest = as_json({name: getattr(session, name) for name in (*KEPT, *LAST_TIME)})
    rest[PRESENTERS] = sorted(map(str, presenters))
    unplaced = UnplacedSession(
        id=session.id,
        edition_id=session.edition_id,
        activity_id=session.activity_id,
        venue_id=session.venue_id,
        space_id=session.space_id,
        minutes=max(1, (session.ends_at - session.starts_at) // timedelta(minutes=1)),
        note=session.note,
        rest=rest,
        revision=session.revision + 1,
        edited_at=now,
        edited_by_id=account_id,
    )
    db.execute(sa.delete(SessionPresenter).where(of_session))
    db.delete(session)
    db.add(unplaced)
    db.flush()
    return unplaced


def can_unplace(db: DbSession, session_id: UUID) -> bool:
    """Tell whether a session may go back into the tray."""
    try:
        _check_free(db, session_id)
    except InUse:
        return False
    return True


def _placed(db: DbSession, unplaced: UnplacedSession, values: Mapping[str, Any]) -> Draft:
    given = {name: values.get(name) for name in PLACE}
    draft = Draft(FIELDS, given, _before(unplaced))
    check_session(db, draft, unplaced.edition_id)
    return draft


def _check_free(db: DbSession, session_id: UUID) -> None:
    released = sa.select(ReleasedSession.session_id).where(ReleasedSession.session_id == session_id)
    was_released = db.scalar(released.limit(1)) is not None
    if was_released or db.get(PublishedSession, session_id) is not None:
        raise InUse(_("Cette séance a été publiée : déplacez-la ou annulez-la."))
    if db.scalar(sa.select(Stop.id).where(Stop.session_id == session_id).limit(1)) is not None:
        raise InUse(_("Cette séance est une étape d’itinérance : changez l’étape."))


def _before(unplaced: UnplacedSession) -> Editable:
    """Return the session as the rules compare it: what it has already is never refused."""
    last = from_json(unplaced.rest)
    times = {"starts_at": last.get("starts_at", _UNSAID), "ends_at": last.get("ends_at", _NEVER)}
    where = {"venue_id": _UNSAID, "space_id": _UNSAID}
    own = {"activity_id": unplaced.activity_id, **times, **where}
    return cast(Editable, SimpleNamespace(**edited_values(unplaced.rest), **own))


def _is_elsewhere(db: DbSession, columns: Mapping[str, Any]) -> bool:
    """Tell whether an import has brought the same session again while this one was in the tray."""
    if columns.get("source_id") is None:
        return False
    same = (Session.source == columns["source"], Session.source_id == columns["source_id"])
    return db.scalar(sa.select(Session.id).where(*same)) is not None


def _give_presenters(db: DbSession, session_id: UUID, presenters: Any) -> None:
    """Give a session its own presenters again, as far as they are still known."""
    wanted = [UUID(identifier) for identifier in presenters]
    if not wanted:
        return
    known = db.scalars(sa.select(Presenter.id).where(Presenter.id.in_(wanted))).all()
    db.add_all(
        SessionPresenter(session_id=session_id, presenter_id=identifier) for identifier in known
    )
    db.flush()
