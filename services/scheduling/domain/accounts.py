"""Accounts: the people of the staff, each known by one e-mail address."""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.permissions import ROLES
from services.scheduling.models import Account
from shared.database import insert_ignoring
from shared.identifiers import new_id

__all__ = ["ROLES", "UnknownRole", "ensure_account", "find_account", "normalise_email"]


class UnknownRole(ValueError):
    """A role that is none of `ROLES`."""


def normalise_email(email: str) -> str:
    """Return the address as accounts are found by it: no spaces around it, no capitals."""
    return email.strip().casefold()


def find_account(db: DbSession, email: str) -> Account | None:
    """Return the account with this e-mail address, if there is one."""
    return db.scalar(sa.select(Account).where(Account.email == normalise_email(email)))


def ensure_account(
    db: DbSession, email: str, name: str, roles: Iterable[str], now: datetime, locale: str = "fr"
) -> Account:
    """Return the account with this address, made if it was missing.

    An existing one keeps its name and gains the roles that it lacks. Raises `UnknownRole`.
    """
    wanted = list(dict.fromkeys(roles))
    unknown = [role for role in wanted if role not in ROLES]
    if unknown:
        raise UnknownRole(f"The role {unknown[0]!r} must be one of {', '.join(ROLES)}.")
    address = normalise_email(email)
    db.execute(
        insert_ignoring(db, cast(sa.Table, Account.__table__)).values(
            id=new_id(), email=address, name=name, locale=locale, roles=wanted, created_at=now
        )
    )
    account = db.scalars(sa.select(Account).where(Account.email == address)).one()
    missing = [role for role in wanted if role not in account.roles]
    if missing:
        account.roles = [*account.roles, *missing]
    return account
