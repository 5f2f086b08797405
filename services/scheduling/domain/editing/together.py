"""Sessions edited together: moved by as much, to the same place, with as many seats."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.editing.fields import Fault
from services.scheduling.domain.editing.local_times import instant_of, local_of
from services.scheduling.domain.editing.references import InUse
from services.scheduling.domain.editing.revisions import Invalid
from services.scheduling.domain.editing.sessions import delete_session, save_session
from services.scheduling.models import Session
from shared.i18n import LazyText, format_session_time
from shared.i18n import lazy_gettext as _

#: The furthest that sessions are moved together, in days: an edition's dates shifted by a year.
FURTHEST = 400


#: In which field of an edit a fault of a session's column is told.
_FIELD_OF = dict.fromkeys(
    ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at", "closures"), "days"
)


class Refused(Exception):
    """One of the sessions, named in words, cannot be changed so, and none is.

    `faults` are by field: `days`, `minutes`, or a column among the edit's values.
    """

    def __init__(self, session: str, faults: Mapping[str, LazyText | str]) -> None:
        super().__init__(session)
        self.session = session
        self.faults = faults


@dataclass(frozen=True)
class Edit:
    """What becomes of each session: moved by days and minutes of local clocks, other fields set.

    The end of registrations moves along; their opening, a day that was announced, stays.

    `values` are columns as `save_session` takes them; what is not among them stays. A capacity is
    for the sessions that people register for here.
    """

    days: int = 0
    minutes: int = 0
    values: Mapping[str, Any] | None = None

    @property
    def is_nothing(self) -> bool:
        """Tell whether it would change nothing."""
        return not (self.days or self.minutes or self.values)


def check_edit(edit: Edit) -> None:
    """Refuse what asks for nothing, or moves too far. Raises `Invalid`."""
    if edit.is_nothing:
        raise Invalid({"days": _("Rien n’est demandé : remplissez au moins un champ.")})
    if abs(edit.days) > FURTHEST or abs(edit.minutes) > FURTHEST * 24 * 60:
        raise Invalid({"days": _("C’est trop loin : %(most)s jours au plus.", most=FURTHEST)})


def change_together(
    db: DbSession,
    edition_id: UUID,
    sessions: Collection[UUID],
    edit: Edit,
    *,
    account_id: UUID | None,
    now: datetime,
) -> int:
    """Change these sessions of an edition; return how many there are. All of them, or none.

    Raises `Refused` for the first that cannot be changed so.
    """
    found = _chosen(db, edition_id, sessions)
    for session in found:
        try:
            save_session(
                db,
                session.id,
                None,
                {**_values(session, edit), **_moved(session, edit)},
                account_id=account_id,
                now=now,
            )
        except Invalid as invalid:
            faults = {_FIELD_OF.get(name, name): said for name, said in invalid.faults.items()}
            raise Refused(_words(session), faults) from None
        except Fault as fault:
            raise Refused(_words(session), {"minutes": fault.sentence}) from None
    return len(found)


def delete_together(
    db: DbSession, edition_id: UUID, sessions: Collection[UUID]
) -> tuple[int, list[UUID]]:
    """Delete those of these sessions that were never released, and are no stop of a tour.

    Return how many went, and the ids of those that stayed.
    """
    stayed: list[UUID] = []
    found = _chosen(db, edition_id, sessions)
    for session in found:
        try:
            delete_session(db, session.id, None)
        except InUse:
            stayed.append(session.id)
    return len(found) - len(stayed), stayed


def _chosen(db: DbSession, edition_id: UUID, sessions: Collection[UUID]) -> list[Session]:
    """Return the sessions locked in the order of their ids, which all who lock several keep."""
    ids = sorted(sessions)
    these = sa.select(Session.id).where(Session.edition_id == edition_id, Session.id.in_(ids))
    db.execute(these.order_by(Session.id).with_for_update()).all()
    return list(
        db.scalars(
            sa.select(Session)
            .where(Session.edition_id == edition_id, Session.id.in_(ids))
            .options(
                joinedload(Session.activity),
                joinedload(Session.venue),
                joinedload(Session.edition),
            )
            .order_by(Session.starts_at, Session.id)
        )
    )


def _values(session: Session, edit: Edit) -> dict[str, Any]:
    values = dict(edit.values or {})
    if session.registration != "here":
        values.pop("capacity", None)
    return values


def _moved(session: Session, edit: Edit) -> dict[str, Any]:
    if not (edit.days or edit.minutes):
        return {}
    zone = session.venue.time_zone or session.edition.time_zone
    shift = timedelta(days=edit.days, minutes=edit.minutes)
    moved: dict[str, Any] = {}
    for name in ("starts_at", "ends_at", "registration_closes_at"):
        at = getattr(session, name)
        if at is None:
            continue
        local = local_of(at, zone) + shift
        moved[name] = instant_of(local.date(), local.time(), zone).at
    return moved


def _words(session: Session) -> str:
    zone = session.venue.time_zone or session.edition.time_zone
    when = format_session_time(session.starts_at, session.ends_at, zone, session.kind)
    return str(_("%(title)s, %(when)s", title=session.activity.title_fr, when=when))
