"""Signing in to the console: a mailed link or code starts a sign-in of twelve hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession
from sqlalchemy.orm import joinedload

from services.scheduling.domain import one_time_codes
from services.scheduling.domain.accounts import find_account
from services.scheduling.models import Account, SignIn, SignInCode
from shared.contracts.scheduling import SIGN_IN_REQUESTED, SIGN_IN_REVOKED
from shared.identifiers import new_id, new_token
from shared.messaging.outbox import Fact, record

#: How long somebody stays signed in without a new link or code.
LIFETIME = timedelta(hours=12)

#: How long what has expired is kept, so that a late click can be told apart from a forged one.
KEPT = timedelta(days=1)


@dataclass(frozen=True)
class StartedSignIn:
    """A sign-in that has just begun, and the secret that its browser keeps in a cookie."""

    sign_in: SignIn
    account: Account
    token: str


def create_link(db: DbSession, account: Account, now: datetime) -> tuple[str, str]:
    """Return a one-time token, for `/console/sign-in/{token}`, and a code to type instead.

    Both are good for fifteen minutes, and either is good once.
    """
    return one_time_codes.create_code(db, account, now)


def request_sign_in(
    db: DbSession, email: str, now: datetime, *, page: str, locale: str = "fr"
) -> bool:
    """Have a link and a code mailed to the account with this address; tells whether there is one.

    `page` is the public address of the sign-in page. Whoever asks must not learn the answer, not
    even by the time it takes: the slow part is done for an unknown address too.
    """
    account = find_account(db, email)
    if account is None or account.disabled_at is not None:
        one_time_codes.hash_code("", new_id())
        return False
    token, code = create_link(db, account, now)
    expires_at = now + one_time_codes.LIFETIME
    data = {
        "account_id": str(account.id),
        "email": account.email,
        "locale": locale,
        "link": f"{page}/{token}",
        "code": code,
        "expires_at": expires_at.isoformat(),
    }
    record(db, Fact(SIGN_IN_REQUESTED, new_id(), 1, data, expires_at=expires_at), now=now)
    return True


def is_live_link(db: DbSession, token: str, now: datetime) -> bool:
    """Tell whether a link can still be used; looking at it changes nothing."""
    return one_time_codes.is_live(db, token, now)


def sign_in_by_link(
    db: DbSession, token: str, now: datetime, *, locale: str | None = None
) -> StartedSignIn | None:
    """Use up a link and begin a sign-in; `None` if the link is used, expired or none of ours.

    `locale` is the language of the page: from then on the person is written to in it.
    """
    account_id = one_time_codes.use_token(db, token, now)
    account = db.get(Account, account_id) if account_id else None
    return _start(db, account, now, locale) if account and account.disabled_at is None else None


def sign_in_by_code(
    db: DbSession, email: str, code: str, now: datetime, *, locale: str | None = None
) -> StartedSignIn | None:
    """Use up a typed code and begin a sign-in; `None` if it is wrong.

    The caller must commit in both cases: a wrong code counts as a try. `locale` is as above.
    """
    account = find_account(db, email)
    if account is None or account.disabled_at is not None:
        one_time_codes.hash_code(code, new_id())
        return None
    if not one_time_codes.use_code(db, account.id, code, now):
        return None
    return _start(db, account, now, locale)


def find_sign_in(db: DbSession, token: str, now: datetime) -> SignIn | None:
    """Return the sign-in, with its account, that a browser's secret belongs to, if it goes on."""
    return db.scalar(
        sa.select(SignIn)
        .options(joinedload(SignIn.account))
        .where(SignIn.token_hash == one_time_codes.hash_token(token))
        .where(SignIn.revoked_at.is_(None), SignIn.expires_at > now)
    )


def is_revoked(db: DbSession, sign_in_id: UUID) -> bool:
    """Tell whether a sign-in was ended before its time, or is not known (any more)."""
    found = db.execute(sa.select(SignIn.revoked_at).where(SignIn.id == sign_in_id)).one_or_none()
    return found is None or found.revoked_at is not None


def revoke(db: DbSession, sign_in_id: UUID, now: datetime) -> bool:
    """End a sign-in and tell the other services; returns whether it was still going on."""
    account_id = db.scalar(
        sa.update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(SignIn.account_id)
    )
    if account_id is None:
        return False
    data = {"sign_in_id": str(sign_in_id), "account_id": str(account_id)}
    record(db, Fact(SIGN_IN_REVOKED, sign_in_id, 1, data), now=now)
    return True


def revoke_all(db: DbSession, account_id: UUID, now: datetime) -> int:
    """End every sign-in of an account; returns how many were going on."""
    going_on = sa.select(SignIn.id).where(
        SignIn.account_id == account_id, SignIn.revoked_at.is_(None), SignIn.expires_at > now
    )
    return sum(revoke(db, sign_in_id, now) for sign_in_id in db.scalars(going_on).all())


def forget_expired(db: DbSession, now: datetime) -> None:
    """Delete the codes and the sign-ins that expired more than a day ago."""
    for table in (SignInCode, SignIn):
        db.execute(sa.delete(table).where(table.expires_at < now - KEPT))


def _start(db: DbSession, account: Account, now: datetime, locale: str | None) -> StartedSignIn:
    account.locale = locale or account.locale
    token = new_token()
    sign_in = SignIn(
        id=new_id(),
        account_id=account.id,
        token_hash=one_time_codes.hash_token(token),
        started_at=now,
        expires_at=now + LIFETIME,
    )
    db.add(sign_in)
    return StartedSignIn(sign_in, account, token)
