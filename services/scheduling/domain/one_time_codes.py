"""One-time ways in: a link's token and a code to type, stored as hashes and good once."""

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.models import Account, SignInCode
from shared.identifiers import new_code, new_id, new_token

#: How long a link or a code can be used.
LIFETIME = timedelta(minutes=15)

#: Wrong codes after which an account's codes can no longer be typed; their links still work.
MOST_ATTEMPTS = 5

# Read out or typed, these are mistaken for the others (Crockford's base 32).
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def create_code(db: DbSession, account: Account, now: datetime) -> tuple[str, str]:
    """Store a new way in for the account and return its token (128 bits) and its code."""
    identifier, token, code = new_id(), new_token(), new_code()
    db.add(
        SignInCode(
            id=identifier,
            account_id=account.id,
            token_hash=hash_token(token),
            code_hash=hash_code(code, identifier),
            attempts=0,
            expires_at=now + LIFETIME,
        )
    )
    return token, code


def is_live(db: DbSession, token: str, now: datetime) -> bool:
    """Tell whether a link's token can still be used; nothing is changed."""
    live = sa.select(SignInCode.id).where(SignInCode.token_hash == hash_token(token), *_usable(now))
    return db.scalar(live) is not None


def use_token(db: DbSession, token: str, now: datetime) -> UUID | None:
    """Use up a link's token and return its account's id, or `None` if it is no longer good."""
    return db.scalar(
        sa.update(SignInCode)
        .where(SignInCode.token_hash == hash_token(token), *_usable(now))
        .values(used_at=now)
        .returning(SignInCode.account_id)
    )


def use_code(db: DbSession, account_id: UUID, code: str, now: datetime) -> bool:
    """Use up a typed code and tell whether it was right.

    A try counts against every code of the account that is still good, so that asking for more
    codes gives no more tries; the caller must commit even when it was wrong.
    """
    candidates = db.execute(
        sa.update(SignInCode)
        .where(SignInCode.account_id == account_id, *_usable(now))
        .where(SignInCode.attempts < MOST_ATTEMPTS)
        .values(attempts=SignInCode.attempts + 1)
        .returning(SignInCode.id, SignInCode.code_hash)
    ).all()
    typed = normalise_code(code)
    if not candidates:
        hash_code(typed, new_id())  # as slow as a wrong code: the time tells nothing of the account
    for row in candidates:
        if hmac.compare_digest(row.code_hash, hash_code(typed, row.id)):
            db.execute(sa.update(SignInCode).where(SignInCode.id == row.id).values(used_at=now))
            return True
    return False


def normalise_code(typed: str) -> str:
    """Return a code as it was made: capitals, without spaces or dashes, lookalikes resolved."""
    return "".join(filter(str.isalnum, typed.upper())).translate(_LOOKALIKES)


def hash_token(token: str) -> str:
    """Return what is stored of a token: random enough that a plain hash hides it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def hash_code(code: str, identifier: UUID) -> str:
    """Return what is stored of a code: 40 bits need a slow hash for as long as the code lives."""
    secret = code.encode("utf-8", "replace")
    return hashlib.scrypt(secret, salt=identifier.bytes, n=2**12, r=8, p=1, dklen=32).hex()


def _usable(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return SignInCode.used_at.is_(None), SignInCode.expires_at > now
