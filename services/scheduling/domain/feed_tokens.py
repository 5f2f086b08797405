"""Secrets of private calendar feeds, a venue's, an organisation's or a presenter's; revocable."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.touring.parties import Person, person_of
from services.scheduling.models import Account, FeedToken, Organisation, Presenter, Venue
from shared.database import Database

#: Random bytes in a token: 192 bits, where 128 are asked for.
RANDOM_BYTES = 24

LONGEST_NAME = 80

#: The columns that name whose feed it is, and their tables.
OWNERS: Mapping[str, Any] = {
    "venue_id": Venue,
    "organisation_id": Organisation,
    "presenter_id": Presenter,
}


@dataclass(frozen=True)
class IssuedFeed:
    """A feed's secret just made, and its value, which nobody will know again."""

    token: FeedToken
    value: str


def hash_of(value: str) -> str:
    """Return what is kept of a token: its SHA-256. It has too many bits to be guessed from that."""
    return hashlib.sha256(value.encode()).hexdigest()


def issue_feed(
    db: DbSession,
    *,
    token_id: UUID,
    owner: str,
    row_id: UUID,
    name: str,
    account_id: UUID | None,
    now: datetime,
) -> IssuedFeed | None:
    """Make a secret for the feed of one of `OWNERS`.

    `token_id` is the caller's, so that a form sent twice makes one: the second time gives None.
    """
    if owner not in OWNERS:
        raise KeyError(owner)
    if db.get(FeedToken, token_id) is not None:
        return None
    value = secrets.token_urlsafe(RANDOM_BYTES)
    token = FeedToken(
        id=token_id,
        token_hash=hash_of(value),
        name=name,
        account_id=account_id,
        created_at=now,
        **{owner: row_id},
    )
    db.add(token)
    db.flush()
    return IssuedFeed(token, value)


def revoke_feed(db: DbSession, token_id: UUID, now: datetime) -> bool:
    """End a feed; whoever subscribed to it finds nothing. Returns whether it was good until now."""
    revoked = db.scalar(
        sa.update(FeedToken)
        .where(FeedToken.id == token_id, FeedToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(FeedToken.id)
    )
    return revoked is not None


def acts_for(person: Person, row: Venue | Organisation | Presenter) -> bool:
    """Tell whether somebody may have the feed of a row: its own people, and who coordinates."""
    organisation_id = row.id if isinstance(row, Organisation) else row.organisation_id
    is_theirs = organisation_id in person.organisations
    return person.coordinates or is_theirs or (isinstance(row, Venue) and row.id in person.venues)


def revoke_feeds_made(db: DbSession, account_id: UUID, now: datetime) -> int:
    """End every feed that an account made; returns how many were good until now."""
    return sum(revoke_feed(db, token.id, now) for token in feeds_made(db, account_id))


def revoke_feeds_lost(db: DbSession, account: Account, now: datetime) -> int:
    """End the feeds that an account made of what it acts for no longer; returns how many."""
    person = person_of(db, account.id, account.roles)
    return sum(
        revoke_feed(db, token.id, now)
        for token in feeds_made(db, account.id)
        if not acts_for(person, _owner_of(db, token))
    )


def feeds_made(db: DbSession, account_id: UUID) -> Sequence[FeedToken]:
    """Return the feeds that an account made and that are still good."""
    return db.scalars(
        sa.select(FeedToken)
        .where(FeedToken.account_id == account_id, FeedToken.revoked_at.is_(None))
        .order_by(FeedToken.id)
    ).all()


def _owner_of(db: DbSession, token: FeedToken) -> Any:
    name, model = next(pair for pair in OWNERS.items() if getattr(token, pair[0]))
    return db.get_one(model, getattr(token, name))


def recognise_feed(database: Database, value: str, *, now: datetime) -> FeedToken | None:
    """Return the feed that this secret opens, unless it was revoked.

    The day (UTC) of its last use is kept: its first use in a day is the only one that writes.
    """
    with database.read() as db:
        found = db.scalar(
            sa.select(FeedToken).where(
                FeedToken.token_hash == hash_of(value), FeedToken.revoked_at.is_(None)
            )
        )
    if found is None:
        return None
    if found.last_used_on != now.date():
        with database.write() as db:
            db.execute(
                sa.update(FeedToken).where(FeedToken.id == found.id).values(last_used_on=now.date())
            )
    return found


def feeds_of(db: DbSession, owner: str, row_id: UUID) -> Sequence[FeedToken]:
    """Return the feeds of one of `OWNERS` that are still good, the newest first."""
    return db.scalars(
        sa.select(FeedToken)
        .where(getattr(FeedToken, owner) == row_id, FeedToken.revoked_at.is_(None))
        .order_by(FeedToken.created_at.desc(), FeedToken.id.desc())
    ).all()
