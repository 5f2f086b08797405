"""Who sees the names of those who are registered and acts on them, and the log of who did.

An organisation sees the names for its own sessions, a venue for what takes place there; the
coordination sees numbers, unless somebody was granted more. Whoever was granted it sees all names.
Every look and every export is kept in `name_accesses`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.models import NameAccess, SessionCopy

#: The longest purpose of an export.
LONGEST_PURPOSE = 200

#: Who sees the numbers of every session.
_COUNTERS = frozenset({"coordinator", "reader"})


class Viewer(Protocol):
    """Who asks: somebody signed in, or a program in the name of whoever made its token."""

    @property
    def roles(self) -> Collection[str]:
        """What they are."""

    @property
    def organisation_ids(self) -> Collection[UUID]:
        """The organisations that they act for."""

    @property
    def venue_ids(self) -> Collection[UUID]:
        """The venues that they act for."""

    @property
    def sees_names(self) -> bool:
        """Whether they were granted to see all names."""


def may_see_names(viewer: Viewer, organisation_id: UUID | None, venue_id: UUID | None) -> bool:
    """Tell whether somebody sees the names of a session of this organisation, at this venue."""
    return viewer.sees_names or _is_theirs(viewer, organisation_id, venue_id)


def may_see_numbers(viewer: Viewer, organisation_id: UUID | None, venue_id: UUID | None) -> bool:
    """Tell whether somebody sees how many people are registered."""
    counts = bool(_COUNTERS & set(viewer.roles)) or viewer.sees_names
    return counts or _is_theirs(viewer, organisation_id, venue_id)


def may_enter(viewer: Viewer, organisation_id: UUID | None, venue_id: UUID | None) -> bool:
    """Tell whether somebody registers people for a session, at the desk or on the telephone."""
    return "coordinator" in viewer.roles or _is_theirs(viewer, organisation_id, venue_id)


def may_act(viewer: Viewer, organisation_id: UUID | None, venue_id: UUID | None) -> bool:
    """Tell whether somebody cancels, notes and writes to those registered, whom they see."""
    is_granted = viewer.sees_names and "coordinator" in viewer.roles
    return is_granted or _is_theirs(viewer, organisation_id, venue_id)


def sessions_open_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return what is true of the sessions whose numbers somebody sees."""
    if _COUNTERS & set(viewer.roles) or viewer.sees_names:
        return sa.true()
    return _theirs(viewer)


def names_open_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return what is true of the sessions whose names somebody sees."""
    return sa.true() if viewer.sees_names else _theirs(viewer)


def log_access(
    db: Session,
    session: SessionCopy,
    *,
    account_id: UUID,
    account_name: str,
    kind: str,
    names: int,
    now: datetime,
    token_name: str | None = None,
    purpose: str | None = None,
) -> None:
    """Keep that somebody is shown so many names of a session, in the caller's transaction."""
    db.add(
        NameAccess(
            account_id=account_id,
            account_name=account_name,
            token_name=token_name,
            session_id=session.id,
            title=session.details["title"]["fr"],
            kind=kind,
            purpose=purpose,
            names=names,
            seen_at=now,
        )
    )
    db.flush()


def _is_theirs(viewer: Viewer, organisation_id: UUID | None, venue_id: UUID | None) -> bool:
    as_organiser = "organiser" in viewer.roles and organisation_id in viewer.organisation_ids
    as_venue = "venue" in viewer.roles and venue_id in viewer.venue_ids
    return as_organiser or as_venue


def _theirs(viewer: Viewer) -> sa.ColumnElement[bool]:
    theirs: list[sa.ColumnElement[bool]] = []
    if "organiser" in viewer.roles:
        theirs.append(SessionCopy.organisation_id.in_(viewer.organisation_ids))
    if "venue" in viewer.roles:
        theirs.append(SessionCopy.venue_id.in_(viewer.venue_ids))
    return sa.or_(sa.false(), *theirs)
