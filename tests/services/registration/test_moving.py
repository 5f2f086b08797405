"""Moving parties to another session: proposed to those who fit, and done when they accept."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.registration.call_queries import calls
from services.registration.domain.changing import (
    ChangeRefused,
    accept,
    cancel_booking,
    cancel_registration,
    change_party,
    decline,
)
from services.registration.domain.erasing import erase
from services.registration.domain.moving import MoveRefused, propose
from services.registration.domain.offers import expire_offers
from services.registration.domain.organising import cancel_bookings
from services.registration.models import (
    Booking,
    Call,
    Question,
    Registration,
    SessionRules,
    SessionSeats,
)
from shared.identifiers import new_id
from tests.services.registration.factories import (
    moved,
    publish,
    publish_again,
    recorded,
    register,
    request,
    seats,
    tell,
    wanted,
)
from tests.services.registration.staff_browsing import viewer

DAY = timedelta(days=1)
NOTE = "La salle est trop petite ce matin-là."


class Party:
    """Somebody with one booking in the first session, and perhaps a move out of it."""

    def __init__(self, context, session, adults=2, *, may_wait=False, wheelchairs=0, **changes):
        seated = wanted(session, may_wait=may_wait, adults=adults)
        [answer] = register(context, request(replace(seated, wheelchairs=wheelchairs), **changes))
        self.context = context
        self.token, self.registration = answer.body["token"], UUID(answer.body["id"])
        self.id = UUID(answer.body["bookings"][0]["id"])

    @property
    def move(self):
        """Return the id of the newest move that was proposed."""
        with self.context.database.read() as db:
            return db.scalars(
                sa.select(Booking.id)
                .where(Booking.replaces_id == self.id)
                .order_by(Booking.id.desc())
                .limit(1)
            ).one()

    @property
    def state(self):
        """Return seats, status and why it ended, of each booking."""
        with self.context.database.read() as db:
            rows = db.scalars(
                sa.select(Booking)
                .where(Booking.registration_id == self.registration)
                .order_by(Booking.id)
            )
            return [(one.seats, one.status, one.ended_for) for one in rows]

    def do(self, function, booking_id, *arguments):
        with self.context.database.write() as db:
            return function(db, self.token, booking_id, *arguments, now=self.context.clock())


def two(context, capacity=10, other=4, **changes):
    """Return two sessions of one activity, a day apart."""
    activity = str(new_id())
    first = publish(context, capacity=capacity, activity_id=activity)
    return first, publish(
        context, capacity=other, activity_id=activity, **(moved(days=1) | changes)
    )


def offer(context, first, second, *parties, note=NOTE):
    with context.database.write() as db:
        found = propose(
            db, first, second, [one.id for one in parties], note=note, now=context.clock()
        )
        return (
            [booking.id for booking, _seats in found.fitting],
            [(booking.id, why) for booking, why in found.left_alone],
        )


def expire(context):
    with context.database.write() as db:
        return expire_offers(db, now=context.clock())


def counters(context, *sessions):
    rows = [seats(context, session) for session in sessions]
    return [(row.taken, row.bookings, row.waiting) for row in rows]


def last(context):
    name, _, data = recorded(context)[-1]
    return name, data


STAYS = [(2, "confirmed", None)]
PROPOSED = [*STAYS, (2, "offered", None)]


def test_those_who_fit_are_proposed_the_other_session_the_others_are_left_alone(context):
    first, second = two(context)
    large, one, other = (Party(context, first, adults) for adults in (3, 2, 1))
    here = Party(context, second, 1)
    fitting, left = offer(context, first, second, other, one, large, here)
    assert (fitting, left) == ([large.id], [(one.id, "full"), (other.id, "full")])
    assert counters(context, first, second) == [(6, 3, 0), (4, 2, 0)]
    assert large.state == [(3, "confirmed", None), (3, "offered", None)]
    assert (one.state, other.state) == (STAYS, [(1, "confirmed", None)])
    name, data = last(context)
    [old, new] = data["bookings"]
    assert (name, data["changed_bookings"]) == ("registration_changed", [str(large.move)])
    assert (new["replaces"], new["offer_note"]) == (str(large.id), NOTE)
    assert new["offer_expires_at"] == (context.clock() + DAY).isoformat()
    assert (old["replaces"], old["offer_note"], old["revision"]) == (None, None, 0)
    assert offer(context, first, second, large) == ([], [(large.id, "asked")])


def test_accepting_moves_the_party_and_offers_its_old_seats_to_who_waits(context):
    first, second = two(context, capacity=2)
    party = Party(context, first)
    waiter = Party(context, first, may_wait=True)
    offer(context, first, second, party)
    party.do(accept, party.move)
    assert party.state == [(2, "cancelled", "moved"), (2, "confirmed", None)]
    assert waiter.state == [(2, "offered", None)]
    assert counters(context, first, second) == [(2, 1, 0), (2, 1, 0)]
    told = [data for _, _, data in recorded(context) if data["id"] == str(party.registration)]
    assert set(told[-1]["changed_bookings"]) == {str(party.id), str(party.move)}
    [old, new] = told[-1]["bookings"]
    assert (old["ended_for"], new["status"], new["offer_note"]) == ("moved", "confirmed", None)
    facts = recorded(context)
    party.do(accept, party.move)
    assert recorded(context) == facts


def test_declining_keeps_everything_as_it_was(context):
    first, second = two(context)
    party = Party(context, first)
    offer(context, first, second, party)
    party.do(decline, party.move)
    assert party.state == [*STAYS, (2, "cancelled", "declined")]
    assert counters(context, first, second) == [(2, 1, 0), (0, 0, 0)]


def test_no_answer_keeps_everything_as_it_was(context):
    first, second = two(context)
    party = Party(context, first)
    offer(context, first, second, party)
    context.clock.advance(days=1)
    expire(context)
    assert party.state == [*STAYS, (2, "cancelled", "expired")]
    assert counters(context, first, second) == [(2, 1, 0), (0, 0, 0)]
    with pytest.raises(ChangeRefused, match="offer_expired"):
        party.do(accept, party.move)


def test_what_is_proposed_again_comes_after_what_was_declined_in_a_calendar(context):
    first, second = two(context)
    party = Party(context, first)
    offer(context, first, second, party)
    party.do(decline, party.move)
    assert offer(context, first, second, party) == ([party.id], [])
    _, data = last(context)
    assert [one["revision"] for one in data["bookings"]] == [0, 1, 2]


def test_the_freed_seats_of_the_other_session_go_to_who_waits_there(context):
    first, second = two(context, other=2)
    party = Party(context, first)
    offer(context, first, second, party)
    waiter = Party(context, second, may_wait=True)
    assert waiter.state == [(2, "waitlisted", None)]
    party.do(decline, party.move)
    assert waiter.state == [(2, "offered", None)]


@pytest.mark.parametrize(
    ("is_by_organiser", "ended"),
    [(False, ["contact", "declined"]), (True, ["organiser", "organiser"])],
)
def test_cancelling_the_old_booking_ends_the_proposal(context, is_by_organiser, ended):
    first, second = two(context)
    party = Party(context, first)
    offer(context, first, second, party)
    if is_by_organiser:
        with context.database.write() as db:
            cancel_bookings(db, first, [party.id], now=context.clock())
    else:
        party.do(cancel_booking, party.id)
    assert [(status, why) for _, status, why in party.state] == [
        ("cancelled", why) for why in ended
    ]
    assert counters(context, first, second) == [(0, 0, 0), (0, 0, 0)]
    assert last(context)[0] == "registration_cancelled"


def test_a_party_that_shrinks_or_grows_is_proposed_as_many_seats(context):
    first, second = two(context)
    party = Party(context, first)
    offer(context, first, second, party)
    party.do(change_party, party.id, {"adults": 1})
    assert party.state == [(1, "confirmed", None), (1, "offered", None)]
    party.do(change_party, party.id, {"adults": 4})
    assert counters(context, first, second) == [(4, 1, 0), (4, 1, 0)]
    party.do(change_party, party.id, {"adults": 5})
    assert party.state == [(5, "confirmed", None), (4, "cancelled", "declined")]
    assert counters(context, first, second) == [(5, 1, 0), (0, 0, 0)]


def test_a_party_that_shrinks_gives_places_for_wheelchairs_back_in_both_sessions(context):
    first, second = two(context)
    with context.database.write() as db:
        db.execute(sa.update(SessionSeats).values(wheelchair_places=2))
    party = Party(context, first, wheelchairs=2)
    offer(context, first, second, party)
    party.do(change_party, party.id, {"adults": 1})
    for session in (first, second):
        row = seats(context, session)
        assert (row.taken, row.wheelchairs) == (0, 1)


def test_when_the_old_session_is_cancelled_the_other_can_still_be_accepted(context):
    first, second = two(context)
    party = Party(context, first)
    offer(context, first, second, party)
    publish_again(context, first, status="cancelled")
    tell(context)
    assert party.state == [(2, "cancelled", "organiser"), (2, "offered", None)]
    party.do(accept, party.move)
    assert party.state == [(2, "cancelled", "organiser"), (2, "confirmed", None)]
    assert counters(context, first, second) == [(0, 0, 0), (2, 1, 0)]


def test_when_the_other_session_is_cancelled_the_party_stays(context):
    first, second = two(context)
    party = Party(context, first)
    offer(context, first, second, party)
    publish_again(context, second, status="cancelled")
    with pytest.raises(ChangeRefused, match="not_bookable"):
        party.do(accept, party.move)
    tell(context)
    assert party.state == [*STAYS, (2, "cancelled", "organiser")]
    assert counters(context, first, second) == [(2, 1, 0), (0, 0, 0)]


def test_a_registration_that_closes_earlier_shortens_the_proposal(context):
    first, second = two(context)
    party = Party(context, first)
    offer(context, first, second, party)
    closes = context.clock() + timedelta(hours=3)
    publish_again(context, second, registration_closes_at=closes.isoformat())
    tell(context)
    _, data = last(context)
    assert data["changed_bookings"] == [str(party.move)]
    assert data["bookings"][1]["offer_expires_at"] == closes.isoformat()
    context.clock.advance(hours=3)
    expire(context)
    assert party.state == [*STAYS, (2, "cancelled", "expired")]


def test_nobody_is_asked_beyond_the_start_of_the_session_that_they_have(context):
    first, second = two(context)
    party = Party(context, first)
    context.clock.advance(days=6, hours=23)
    offer(context, first, second, party)
    _, data = last(context)
    start = (context.clock() + timedelta(hours=1)).isoformat()
    assert data["bookings"][1]["offer_expires_at"] <= start


def test_who_waits_is_moved_and_waits_no_longer(context):
    first, second = two(context, capacity=2)
    Party(context, first)
    waiter = Party(context, first, may_wait=True)
    offer(context, first, second, waiter)
    assert counters(context, first, second) == [(2, 1, 1), (2, 1, 0)]
    waiter.do(accept, waiter.move)
    assert waiter.state == [(2, "cancelled", "moved"), (2, "confirmed", None)]
    assert counters(context, first, second) == [(2, 1, 0), (2, 1, 0)]


def test_who_was_offered_a_place_is_moved_too(context):
    first, second = two(context, capacity=2)
    holder = Party(context, first)
    waiter = Party(context, first, may_wait=True)
    with context.database.write() as db:
        cancel_registration(db, holder.token, now=context.clock())
    offer(context, first, second, waiter)
    waiter.do(decline, waiter.id)
    assert waiter.state == [(2, "cancelled", "declined"), (2, "offered", None)]
    waiter.do(accept, waiter.move)
    assert counters(context, first, second) == [(0, 0, 0), (2, 1, 0)]


def test_who_has_a_booking_there_already_is_left_alone(context):
    first, second = two(context, other=10)
    [answer] = register(context, request(wanted(first), wanted(second)))
    here = UUID(answer.body["bookings"][0]["id"])
    with context.database.write() as db:
        found = propose(db, first, second, [here], note="", now=context.clock())
        assert [why for _, why in found.left_alone] == ["there"]
    assert counters(context, first, second) == [(2, 1, 0), (2, 1, 0)]


def test_a_party_of_which_nobody_sits_there_is_left_alone(context):
    first, second = two(context, seat_categories=["children"])
    party = Party(context, first)
    assert offer(context, first, second, party) == ([], [(party.id, "never")])


def test_answers_to_the_same_question_come_along(context):
    first, second = two(context)
    party = Party(context, first)
    with context.database.write() as db:
        ids = []
        for session, label in ((first, "Allergies ?"), (second, "Allergies ?"), (second, "Âge ?")):
            db.merge(SessionRules(session_id=session, overbooking="off"))
            question = Question(
                session_id=session,
                position=1,
                kind="text",
                label={"fr": label, "en": None},
                purpose={"fr": "Le goûter", "en": None},
                choices=[],
                forgotten_on=context.clock().date() + timedelta(days=30),
            )
            db.add(question)
            db.flush()
            ids.append(str(question.id))
        db.get_one(Booking, party.id).answers = {ids[0]: "Noix"}
    offer(context, first, second, party)
    with context.database.read() as db:
        assert db.get_one(Booking, party.move).answers == {ids[1]: "Noix"}


def test_only_a_session_of_the_same_activity_with_open_registration_is_proposed(context):
    first, second = two(context)
    stranger = publish(context)
    party = Party(context, first)
    for target, code in (
        (stranger, "not_of_activity"),
        (first, "not_of_activity"),
        (new_id(), "unknown"),
    ):
        with pytest.raises(MoveRefused, match=code):
            offer(context, first, target, party)
    publish_again(context, second, registration_closes_at=context.clock().isoformat())
    with pytest.raises(MoveRefused, match="not_bookable"):
        offer(context, first, second, party)
    assert party.state == STAYS


def test_somebody_without_an_address_is_called_about_it(context):
    first, second = two(context)
    party = Party(context, first, email=None)
    offer(context, first, second, party)
    with context.database.read() as db:
        [call] = db.scalars(sa.select(Call))
        assert (call.reason, call.session_id, call.details["note"]) == ("move", second, NOTE)
        assert call.details["offer_expires_at"] == (context.clock() + DAY).isoformat()
    context.clock.advance(days=1)
    expire(context)
    with context.database.read() as db:
        assert db.scalars(sa.select(Call)).all() == []


def test_a_deadline_that_comes_earlier_is_told_in_the_call_that_is_still_to_be_made(context):
    first, second = two(context)
    party = Party(context, first, email=None)
    offer(context, first, second, party)
    closes = (context.clock() + timedelta(hours=3)).isoformat()
    publish_again(context, second, registration_closes_at=closes)
    tell(context)
    with context.database.read() as db:
        [call] = db.scalars(sa.select(Call))
    assert (call.reason, call.details["note"]) == ("move", NOTE)
    assert call.details["offer_expires_at"] == closes


def test_nobody_is_called_about_a_session_that_does_not_take_place(context):
    first, second = two(context)
    party = Party(context, first, email=None)
    offer(context, first, second, party)
    publish_again(context, second, status="cancelled")
    tell(context)
    with context.database.read() as db:
        found, _total = calls(db, viewer("coordinator", sees_names=True))
    assert [one.reason for one in found] == ["session_cancelled"]


def test_erasing_ends_the_proposal_and_leaves_nothing_of_what_was_said(context):
    first, second = two(context)
    party = Party(context, first)
    offer(context, first, second, party)
    with context.database.write() as db:
        erase(db, [party.registration], reason="asked", now=context.clock())
    assert [status for _, status, _ in party.state] == ["cancelled", "cancelled"]
    assert counters(context, first, second) == [(0, 0, 0), (0, 0, 0)]
    with context.database.read() as db:
        assert db.get_one(Booking, party.move).offer_note is None
        assert db.get_one(Registration, party.registration).erased_at is not None
    assert NOTE not in repr(recorded(context))
