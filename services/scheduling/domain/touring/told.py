"""Who is written to about a stop: who lends, who asked for it, who answers for the place."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.accounts import normalise_email
from services.scheduling.domain.proposals.recipients import coordinators
from services.scheduling.domain.touring.parties import parties_in, person_acting
from services.scheduling.domain.touring.states import COORDINATION, HOST, LENDER, PLACE
from services.scheduling.models import Account, Membership, Organisation, Stop

#: Which sides hear of each step.
_SIDES = {
    "request": (LENDER, PLACE),
    "accept": (LENDER, HOST),
    "option": (LENDER, HOST),
    "confirm": (LENDER, HOST, PLACE),
    "refuse": (LENDER, HOST),
    "cancel": (LENDER, HOST, PLACE),
}


@dataclass(frozen=True)
class Recipient:
    """Somebody with an address, and what they are in a stop."""

    email: str
    name: str
    locale: str
    side: str

    def as_json(self) -> dict[str, str]:
        """Return it as events have it."""
        return {"email": self.email, "name": self.name, "locale": self.locale, "side": self.side}


def sides_of(step: str, mover: Collection[str], *, place_agrees: bool) -> tuple[str, ...]:
    """Return which sides are told of a step that somebody took as these parties.

    Who lends knows what they did themselves, and a place that agrees need not be asked.
    """
    own = {LENDER} if LENDER in mover and COORDINATION not in mover else set()
    if step == "request" and place_agrees:
        own.add(PLACE)
    return tuple(side for side in _SIDES[step] if side not in own)


def recipients_of(db: DbSession, stop: Stop, sides: Iterable[str]) -> list[Recipient]:
    """Return whom to write to on these sides of a stop, each address once.

    Where nobody lends an exhibition, the coordination decides.
    """
    of_side = {LENDER: _lenders, HOST: _hosts, PLACE: _keepers}
    found = [one for side in sides for one in of_side[side](db, stop)]
    return list({one.email: one for one in reversed(found)}.values())[::-1]


def contacts_of(db: DbSession, stop: Stop) -> dict[str, str | None]:
    """Return the address that an answer reaches on each side."""
    resource = stop.tour.resource
    office = resource.organisation.email if resource.organisation else None
    asked = _asked(db, stop)
    return {
        "lender": resource.contact_email or office,
        "host": stop.contact_email or (asked.email if asked else None),
    }


def _lenders(db: DbSession, stop: Stop) -> list[Recipient]:
    resource = stop.tour.resource
    found = _members(db, LENDER, organisation_ids=[resource.organisation_id])
    found = _with_address(found, resource.contact_email, resource.contact_name, LENDER)
    if not found and resource.organisation is not None:
        found = _with_address([], resource.organisation.email, resource.organisation.name, LENDER)
    return found or [
        Recipient(one.email, one.name, one.locale, COORDINATION) for one in coordinators(db)
    ]


def _hosts(db: DbSession, stop: Stop) -> list[Recipient]:
    asked = _asked(db, stop)
    found = [Recipient(asked.email, asked.name, asked.locale, HOST)] if asked else []
    found += _members(db, HOST, organisation_ids=[stop.organisation_id])
    return _with_address(found, stop.contact_email, stop.contact_name, HOST)


def _keepers(db: DbSession, stop: Stop) -> list[Recipient]:
    venue = stop.venue
    found = _members(db, PLACE, organisation_ids=[venue.organisation_id], venue_ids=[venue.id])
    if found:
        return found
    runs = db.get(Organisation, venue.organisation_id) if venue.organisation_id else None
    address = venue.contact_email or (runs.email if runs else None)
    return _with_address([], address, venue.contact_name or venue.name, PLACE)


def _with_address(
    found: list[Recipient], address: str | None, name: str | None, side: str
) -> list[Recipient]:
    """Add an address that is nobody's account here; an account knows its language."""
    if not address or normalise_email(address) in {one.email for one in found}:
        return found
    return [Recipient(normalise_email(address), name or "", "fr", side), *found]


def _members(
    db: DbSession,
    side: str,
    *,
    organisation_ids: Iterable[UUID | None] = (),
    venue_ids: Iterable[UUID | None] = (),
) -> list[Recipient]:
    wanted = sa.or_(
        Membership.organisation_id.in_([one for one in organisation_ids if one]),
        Membership.venue_id.in_([one for one in venue_ids if one]),
    )
    rows = db.scalars(
        sa.select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(wanted, Account.disabled_at.is_(None))
        .order_by(Account.name, Account.email)
    )
    return [Recipient(one.email, one.name, one.locale, side) for one in rows.unique()]


def _asked(db: DbSession, stop: Stop) -> Account | None:
    """Return who asked for a stop, while they still speak for who receives it."""
    account = db.get(Account, stop.requested_by_id) if stop.requested_by_id else None
    if account is None or account.disabled_at is not None:
        return None
    return account if HOST in parties_in(stop, person_acting(db, account.id)) else None
