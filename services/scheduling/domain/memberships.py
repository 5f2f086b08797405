"""Memberships: for which organisations and venues an account acts, and the rights that follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.permissions import ROLES
from services.scheduling.models import Account, Membership
from shared.identifiers import new_id

#: For how many organisations and venues one account may act: they travel in a cookie.
MOST = 60


@dataclass(frozen=True)
class Rights:
    """What an account is allowed, as cookies and tokens carry it (see `permissions.Viewer`)."""

    roles: tuple[str, ...]
    organisation_ids: tuple[UUID, ...]
    venue_ids: tuple[UUID, ...]
    sees_names: bool


def rights_of(db: DbSession, account: Account) -> Rights:
    """Return what an account is allowed by now; who acts for nobody has no memberships."""
    roles = tuple(role for role in ROLES if role in account.roles)
    rows: Sequence[Any] = ()
    if {"organiser", "venue"} & set(roles):
        rows = db.execute(
            sa.select(Membership.organisation_id, Membership.venue_id)
            .where(Membership.account_id == account.id)
            .order_by(Membership.id)
        ).all()
    return Rights(
        roles=roles,
        organisation_ids=tuple(row.organisation_id for row in rows if row.organisation_id),
        venue_ids=tuple(row.venue_id for row in rows if row.venue_id),
        sees_names=account.sees_names,
    )


def set_memberships(
    db: DbSession, account_id: UUID, organisations: Iterable[UUID], venues: Iterable[UUID]
) -> None:
    """Make these the organisations and venues that an account acts for."""
    wanted = {("organisation_id", one) for one in organisations}
    wanted |= {("venue_id", one) for one in venues}
    stored = db.scalars(sa.select(Membership).where(Membership.account_id == account_id)).all()
    known = {}
    for row in stored:
        name = "organisation_id" if row.organisation_id else "venue_id"
        known[(name, getattr(row, name))] = row
    for key in known.keys() - wanted:
        db.delete(known[key])
    for name, one in sorted(wanted - known.keys(), key=str):
        db.add(Membership(id=new_id(), account_id=account_id, **{name: one}))
    db.flush()


def forget_memberships(
    db: DbSession, *, organisation_id: UUID | None = None, venue_id: UUID | None = None
) -> None:
    """Let nobody act any more for what is about to be deleted."""
    of_it = (
        Membership.organisation_id == organisation_id
        if organisation_id
        else Membership.venue_id == venue_id
    )
    db.execute(sa.delete(Membership).where(of_it))


def add_membership(
    db: DbSession, account_id: UUID, *, organisation_id: UUID | None, venue_id: UUID | None
) -> bool:
    """Let an account act for an organisation or a venue; returns whether it did not yet."""
    rights = sa.select(Membership.id).where(
        Membership.account_id == account_id,
        Membership.organisation_id == organisation_id
        if organisation_id
        else Membership.venue_id == venue_id,
    )
    if db.scalar(rights) is not None:
        return False
    db.add(
        Membership(
            id=new_id(), account_id=account_id, organisation_id=organisation_id, venue_id=venue_id
        )
    )
    db.flush()
    return True
