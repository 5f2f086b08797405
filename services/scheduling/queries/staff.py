"""What the pages of accounts read: who is let in, as what, and for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import (
    Account,
    ApiToken,
    Membership,
    Organisation,
    SignIn,
    Venue,
)
from shared.text import fold


@dataclass(frozen=True)
class StaffMember:
    """One account as lists show it; `places` are names of its organisations and venues."""

    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    places: tuple[str, ...]
    sees_names: bool
    disabled_at: datetime | None
    last_seen: datetime | None
    created_at: datetime
    locale: str
    organisation_ids: tuple[UUID, ...]
    venue_ids: tuple[UUID, ...]

    @property
    def is_disabled(self) -> bool:
        """Tell whether it lets nobody in."""
        return self.disabled_at is not None


def staff(db: DbSession, words: str = "", role: str | None = None) -> Sequence[StaffMember]:
    """Return the accounts that have these words and this role, by name, those disabled last."""
    places, of_account = _places(db), _ids_of_places(db)
    signed_in = sa.select(SignIn.account_id, sa.func.max(SignIn.started_at))
    rows = db.execute(signed_in.group_by(SignIn.account_id))
    last_seen = {row[0]: row[1] for row in rows}
    found = [
        StaffMember(
            account.id,
            account.name,
            account.email,
            tuple(account.roles),
            tuple(places.get(account.id, ())),
            account.sees_names,
            account.disabled_at,
            last_seen.get(account.id),
            account.created_at,
            account.locale,
            *of_account.get(account.id, ((), ())),
        )
        for account in db.scalars(sa.select(Account))
    ]
    wanted = fold(words).split()
    kept = [
        one
        for one in found
        if (role is None or role in one.roles)
        and all(word in fold(" ".join((one.name, one.email, *one.places))) for word in wanted)
    ]
    return sorted(kept, key=lambda one: (one.is_disabled, fold(one.name), one.email))


def members_of(db: DbSession, organisation_id: UUID) -> Sequence[Any]:
    """Return the accounts that act for an organisation, by name."""
    rows = db.execute(
        sa.select(Account.id, Account.name, Account.email, Account.disabled_at)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organisation_id == organisation_id)
    ).all()
    return sorted(rows, key=lambda row: (row.disabled_at is not None, fold(row.name)))


def places_to_choose(db: DbSession) -> Mapping[str, list[tuple[str, str]]]:
    """Return the organisations and the venues that somebody may act for, by name."""

    def named(model: type[Organisation] | type[Venue]) -> list[tuple[str, str]]:
        rows = db.execute(sa.select(model.id, model.name)).all()
        return [(str(row.id), row.name) for row in sorted(rows, key=lambda row: fold(row.name))]

    return {"organisations": named(Organisation), "venues": named(Venue)}


def good_tokens_of(db: DbSession, account_id: UUID) -> int:
    """Return how many of an account's tokens are not revoked."""
    good = sa.select(sa.func.count()).where(
        ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None)
    )
    return db.scalar(good) or 0


def _places(db: DbSession) -> dict[UUID, list[str]]:
    rows = db.execute(
        sa.select(Membership.account_id, Organisation.name, Venue.name)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Venue, Venue.id == Membership.venue_id)
        .order_by(Organisation.name, Venue.name)
    )
    places: dict[UUID, list[str]] = {}
    for account_id, organisation, venue in rows:
        places.setdefault(account_id, []).append(organisation or venue)
    return places


def _ids_of_places(db: DbSession) -> dict[UUID, tuple[tuple[UUID, ...], tuple[UUID, ...]]]:
    rows = db.execute(
        sa.select(Membership.account_id, Membership.organisation_id, Membership.venue_id).order_by(
            Membership.id
        )
    )
    found: dict[UUID, tuple[tuple[UUID, ...], tuple[UUID, ...]]] = {}
    for account_id, organisation_id, venue_id in rows:
        organisations, venues = found.get(account_id, ((), ()))
        if organisation_id:
            organisations = (*organisations, organisation_id)
        elif venue_id:
            venues = (*venues, venue_id)
        found[account_id] = (organisations, venues)
    return found
