"""Who takes part in sessions, beside those who register: their place, who presents, who proposes,
who lends for them.

Each is found as other mails find them: by the accounts that act for somebody, and by the address
that is kept with the row.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.accounts import normalise_email
from services.scheduling.domain.releasing.changes import SessionChange
from services.scheduling.domain.session_state import State
from services.scheduling.models import (
    Account,
    ActivityResource,
    Membership,
    Organisation,
    Presenter,
    Resource,
    Stop,
    Tour,
    Venue,
)

#: How many ids one statement names.
_NAMED = 500

#: What somebody is to a session.
VENUE, PRESENTER, ORGANISATION, RESOURCE = "venue", "presenter", "organisation", "resource"


@dataclass(frozen=True)
class Address:
    """Where somebody is written to."""

    email: str
    name: str
    locale: str = "fr"


@dataclass
class Part:
    """What somebody is to one session, and what they lend for it."""

    roles: list[str] = field(default_factory=list)
    lent: list[str] = field(default_factory=list)


@dataclass
class Partner:
    """Somebody with an address, and the sessions in which they take part, by id, in order."""

    email: str
    name: str
    locale: str
    sessions: dict[UUID, Part] = field(default_factory=dict)

    def takes_part(self, session_id: UUID, role: str, lent: str | None) -> None:
        """Note what they are to a session; several things to one session are one part."""
        part = self.sessions.setdefault(session_id, Part())
        if role not in part.roles:
            part.roles.append(role)
        if lent and lent not in part.lent:
            part.lent.append(lent)


def partners_of(db: DbSession, changes: Sequence[SessionChange]) -> list[Partner]:
    """Return who takes part in these sessions, as they were or as they are, by address.

    Raises `ValueError` for a session that is new: nobody takes part in what it was.
    Two with the same address are one; an account knows its name and its language.
    """
    around = _Around(db, changes)
    found: dict[str, Partner] = {}
    for change in changes:
        for role, address, lent in around.concerned(change):
            known = around.accounts.get(address.email, address)
            partner = found.setdefault(
                address.email, Partner(address.email, known.name, known.locale)
            )
            partner.takes_part(change.id, role, lent)
    return [found[email] for email in sorted(found)]


class _Around:
    """The rows around some sessions, each kind read in few statements."""

    def __init__(self, db: DbSession, changes: Sequence[SessionChange]) -> None:
        self._db = db
        self._venues = {one.id: one for one in self._read(Venue, _venues_in(changes))}
        self._presenters = {one.id: one for one in self._read(Presenter, _presenters_in(changes))}
        self._lent = self._lendings(changes)
        lent = [one for found in self._lent.values() for one in found]
        wanted = {one.organisation_id for one in (*self._venues.values(), *lent)}
        wanted |= {one.parts.activity.organisation_id for one in changes}
        self._organisations = {one.id: one for one in self._read(Organisation, wanted)}
        self._of_venue = self._members(Membership.venue_id, self._venues)
        self._of_organisation = self._members(Membership.organisation_id, self._organisations)
        self.accounts = self._accounts(changes)

    def concerned(self, change: SessionChange) -> Iterable[tuple[str, Address, str | None]]:
        """Yield what somebody is to the session, where they are written to, and what they lend."""
        for venue_id in _venues_in([change]):
            if venue_id in self._venues:
                yield from ((VENUE, one, None) for one in self._keepers(self._venues[venue_id]))
        for presenter_id in _presenters_in([change]):
            presenter = self._presenters.get(presenter_id)
            if presenter is not None and presenter.email:
                yield PRESENTER, _address(presenter.email, presenter.name), None
        yield from ((ORGANISATION, one, None) for one in self._proposers(change.parts.activity))
        activity_id, session_id = change.parts.activity.id, change.id
        for resource in (*self._lent.get(activity_id, ()), *self._lent.get(session_id, ())):
            yield from ((RESOURCE, one, resource.name) for one in self._lenders(resource))

    def _keepers(self, venue: Venue) -> list[Address]:
        """Return the venue's own people; where it has none, those who run it."""
        own = list(self._of_venue.get(venue.id, ()))
        if venue.contact_email:
            own.append(_address(venue.contact_email, venue.contact_name or venue.name))
        return own or self._office(venue.organisation_id)

    def _proposers(self, activity: Any) -> list[Address]:
        """Return whom the proposal names and who acts for its organisation, else its office."""
        own = list(self._of_organisation.get(activity.organisation_id, ()))
        if activity.contact_email:
            own.append(_address(activity.contact_email, activity.contact_name or ""))
        return own or self._office(activity.organisation_id)

    def _lenders(self, resource: Resource) -> list[Address]:
        own = list(self._of_organisation.get(resource.organisation_id, ()))
        if resource.contact_email:
            own.append(_address(resource.contact_email, resource.contact_name or ""))
        return own or self._office(resource.organisation_id)

    def _office(self, organisation_id: UUID | None) -> list[Address]:
        """Return who acts for an organisation, else its own address."""
        people = self._of_organisation.get(organisation_id)
        office = self._organisations.get(organisation_id) if organisation_id else None
        if people or office is None or not office.email:
            return list(people or ())
        return [_address(office.email, office.name)]

    def _lendings(self, changes: Sequence[SessionChange]) -> Mapping[UUID, list[Resource]]:
        """Return what is lent for an activity, by its id, and what a stop shows, by its session."""
        found: dict[UUID, list[Resource]] = defaultdict(list)
        for some in _slices({one.parts.activity.id for one in changes}):
            needed = sa.select(ActivityResource.activity_id, Resource).join(
                Resource, Resource.id == ActivityResource.resource_id
            )
            wanted = needed.where(ActivityResource.activity_id.in_(some))
            for activity_id, resource in self._db.execute(wanted.order_by(Resource.name)):
                found[activity_id].append(resource)
        for some in _slices({one.id for one in changes}):
            shown = (
                sa.select(Stop.session_id, Resource)
                .join(Tour, Tour.id == Stop.tour_id)
                .join(Resource, Resource.id == Tour.resource_id)
                .where(Stop.session_id.in_(some), Stop.state == "confirmed")
            )
            for session_id, resource in self._db.execute(shown):
                if session_id is not None:
                    found[session_id].append(resource)
        return found

    def _members(self, column: Any, ids: Iterable[UUID]) -> Mapping[UUID | None, list[Address]]:
        """Return the accounts that act for something, by its id."""
        found: dict[UUID | None, list[Address]] = defaultdict(list)
        for some in _slices(ids):
            rows = self._db.execute(
                sa.select(column, Account)
                .join(Membership, Membership.account_id == Account.id)
                .where(column.in_(some), Account.disabled_at.is_(None))
                .order_by(Account.name, Account.email)
            )
            for belongs_to, account in rows:
                found[belongs_to].append(Address(account.email, account.name, account.locale))
        return found

    def _accounts(self, changes: Sequence[SessionChange]) -> Mapping[str, Address]:
        """Return the accounts that have one of the addresses, by address."""
        emails = {one.email for change in changes for _role, one, _lent in self.concerned(change)}
        found = {}
        for some in _slices(emails):
            wanted = sa.select(Account).where(
                Account.email.in_(some), Account.disabled_at.is_(None)
            )
            for account in self._db.scalars(wanted):
                found[account.email] = Address(account.email, account.name, account.locale)
        return found

    def _read(self, model: Any, ids: Iterable[UUID | None]) -> list[Any]:
        found: list[Any] = []
        for some in _slices({one for one in ids if one}):
            found += self._db.scalars(sa.select(model).where(model.id.in_(some)))
        return found


def _venues_in(changes: Iterable[SessionChange]) -> dict[UUID, None]:
    """Return the venues that sessions leave and those that they come to, in order."""
    return {
        venue_id: None
        for change in changes
        for venue_id in (_id(_was(change)["venue"]["id"]), change.parts.venue.id)
    }


def _presenters_in(changes: Iterable[SessionChange]) -> dict[UUID, None]:
    """Return who presents sessions, and who did."""
    return {
        presenter_id: None
        for change in changes
        for presenter_id in (
            *map(_id, _was(change).get("presenter_ids", ())),
            *change.parts.cast.ids,
        )
    }


def _was(change: SessionChange) -> State:
    if change.before is None:
        raise ValueError("a session that is new has no past")
    return change.before


def _address(email: str, name: str) -> Address:
    return Address(normalise_email(email), name)


def _id(value: Any) -> UUID:
    return UUID(str(value))


def _slices(values: Iterable[Any]) -> Iterable[Collection[Any]]:
    wanted = list(values)
    return (wanted[start : start + _NAMED] for start in range(0, len(wanted), _NAMED))
