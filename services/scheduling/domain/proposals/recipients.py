"""Who is written to about a proposal: those who propose it, and the coordination."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.accounts import normalise_email
from services.scheduling.domain.proposals.steps import Side
from services.scheduling.models import Account, Activity, Membership


@dataclass(frozen=True)
class Recipient:
    """Somebody with an address; two with the same address are one."""

    email: str
    name: str
    locale: str
    side: Side

    def as_json(self) -> dict[str, str]:
        """Return it as events have it."""
        return {
            "email": self.email,
            "name": self.name,
            "locale": self.locale,
            "side": self.side,
        }


def proposers(db: DbSession, activities: Iterable[Activity]) -> dict[UUID, list[Recipient]]:
    """Return, by activity, whom to write to on its side, read in one statement.

    It is the contact whom the proposal names and everybody who acts for its organisation; where
    there is neither, the organisation's own address.
    """
    wanted = list(activities)
    members = _members(db, {one.organisation_id for one in wanted if one.organisation_id})
    return {
        one.id: _unique(
            [*_contact(one, members), *members.get(one.organisation_id, ())] or _office(one)
        )
        for one in wanted
    }


def coordinators(db: DbSession) -> list[Recipient]:
    """Return everybody who coordinates, by name."""
    rows = db.scalars(sa.select(Account).where(Account.disabled_at.is_(None)))
    found = [row for row in rows if "coordinator" in row.roles]
    return [
        Recipient(one.email, one.name, one.locale, "coordination")
        for one in sorted(found, key=lambda account: (account.name, account.email))
    ]


def _members(db: DbSession, organisations: Iterable[UUID]) -> Mapping[UUID | None, list[Recipient]]:
    found: dict[UUID | None, list[Recipient]] = {}
    rows = db.execute(
        sa.select(Membership.organisation_id, Account)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.organisation_id.in_(list(organisations)), Account.disabled_at.is_(None))
        .order_by(Account.name, Account.email)
    )
    for organisation_id, account in rows:
        found.setdefault(organisation_id, []).append(
            Recipient(account.email, account.name, account.locale, "organisation")
        )
    return found


def _contact(activity: Any, members: Mapping[UUID | None, list[Recipient]]) -> list[Recipient]:
    if not activity.contact_email:
        return []
    address = normalise_email(activity.contact_email)
    if any(one.email == address for one in members.get(activity.organisation_id, ())):
        return []  # the account knows the language
    return [Recipient(address, activity.contact_name or "", "fr", "organisation")]


def _office(activity: Any) -> list[Recipient]:
    organisation = activity.organisation
    if organisation is None or not organisation.email:
        return []
    return [Recipient(normalise_email(organisation.email), organisation.name, "fr", "organisation")]


def _unique(found: Iterable[Recipient]) -> list[Recipient]:
    return list({one.email: one for one in reversed(list(found))}.values())[::-1]
