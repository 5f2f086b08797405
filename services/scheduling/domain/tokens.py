"""Tokens of the JSON API: made by a coordinator for a program, shown once, revocable."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain.memberships import Rights, rights_of
from services.scheduling.domain.permissions import scopes_left
from services.scheduling.models import Account, ApiToken
from shared import api_tokens
from shared.contracts.scheduling import API_TOKEN_ISSUED, API_TOKEN_REVOKED
from shared.database import Database
from shared.messaging.outbox import Fact, record

LONGEST_NAME = 80

#: For how many days a token may be good; `None` is for ever.
LIFETIMES = (30, 90, 365, None)

#: How long a token that was revoked or has expired is still listed.
LISTED = timedelta(days=90)


class NoSuchAccount(Exception):
    """Whoever makes a token has no account (any more)."""


@dataclass(frozen=True)
class IssuedToken:
    """A token just made, and its value, which nobody will know again."""

    token: ApiToken
    value: str


def issue(
    db: DbSession,
    *,
    token_id: UUID,
    account_id: UUID,
    name: str,
    scopes: Iterable[str],
    days: int | None,
    now: datetime,
) -> IssuedToken | None:
    """Make a token and tell the other services of it.

    `token_id` is the caller's, so that a form sent twice makes one token: the second time gives
    `None`. Raises `NoSuchAccount`.
    """
    account = db.get(Account, account_id)
    if account is None:
        raise NoSuchAccount(str(account_id))
    if db.get(ApiToken, token_id) is not None:
        return None
    value = api_tokens.new_api_token()
    token = ApiToken(
        id=token_id,
        account_id=account.id,
        name=name,
        token_hash=api_tokens.hash_api_token(value),
        scopes=api_tokens.in_order(scopes),
        version=1,
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    db.add(token)
    db.flush()
    _tell(db, token, rights_of(db, account), now)
    return IssuedToken(token, value)


def tell_rights(db: DbSession, account: Account, now: datetime) -> None:
    """Tell the other services what the tokens of an account allow, now that its rights changed."""
    good = sa.select(ApiToken).where(
        ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None)
    )
    rights = rights_of(db, account)
    for token in db.scalars(good.order_by(ApiToken.id)).all():
        token.version += 1
        _tell(db, token, rights, now)


def revoke_all(db: DbSession, account_id: UUID, now: datetime) -> int:
    """Refuse every token of an account from now on; returns how many were good until now."""
    good = sa.select(ApiToken.id).where(
        ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None)
    )
    return sum(revoke(db, token_id, now) for token_id in db.scalars(good).all())


def revoke(db: DbSession, token_id: UUID, now: datetime) -> bool:
    """Refuse a token from now on, everywhere; returns whether it was still good until now."""
    revoked = db.scalar(
        sa.update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now, version=ApiToken.version + 1)
        .returning(ApiToken.version)
    )
    if revoked is None:
        return False
    record(db, Fact(API_TOKEN_REVOKED, token_id, revoked, {"id": str(token_id)}), now=now)
    return True


def recognise(database: Database, token_hash: str, *, now: datetime) -> api_tokens.ApiToken | None:
    """Return the token with this hash if it is neither revoked nor expired.

    It allows what the roles of its maker still cover, and nothing once the account is disabled. The
    day (UTC) of its last use is kept: its first use in a day is the only one that writes.
    """
    with database.read() as db:
        found = db.scalar(
            sa.select(ApiToken)
            .options(joinedload(ApiToken.account))
            .where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
            .where(sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now))
        )
        if found is None or found.account.disabled_at is not None:
            return None
        rights = rights_of(db, found.account)
    if found.last_used_on != now.date():
        with database.write() as db:
            db.execute(
                sa.update(ApiToken).where(ApiToken.id == found.id).values(last_used_on=now.date())
            )
    return api_tokens.ApiToken(
        id=found.id,
        name=found.name,
        account_id=found.account_id,
        account_name=found.account.name,
        scopes=scopes_left(rights.roles, found.scopes),
        expires_at=found.expires_at,
        roles=rights.roles,
        organisation_ids=rights.organisation_ids,
        venue_ids=rights.venue_ids,
        sees_names=rights.sees_names,
    )


def listed_tokens(db: DbSession, now: datetime) -> Sequence[ApiToken]:
    """Return the tokens with their accounts, the newest first, but not those long dead."""
    since = now - LISTED
    return db.scalars(
        sa.select(ApiToken)
        .options(joinedload(ApiToken.account))
        .where(sa.or_(ApiToken.revoked_at.is_(None), ApiToken.revoked_at > since))
        .where(sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > since))
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    ).all()


def token_by_id(db: DbSession, token_id: UUID) -> ApiToken | None:
    """Return one token with its account."""
    return db.get(ApiToken, token_id, options=[joinedload(ApiToken.account)])


def _tell(db: DbSession, token: ApiToken, rights: Rights, now: datetime) -> None:
    state = _state(token, rights)
    record(db, Fact(API_TOKEN_ISSUED, token.id, token.version, state), now=now)


def _state(token: ApiToken, rights: Rights) -> dict[str, object]:
    account = token.account
    return {
        "id": str(token.id),
        "token_hash": token.token_hash,
        "name": token.name,
        "scopes": list(scopes_left(rights.roles, token.scopes)),
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
        "account_id": str(account.id),
        "account_name": account.name,
        "roles": list(rights.roles),
        "organisation_ids": [str(found) for found in rights.organisation_ids],
        "venue_ids": [str(found) for found in rights.venue_ids],
        "sees_names": rights.sees_names,
    }
