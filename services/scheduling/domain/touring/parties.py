"""Who takes part in a stop, by what their account acts for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.touring.states import COORDINATION, HOST, LENDER, PLACE
from services.scheduling.models import Account, Membership, Resource, Stop, Tour, Venue


@dataclass(frozen=True)
class Person:
    """Somebody of the staff: the account, its roles, and what it acts for."""

    account_id: UUID | None
    roles: frozenset[str]
    organisations: frozenset[UUID]
    venues: frozenset[UUID]

    @property
    def coordinates(self) -> bool:
        """Tell whether the account sees and decides everything."""
        return "coordinator" in self.roles

    @property
    def organisation_ids(self) -> frozenset[UUID]:
        """The organisations that they act for, by the name that `permissions.may` knows."""
        return self.organisations

    @property
    def venue_ids(self) -> frozenset[UUID]:
        """The venues that they act for, by the name that `permissions.may` knows."""
        return self.venues


def person_of(db: DbSession, account_id: UUID, roles: Collection[str]) -> Person:
    """Return somebody with the organisations and venues that they act for, as their roles allow."""
    rows = db.execute(
        sa.select(Membership.organisation_id, Membership.venue_id).where(
            Membership.account_id == account_id
        )
    ).all()
    return Person(
        account_id,
        frozenset(roles),
        frozenset(row.organisation_id for row in rows if row.organisation_id)
        if "organiser" in roles
        else frozenset(),
        frozenset(row.venue_id for row in rows if row.venue_id)
        if "venue" in roles
        else frozenset(),
    )


def person_acting(db: DbSession, account_id: UUID | None) -> Person:
    """Return who changes something, by their account as it is now.

    What no account does, such as filling the demo, is done in the coordination's name.
    """
    nothing: frozenset[UUID] = frozenset()
    if account_id is None:
        return Person(None, frozenset({"coordinator"}), nothing, nothing)
    account = db.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        return Person(account_id, frozenset(), nothing, nothing)
    return person_of(db, account.id, account.roles)


class Acting(Protocol):
    """Somebody signed in, or the program of somebody, with what they act for."""

    @property
    def account_id(self) -> UUID:
        """The account."""

    @property
    def roles(self) -> Collection[str]:
        """What they are."""

    @property
    def organisation_ids(self) -> Collection[UUID]:
        """The organisations that they act for."""

    @property
    def venue_ids(self) -> Collection[UUID]:
        """The venues that they act for."""


def as_person(acting: Acting) -> Person:
    """Return the same, with the organisations and venues that they act for as their roles allow."""
    roles = frozenset(acting.roles)
    nothing: frozenset[UUID] = frozenset()
    return Person(
        acting.account_id,
        roles,
        frozenset(acting.organisation_ids) if "organiser" in roles else nothing,
        frozenset(acting.venue_ids) if "venue" in roles else nothing,
    )


def parties_in_tour(tour: Tour, person: Person) -> frozenset[str]:
    """Return what somebody is in a tour as a whole: who coordinates, or lends the exhibition."""
    return parties_of_resource(tour.resource, person)


def parties_of_resource(resource: Resource, person: Person) -> frozenset[str]:
    """Return what somebody is to an exhibition; who is nothing to it sends it nowhere."""
    found = set()
    if person.coordinates:
        found.add(COORDINATION)
    if resource.organisation_id in person.organisations:
        found.add(LENDER)
    return frozenset(found)


def parties_in(stop: Stop, person: Person) -> frozenset[str]:
    """Return what somebody is in a stop; empty for who has no part in it.

    Who receives the exhibition is whoever acts for the stop's organisation, for its venue or for
    who runs that; where no organisation is named, who asked for it too. Of them, the venue's own
    people answer for the place.
    """
    found = set(parties_in_tour(stop.tour, person))
    hosts = {stop.organisation_id, stop.venue.organisation_id} - {None}
    is_theirs = person.account_id is not None and stop.requested_by_id == person.account_id
    asked = is_theirs and stop.organisation_id is None
    if asked or hosts & person.organisations or stop.venue_id in person.venues:
        found.add(HOST)
    return frozenset(found) | parties_of_venue(stop.venue, person)


def parties_of_venue(venue: Venue, person: Person) -> frozenset[str]:
    """Return what somebody is to a place: who coordinates, or runs the venue."""
    found = set()
    if person.coordinates:
        found.add(COORDINATION)
    if venue.id in person.venues or venue.organisation_id in person.organisations:
        found.add(PLACE)
    return frozenset(found)


def may_request(person: Person) -> bool:
    """Tell whether somebody may ask for a stop: who coordinates, organises or runs a venue."""
    return bool(person.roles & {"coordinator", "organiser", "venue"})
