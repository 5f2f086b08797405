"""Tokens of the JSON API: what one is, and how a service knows those that scheduling issued.

Scheduling makes and revokes them, and tells of it by events that carry a token's hash. The other
services keep copies and believe a token without asking anybody. Nobody keeps a token itself.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.contracts.scheduling import API_TOKEN_ISSUED, API_TOKEN_REVOKED
from shared.database import Json, UtcDateTime
from shared.messaging.copies import keep_newer
from shared.messaging.envelope import Envelope

#: How every token begins, so that scanners for leaked secrets can find one.
PREFIX = "parvis_"

#: What a token may be allowed to do, and what that means (for the API's description).
SCOPES = {
    "programme:read": "Read the working copy of the programme, drafts and releases included",
    "programme:write": "Create, change and delete drafts of the programme; end private calendars",
    "releases:write": "Release changes of the programme to the public; with programme:write, "
    "change what is public at once",
    "imports:write": "Bring in programmes from files, and follow these imports",
    "registrations:read": "Read how many people are registered for each session",
    "registrations:write": "Set how sessions are registered for: limits, questions, overbooking",
    "desk:write": "Register whoever telephones or stands at the counter",
    "door:read": "Read which registrations admit nobody any more: what a door has to know",
    "mails:read": "Read how many mails are in which state",
    "accounts:read": "Read who is let in as staff, as what and for whom",
    "accounts:write": "Let people in as staff, and change what they may do",
}


@dataclass(frozen=True)
class ApiToken:
    """A token that is good: whose it is, and what it allows.

    A program acts with the rights that whoever made its token has by now: `roles`, the
    organisations and venues they act for, and whether they see names.
    """

    id: UUID
    name: str
    account_id: UUID
    account_name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    roles: tuple[str, ...] = ("coordinator",)
    organisation_ids: tuple[UUID, ...] = ()
    venue_ids: tuple[UUID, ...] = ()
    sees_names: bool = False

    def allows(self, scope: str) -> bool:
        """Tell whether the token has the scope; whoever may write may read the same."""
        noun, _, action = scope.partition(":")
        return scope in self.scopes or (action == "read" and f"{noun}:write" in self.scopes)


def new_api_token() -> str:
    """Return a new token: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_api_token(token: str) -> str:
    """Return what is kept of a token; it is random and long, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def in_order(scopes: Iterable[str]) -> list[str]:
    """Return the scopes, each once, in the order of `SCOPES`; unknown ones are left out."""
    wanted = set(scopes)
    return [scope for scope in SCOPES if scope in wanted]


def add_token_copies(metadata: sa.MetaData) -> None:
    """Add the table of copies to a service's own metadata, for its migrations."""
    sa.Table(
        "api_token_copies",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("token_hash", sa.String(64), unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("account_name", sa.Text, nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("expires_at", UtcDateTime),
        sa.Column("rights", Json),
    )


_metadata = sa.MetaData()
add_token_copies(_metadata)

#: The table of copies, whichever service's database it is in.
TOKEN_COPIES = _metadata.tables["api_token_copies"]

#: What is left of a revoked token: nothing that it could be known by.
_REVOKED: dict[str, Any] = {
    "token_hash": None,
    "name": "",
    "account_id": None,
    "account_name": "",
    "scopes": [],
    "expires_at": None,
    "rights": None,
}

#: Of the event, what a copy keeps together as the rights of the token's maker.
_RIGHTS = ("roles", "organisation_ids", "venue_ids", "sees_names")


def keep_issued(db: Session, envelope: Envelope) -> None:
    """Keep that a token was issued, unless it is known to be revoked already."""
    data = API_TOKEN_ISSUED.read(envelope.data)
    key = {"id": data.pop("id")}
    rights = {name: data.pop(name) for name in _RIGHTS}
    for name in ("organisation_ids", "venue_ids"):
        rights[name] = [str(identifier) for identifier in rights[name]]
    data["rights"] = rights
    keep_newer(db, TOKEN_COPIES, key, envelope, data)


def keep_revoked(db: Session, envelope: Envelope) -> None:
    """Refuse a token from now on, also if its issue is heard of only later."""
    data = API_TOKEN_REVOKED.read(envelope.data)
    keep_newer(db, TOKEN_COPIES, {"id": data["id"]}, envelope, _REVOKED)


def find_copied_token(db: Session, token_hash: str, *, now: datetime) -> ApiToken | None:
    """Return the token with this hash if it is good: issued, neither revoked nor expired."""
    table = TOKEN_COPIES.c
    row = db.execute(
        sa.select(
            table.id,
            table.name,
            table.account_id,
            table.account_name,
            table.scopes,
            table.expires_at,
            table.rights,
        )
        .where(table.token_hash == token_hash)
        .where(sa.or_(table.expires_at.is_(None), table.expires_at > now))
    ).one_or_none()
    if row is None:
        return None
    values = {**row._mapping, "scopes": tuple(row.scopes)}
    rights = values.pop("rights")
    if rights is None:  # kept before it was told: coordinators alone could make one
        return ApiToken(**values)
    return ApiToken(
        **values,
        roles=tuple(rights["roles"]),
        organisation_ids=tuple(map(UUID, rights["organisation_ids"])),
        venue_ids=tuple(map(UUID, rights["venue_ids"])),
        sees_names=rights["sees_names"],
    )
