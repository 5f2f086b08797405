"""What a contact does with a registration later: another party, less of it, another address."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.registration.domain import facts
from services.registration.domain.calls import drop_calls
from services.registration.domain.ending import end, end_registration
from services.registration.domain.fitting import special_rules
from services.registration.domain.holding import room_for, take
from services.registration.domain.locking import lock_whole
from services.registration.domain.moves import follow_answer, follow_party, is_proposed
from services.registration.domain.offers import OfferOver, accept_offer, decline_offer
from services.registration.domain.party import heads, seats_beside, seats_for, unfit
from services.registration.domain.rules import NO_RULES, PartyFault, Rules, new_faults
from services.registration.domain.seats import Change, Seats, count, lock_seats
from services.registration.domain.unreached import drop_address_calls
from services.registration.domain.waitlist import serve_waitlist
from services.registration.models import Booking, Registration
from shared.messaging.outbox import record


class UnknownRegistration(Exception):
    """No registration has this token, or none of its bookings this id."""


class ChangeRefused(Exception):
    """The change cannot be made and nothing was changed; `code` and `booking_id` say why and where.

    `full`: the larger party does not fit. `not_bookable`: registration for the session is closed.
    `cancelled`: what was cancelled stays so. `takes_no_seat`, `too_large`: see `party.unfit`.
    `offer_expired`, `no_offer`: see `offers.OfferOver`. `too_few`, `too_many`: the session's rules
    want more or fewer people, as `fault` says. `no_wheelchair_place`: there are places for at most
    `limit` wheelchairs of this party; `too_many_wheelchairs`: more than it has people.
    `unknown_category`: it counts people whom the session's edition does not, or not any more.
    """

    def __init__(
        self,
        code: str,
        booking_id: UUID | None = None,
        fault: PartyFault | None = None,
        *,
        limit: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.booking_id = booking_id
        self.fault = fault
        self.limit = limit


@dataclass(frozen=True)
class Wanted:
    """What is to change; whatever is left out stays. Bookings by id.

    `wheelchairs`: how many of a party come in one. `accepted` and `declined` are bookings of which
    an offer is answered.
    """

    email: str | None = None
    parties: Mapping[UUID, Mapping[str, int]] = field(default_factory=dict)
    wheelchairs: Mapping[UUID, int] = field(default_factory=dict)
    cancelled: Collection[UUID] = ()
    accepted: Collection[UUID] = ()
    declined: Collection[UUID] = ()
    everything_cancelled: bool = False


def change_party(
    db: Session, token: str, booking_id: UUID, party: Mapping[str, int], *, now: datetime
) -> Registration:
    """Give one booking another party. Raises `ChangeRefused`, `UnknownRegistration`."""
    return change(db, token, Wanted(parties={booking_id: party}), now=now)


def cancel_booking(db: Session, token: str, booking_id: UUID, *, now: datetime) -> Registration:
    """Cancel one booking; with the last one the registration is cancelled.

    Cancelling again changes nothing. Raises `UnknownRegistration`.
    """
    return change(db, token, Wanted(cancelled=(booking_id,)), now=now)


def accept(db: Session, token: str, booking_id: UUID, *, now: datetime) -> Registration:
    """Take a place that is offered. Taking it again changes nothing.

    Raises `UnknownRegistration`, and `ChangeRefused` (`offer_expired`, `no_offer`, `cancelled`,
    `not_bookable`).
    """
    return change(db, token, Wanted(accepted=(booking_id,)), now=now)


def decline(db: Session, token: str, booking_id: UUID, *, now: datetime) -> Registration:
    """Give a place up that is offered; the next of those who wait is offered it.

    Declining again changes nothing. Raises as `accept` does.
    """
    return change(db, token, Wanted(declined=(booking_id,)), now=now)


def cancel_registration(db: Session, token: str, *, now: datetime) -> Registration:
    """Cancel every booking. Cancelling again changes nothing. Raises `UnknownRegistration`."""
    return change(db, token, Wanted(everything_cancelled=True), now=now)


def correct_address(db: Session, token: str, email: str, *, now: datetime) -> Registration:
    """Correct the contact's address, already validated, so that the mail is sent there again.

    The same address again changes nothing. Raises `ChangeRefused`, `UnknownRegistration`.
    """
    return change(db, token, Wanted(email=email), now=now)


def change(db: Session, token: str, wanted: Wanted, *, now: datetime) -> Registration:
    """Make all the changes or none, serve the waitlist with what was freed, record the fact.

    Call it inside `database.write()`. A change that is made already is no change. Raises
    `ChangeRefused` and `UnknownRegistration`, after which the transaction must be rolled back.
    """
    registration_id = _find(db, token)
    seats, [registration] = lock_whole(db, [registration_id])
    address_corrected = _correct_address(registration, wanted.email)
    rules = special_rules(db, seats.values()) if wanted.parties else {}
    changes = _change_bookings(registration, wanted, seats, rules, now)
    if not changes and not address_corrected:
        return registration
    registration.version += 1
    versions = {session: row.session_version for session, row in seats.items()}
    if end_registration(registration, now):
        fact = facts.cancelled(registration, versions)
    else:
        fact = facts.changed(registration, versions, changes, address_corrected=address_corrected)
    answered = [b.session_id for b in registration.bookings if b.id in changes]
    drop_calls(db, registration, ("offer", "move"), answered)
    if address_corrected:
        drop_address_calls(db, registration.id)
    db.flush()
    by_session: dict[UUID, Change] = {}
    for booking in registration.bookings:
        if booking.id in changes:
            by_session[booking.session_id] = (
                by_session.get(booking.session_id, Change()) + changes[booking.id]
            )
    count(db, by_session)
    record(db, fact, now=now)
    if by_session:
        serve_waitlist(db, lock_seats(db, by_session), now=now)
    return registration


def _find(db: Session, token: str) -> UUID:
    found = db.scalar(sa.select(Registration.id).where(Registration.token == token))
    if found is None:
        raise UnknownRegistration
    return found


def _correct_address(registration: Registration, email: str | None) -> bool:
    if email is None or email == registration.email:
        return False
    if registration.status == "cancelled":
        raise ChangeRefused("cancelled")
    if registration.email is None:
        # Who had no address was asked over the telephone, if at all: now a mail asks them.
        for booking in registration.bookings:
            booking.answer_by = None
    registration.email = email
    return True


def _change_bookings(
    registration: Registration,
    wanted: Wanted,
    seats: Mapping[UUID, Seats],
    rules: Mapping[UUID, Rules],
    now: datetime,
) -> dict[UUID, Change]:
    """Change the bookings in place; return the seats that each changed one takes more or less."""
    bookings = {booking.id: booking for booking in registration.bookings}
    resized = {*wanted.parties, *wanted.wheelchairs}
    named = (*resized, *wanted.cancelled, *wanted.accepted, *wanted.declined)
    if not set(bookings).issuperset(named):
        raise UnknownRegistration
    changes: dict[UUID, Change] = {}
    leaving = set(bookings) if wanted.everything_cancelled else set(wanted.cancelled)
    for booking_id, booking in bookings.items():
        if booking_id in leaving:
            change = end(booking, "declined" if is_proposed(booking) else "contact")
        else:
            change = _answer(booking, wanted, now)
            if booking_id in resized:
                size = _size(booking, wanted)
                limits = rules.get(booking.session_id, NO_RULES)
                sized = _resize(booking, size, seats[booking.session_id], limits, now)
                change = sized if change is None else change + (sized or Change())
        if change is not None:
            booking.revision += 1
            booking.changed_at = now
            changes[booking_id] = change
    follow_answer(bookings, changes, now=now)
    for booking_id in wanted.parties:
        if booking_id in changes:
            follow_party(bookings[booking_id], bookings.values(), seats, changes, now=now)
    return changes


def _answer(booking: Booking, wanted: Wanted, now: datetime) -> Change | None:
    """Accept or decline an offer in place if that is wanted; return what it changes."""
    try:
        if booking.id in wanted.accepted:
            return accept_offer(booking, now=now)
        if booking.id in wanted.declined:
            return decline_offer(booking, now=now)
    except OfferOver as over:
        raise ChangeRefused(over.code, booking.id) from over
    return None


@dataclass(frozen=True, slots=True)
class _Size:
    """Who comes: heads by category, and how many of them in a wheelchair."""

    party: Mapping[str, int]
    wheelchairs: int


def _size(booking: Booking, wanted: Wanted) -> _Size:
    """Return the size that a booking is to have; raises `ChangeRefused`.

    A party that becomes smaller, and says nothing of wheelchairs, has no more of them than people.
    """
    asked = wanted.parties.get(booking.id, booking.party)
    party = {category: heads for category, heads in asked.items() if heads}
    wheelchairs = wanted.wheelchairs.get(booking.id)
    if wheelchairs is None:
        return _Size(party, min(booking.wheelchairs, heads(party)))
    if wheelchairs > heads(party):
        raise ChangeRefused("too_many_wheelchairs", booking.id, limit=heads(party))
    return _Size(party, wheelchairs)


def _resize(
    booking: Booking, size: _Size, seats: Seats, rules: Rules, now: datetime
) -> Change | None:
    if (size.party, size.wheelchairs) == (booking.party, booking.wheelchairs):
        return None
    if booking.status == "cancelled":
        raise ChangeRefused("cancelled", booking.id)
    for category, number in size.party.items():
        if category not in seats.categories and number > booking.party.get(category, 0):
            raise ChangeRefused("unknown_category", booking.id)
    broken = next(iter(new_faults(size.party, booking.party, rules, seats.categories)), None)
    if broken is not None:
        raise ChangeRefused(broken.code, booking.id, broken)
    seated = seats_for(size.party, seats.seat_categories)
    needed = seats_beside(size.party, seats.seat_categories, size.wheelchairs)
    more, rolling = needed - booking.seats, size.wheelchairs - booking.wheelchairs
    never = unfit(seated, seats.seat_categories, None) or unfit(needed, (), seats.capacity)
    if never is not None and (more > 0 or not seated):
        raise ChangeRefused(never, booking.id)
    if (more > 0 or rolling > 0) and not seats.is_open(now):
        raise ChangeRefused("not_bookable", booking.id)
    waits = booking.status == "waitlisted"
    room = room_for(booking, seats)
    if more > 0 and not waits and room is not None and more > room:
        raise ChangeRefused("full", booking.id)
    most = _most_wheelchairs(booking, seats)
    if rolling > 0 and most is not None and size.wheelchairs > most:
        raise ChangeRefused("no_wheelchair_place", booking.id, limit=most)
    booking.party, booking.wheelchairs = dict(size.party), size.wheelchairs
    booking.seats = needed
    if booking.answer_by is not None:  # whoever says with how many they come says that they come
        booking.answer_by, booking.still_coming_at = None, now
    return Change() if waits else take(booking, more) + Change(wheelchairs=rolling)


def _most_wheelchairs(booking: Booking, seats: Seats) -> int | None:
    """Return how many wheelchairs a party may bring; None where they are not limited.

    Those that it has already are its own; one that waits may ask for all that there ever are.
    """
    if seats.wheelchairs_left is None or booking.status == "waitlisted":
        return seats.wheelchair_places
    return booking.wheelchairs + seats.wheelchairs_left
